using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ReadyOps.Core.Journal;

/// <summary>Where journals live. A folder by default; shared stores implement the same few calls.</summary>
public interface IJournalStore
{
    /// <summary>What to call it in a message, for example the folder.</summary>
    string Location { get; }

    /// <summary>The names of all streams that begin with <paramref name="prefix"/>, sorted by ordinal.</summary>
    ValueTask<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel);

    /// <summary>
    /// Everything acknowledged in a stream, verified, without taking the lease: an append under way may or may not be in it.
    /// Empty for a stream that does not exist. A torn last line is left out; damage anywhere else throws.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>JournalDamaged</c>: names stream, line and what does not fit.</exception>
    ValueTask<IReadOnlyList<JournalLine>> ReadAsync(string stream, CancellationToken cancel);

    /// <summary>
    /// Takes the only right to append to a stream, which is made if it does not exist. <see langword="null"/> when another
    /// holder has it and did not let go within <paramref name="wait"/>. A holder that died has let go.
    /// </summary>
    ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel);

    /// <summary>
    /// Who holds the lease of a stream, for a message: host, process and since when; <see langword="null"/> when nobody said so.
    /// Ask it after a lease could not be taken: a holder that was killed is still named here until the next one.
    /// </summary>
    string? DescribeHolder(string stream) => null;

    /// <summary>Goes over a stream byte by byte and says whether it is what was written.</summary>
    ValueTask<JournalVerification> VerifyAsync(string stream, CancellationToken cancel);

    /// <summary>
    /// The clock that everybody who shares this store goes by, whatever the machines' own show; <see langword="null"/> where
    /// there is none, and the machine's own counts.
    /// </summary>
    TimeProvider? Clock => null;

    /// <summary>Whether a lease ends by itself when it is not renewed, so that whoever had it may live when another takes it.</summary>
    bool LeasesEnd => false;

    /// <summary>Whether a stream has at least one event.</summary>
    async ValueTask<bool> ExistsAsync(string stream, CancellationToken cancel) =>
        (await ListAsync(stream, cancel).ConfigureAwait(false)).Contains(stream, StringComparer.Ordinal);

    /// <summary>
    /// Like <see cref="ReadAsync"/>, but begins behind a line that was read before, if it is still there: what lies before it is
    /// neither read nor verified again.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>JournalDamaged</c></exception>
    async ValueTask<JournalTail> ReadAfterAsync(string stream, JournalPlace? known, CancellationToken cancel) =>
        new(null, await ReadAsync(stream, cancel).ConfigureAwait(false), null);

    /// <summary>
    /// Like <see cref="TryAcquireAsync(string, TimeSpan, CancellationToken)"/>, but <see cref="IJournalLease.Lines"/> begin behind a
    /// line that was read before, if it is still there; <see cref="IJournalLease.Before"/> says so.
    /// </summary>
    ValueTask<IJournalLease?> TryAcquireAsync(string stream, JournalPlace? known, TimeSpan wait, CancellationToken cancel) =>
        TryAcquireAsync(stream, wait, cancel);

    /// <summary>The streams that begin with <paramref name="prefix"/>, sorted by ordinal, and whether they changed, without reading them.</summary>
    async ValueTask<IReadOnlyList<JournalStamp>> ListStampsAsync(string prefix, CancellationToken cancel) =>
        [.. (await ListAsync(prefix, cancel).ConfigureAwait(false)).Select(stream => new JournalStamp(stream, null))];

    /// <summary>The last line of a stream, held against its own hash only; <see langword="null"/> where that takes reading the whole.</summary>
    ValueTask<JournalLine?> TryReadLastAsync(string stream, CancellationToken cancel) => ValueTask.FromResult<JournalLine?>(null);

    /// <summary>The first line of a stream, likewise.</summary>
    ValueTask<JournalLine?> TryReadFirstAsync(string stream, CancellationToken cancel) => ValueTask.FromResult<JournalLine?>(null);

    /// <summary>Verifies every stream that there is or that the store knows there should be, in ordinal order.</summary>
    /// <param name="prefix">Only streams whose names begin with it; empty for all.</param>
    /// <param name="cancel">Stops it.</param>
    async IAsyncEnumerable<JournalVerification> VerifyAllAsync(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (string stream in await ListAsync(prefix, cancel).ConfigureAwait(false))
            yield return await VerifyAsync(stream, cancel).ConfigureAwait(false);
    }
}

