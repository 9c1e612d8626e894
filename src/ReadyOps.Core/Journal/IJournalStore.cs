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
    /// Ask it after <see cref="TryAcquireAsync"/> gave nothing: a holder that was killed is still named here until the next one.
    /// </summary>
    string? DescribeHolder(string stream) => null;

    /// <summary>Goes over a stream byte by byte and says whether it is what was written.</summary>
    ValueTask<JournalVerification> VerifyAsync(string stream, CancellationToken cancel);
}

/// <summary>The right to append to one stream, until it is disposed.</summary>
public interface IJournalLease : IAsyncDisposable
{
    /// <summary>The stream.</summary>
    string Stream { get; }

    /// <summary>Everything in the stream, verified, in order; grows with each append.</summary>
    IReadOnlyList<JournalLine> Lines { get; }

    /// <summary>
    /// Appends events and returns once they are on the disk, in order. After a crash in the middle a first part of them may be
    /// there, never a later one without an earlier one. Fails, and writes nothing, when somebody else appended since the lease
    /// was taken (fencing).
    /// </summary>
    ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel);

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
/// <param name="Data">What belongs to it: a JSON object.</param>
public sealed record JournalEntry(string Type, string Actor, JsonElement Data);

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
