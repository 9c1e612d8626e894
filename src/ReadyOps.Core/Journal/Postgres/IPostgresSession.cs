namespace ReadyOps.Core.Journal.Postgres;

/// <summary>
/// What is asked of the database over one connection; each member is one statement. The simulation plays a database behind it.
/// </summary>
internal interface IPostgresSession : IAsyncDisposable
{
    /// <summary>Connects. Nothing else may be asked before.</summary>
    Task OpenAsync(CancellationToken cancel);

    /// <summary>Makes or updates the tables where that is needed, and finds out whether transactions can be had.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalSchemaUnknown</c>, <c>JournalSchemaDenied</c>, <c>JournalPoolerUnfit</c></exception>
    Task EnsureAsync(CancellationToken cancel);

    /// <summary>Connections that wait to be used again are not: what broke this one has broken its neighbours.</summary>
    void Forget();

    /// <summary>Begins a transaction, which ends with <see cref="CommitAsync"/> or, undone, with the session.</summary>
    Task BeginAsync(CancellationToken cancel);

    /// <summary>What was done since <see cref="BeginAsync"/> is kept.</summary>
    Task CommitAsync(CancellationToken cancel);

    /// <summary>The time that the database's clock shows.</summary>
    Task<DateTime> ClockAsync(CancellationToken cancel);

    /// <summary>The streams with an event whose names begin with a prefix, sorted by ordinal.</summary>
    Task<IReadOnlyList<JournalStamp>> StampsAsync(string prefix, CancellationToken cancel);

    /// <summary>A stream's row; <see langword="null"/> where there is none.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="forUpdate">Whether nobody else may change it until the transaction ends.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<PostgresStream?> FindAsync(string stream, bool forUpdate, CancellationToken cancel);

    /// <summary>Makes a stream's row where there is none.</summary>
    Task MakeAsync(string stream, CancellationToken cancel);

    /// <summary>The lines of a stream from one to another, in order.</summary>
    /// <param name="stream">Its key.</param>
    /// <param name="from">Number of the first.</param>
    /// <param name="to">Number of the last.</param>
    /// <param name="cancel">Stops it.</param>
    IAsyncEnumerable<byte[]> LinesAsync(long stream, long from, long to, CancellationToken cancel);

    /// <summary>Some lines of a stream behind a number, in order.</summary>
    Task<IReadOnlyList<byte[]>> LinesAfterAsync(string stream, long sequence, CancellationToken cancel);

    /// <summary>The first line of a stream or its last; <see langword="null"/> where it has none.</summary>
    Task<byte[]?> LineAsync(string stream, bool last, CancellationToken cancel);

    /// <summary>Whether a line is there, byte for byte, and as safe as an append that was acknowledged.</summary>
    Task<bool> HasAsync(long stream, long sequence, byte[] line, CancellationToken cancel);

    /// <summary>Takes the lease of a stream, if nobody has it by the database's clock; the stream's row is made where there is none.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="owner">Tells this attempt apart: repeated, it takes what it took already.</param>
    /// <param name="holder">Who it is, for people.</param>
    /// <param name="lease">How long it lasts.</param>
    /// <param name="cancel">Stops waiting.</param>
    Task<PostgresTaken?> TakeAsync(string stream, Guid owner, string holder, TimeSpan lease, CancellationToken cancel);

    /// <summary>Who has the lease of a stream, for people.</summary>
    Task<string?> HolderAsync(string stream, CancellationToken cancel);

    /// <summary>Lets a lease last from now on again.</summary>
    /// <returns>Whether it is still theirs.</returns>
    Task<bool> RenewAsync(string stream, PostgresFence fence, TimeSpan lease, CancellationToken cancel);

    /// <summary>Gives a lease back, if it is still theirs.</summary>
    Task GiveBackAsync(string stream, PostgresFence fence, CancellationToken cancel);

    /// <summary>
    /// Appends lines, all or none, at the place where the stream is expected to end; returns once they are on the server's disk, also
    /// where the server is set up not to wait for that.
    /// </summary>
    /// <param name="row">The stream as it is expected to be.</param>
    /// <param name="fence">Who must have its lease; <see langword="null"/> where its row is locked.</param>
    /// <param name="lease">How long the lease lasts from now on.</param>
    /// <param name="lines">The bytes of each line, without line feeds.</param>
    /// <param name="firstHash">The hash of the stream's first.</param>
    /// <param name="lastHash">The hash of the last.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>Whether they were appended: not where the stream ends elsewhere, or another has taken it.</returns>
    Task<bool> AppendAsync(PostgresStream row, PostgresFence? fence, TimeSpan lease, IReadOnlyList<byte[]> lines, string firstHash, string lastHash, CancellationToken cancel);

    /// <summary>How the server may lose what it confirmed, as a sentence with the next step; <see langword="null"/> where nothing can be seen of that.</summary>
    Task<string?> RiskAsync(CancellationToken cancel) => Task.FromResult<string?>(null);

    /// <summary>Notes how far a stream had got when it was sealed.</summary>
    Task NoteSealedAsync(long stream, long sequence, CancellationToken cancel);

    /// <summary>What is kept beside a stream.</summary>
    Task<byte[]?> SnapshotAsync(string stream, CancellationToken cancel) => Task.FromResult<byte[]?>(null);

    /// <summary>Keeps this beside a stream instead, not waiting for the server's disk; <see langword="null"/> to keep none.</summary>
    Task KeepSnapshotAsync(string stream, byte[]? snapshot, CancellationToken cancel) => Task.CompletedTask;
}

/// <summary>A stream's row.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Events">How many lines it has.</param>
/// <param name="Bytes">How many bytes they are as a file.</param>
/// <param name="FirstHash">Hash of its first line.</param>
/// <param name="LastHash">Hash of its last line; that of none for an empty one.</param>
/// <param name="Sealed">How many lines it had when it was sealed last.</param>
internal sealed record PostgresStream(long Id, long Events, long Bytes, string FirstHash, string LastHash, long Sealed);

/// <summary>A lease that was taken.</summary>
/// <param name="Row">The stream as it was then.</param>
/// <param name="Token">The fencing token.</param>
/// <param name="Time">What the database's clock showed.</param>
internal sealed record PostgresTaken(PostgresStream Row, long Token, DateTime Time);

/// <summary>
/// What tells the holder of a lease from everybody else. The token alone does not where a server was replaced by one that never got the
/// last commits: it gives the same number again.
/// </summary>
/// <param name="Token">The fencing token: higher with each holder.</param>
/// <param name="Owner">Random with each attempt to take the lease.</param>
internal readonly record struct PostgresFence(long Token, Guid Owner);