/// <summary>The right to append to one stream, until it is disposed.</summary>
public interface IJournalLease : IAsyncDisposable
{
    /// <summary>The stream.</summary>
    string Stream { get; }

    /// <summary>Everything in the stream behind <see cref="Before"/>, verified, in order; grows with each append.</summary>
    IReadOnlyList<JournalLine> Lines { get; }

    /// <summary>
    /// The line behind which <see cref="Lines"/> begin: the one that was given when the lease was taken, found again;
    /// <see langword="null"/> where they begin with the first.
    /// </summary>
    JournalPlace? Before => null;

    /// <summary>The last line; <see langword="null"/> for an empty stream, and for a store that knows no places.</summary>
    JournalPlace? End => null;

    /// <summary>
    /// Whether it can be told that nobody else has the right by now. A lease that expires is asked before something is done that
    /// the journal cannot refuse: who was frozen for longer than it lasts must not act.
    /// </summary>
    bool IsHeld => true;

    /// <summary>
    /// Appends events and returns once they are on the disk, in order. After a crash in the middle a first part of them may be
    /// there, never a later one without an earlier one. Fails, and writes nothing, when somebody else appended since the lease
    /// was taken (fencing).
    /// </summary>
    ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel);

    /// <summary>
    /// The same for what must not wait until a full disk has room again, such as taking a release back: a store that keeps some room
    /// for that uses it, and sealing uses it too from then on.
    /// </summary>
    ValueTask<IReadOnlyList<JournalLine>> AppendUrgentAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel) => AppendAsync(entries, cancel);

    /// <summary>Whether room that was kept had to be used: a person is to make some.</summary>
    bool UsedReserve => false;

    /// <summary>
    /// Notes outside the stream how far it has got, so that verification sees when lines are cut off its end later. For whoever
    /// ends a stream, for example a rollout in a final phase; a stream may go on afterwards and be sealed again. A store that
    /// cannot lose its end has nothing to note.
    /// </summary>
    ValueTask SealAsync(CancellationToken cancel) => ValueTask.CompletedTask;
}

/// <summary>An event to be written.</summary>
/// <param name="Type">What happened, in PascalCase.</param>
/// <param name="Actor">Who caused it.</param>
public sealed record JournalEntry(string Type, string Actor)
{
    private readonly JsonElement? _data;

    /// <summary>Makes one of a JSON value.</summary>
    /// <param name="type">What happened, in PascalCase.</param>
    /// <param name="actor">Who caused it.</param>
    /// <param name="data">What belongs to it: a JSON object.</param>
    public JournalEntry(string type, string actor, JsonElement data)
        : this(type, actor) => _data = data;

    /// <summary>Makes one of what a serializer wrote just now: an object without white space and with as few escapes as JSON allows.</summary>
    internal JournalEntry(string type, string actor, byte[] compact)
        : this(type, actor) => Compact = compact;

    /// <summary>What belongs to it: a JSON object.</summary>
    public JsonElement Data
    {
        get => _data ?? JournalJson.Parse(Compact);
        init => (_data, Compact) = (value, null);
    }

    /// <summary>The same as it goes into the line, where it is known to be that.</summary>
    internal byte[]? Compact { get; private init; }
}

/// <summary>An event as it was written.</summary>
public sealed record JournalLine
{
    /// <summary>Its number in the stream, from 1, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was written (UTC).</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who caused it.</summary>
    public required string Actor { get; init; }

    /// <summary>The machine that wrote it.</summary>
    public required string Host { get; init; }

    /// <summary>What happened, in PascalCase.</summary>
    public required string Type { get; init; }

    /// <summary>What belongs to it: the UTF-8 of a JSON object, byte for byte as it stands in the line.</summary>
    public required ReadOnlyMemory<byte> DataUtf8 { get; init; }

    /// <summary>
    /// The same as a JSON element, parsed at each call: a tick holds weeks of lines and looks into a few. Undefined where the line
    /// was read without its data.
    /// </summary>
    public JsonElement Data => DataUtf8.IsEmpty ? default : JournalJson.Parse(DataUtf8.Span);

    /// <summary>Hash of the line before, in lower-case hex; 64 zeros for the first.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>SHA-256 of this line, in lower-case hex.</summary>
    public required string Hash { get; init; }
}
