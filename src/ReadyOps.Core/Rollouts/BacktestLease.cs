using System.Text.Json;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>The journal of a rollout that is only played.</summary>
/// <param name="clock">The time of what is written.</param>
/// <param name="written">Where what is written goes; whoever plays empties it from tick to tick.</param>
internal sealed class BacktestLease(TimeProvider clock, List<JournalLine> written) : IJournalLease
{
    private long _sequence;

    public string Stream => "backtest";

    public IReadOnlyList<JournalLine> Lines => written;

    public ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        JournalLine[] lines =
        [
            .. entries.Select(entry => new JournalLine
            {
                Sequence = ++_sequence,
                Time = clock.GetUtcNow(),
                Actor = entry.Actor,
                Host = "",
                Type = entry.Type,
                DataUtf8 = JsonSerializer.SerializeToUtf8Bytes(entry.Data),
                PreviousHash = "",
                Hash = "",
            }),
        ];
        written.AddRange(lines);
        return ValueTask.FromResult<IReadOnlyList<JournalLine>>(lines);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
