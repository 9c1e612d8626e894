using ReadyOps.Core.Journal;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>A journal that nobody reads: it says when a line was written and keeps none.</summary>
internal sealed class UnreadLease(TimeProvider clock) : IJournalLease
{
    private long _sequence;

    public string Stream => "quality";

    public IReadOnlyList<JournalLine> Lines => [];

    public ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<JournalLine>>(
        [
            .. entries.Select(entry => new JournalLine
            {
                Sequence = ++_sequence, Time = clock.GetUtcNow(), Actor = entry.Actor, Host = "", Type = entry.Type, DataUtf8 = default, PreviousHash = "", Hash = "",
            }),
        ]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
