using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>Journals as plain lists, without a hash: for thousands of short rollouts.</summary>
internal sealed class ListStore(EngineContext context) : IJournalStore
{
    private readonly SortedDictionary<string, List<JournalLine>> _streams = new(StringComparer.Ordinal);
    private readonly HashSet<string> _held = [];

    public string Location => "lists";

    public ValueTask<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<string>>([.. _streams.Where(s => s.Value.Count > 0 && s.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(s => s.Key)]);

    public ValueTask<IReadOnlyList<JournalLine>> ReadAsync(string stream, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<JournalLine>>(_streams.TryGetValue(stream, out List<JournalLine>? lines) ? lines : []);

    public ValueTask<JournalVerification> VerifyAsync(string stream, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel)
    {
        if (!_held.Add(stream)) return ValueTask.FromResult<IJournalLease?>(null);
        if (!_streams.TryGetValue(stream, out List<JournalLine>? lines)) _streams.Add(stream, lines = []);
        return ValueTask.FromResult<IJournalLease?>(new Lease(this, stream, lines));
    }

    private sealed class Lease(ListStore store, string stream, List<JournalLine> lines) : IJournalLease
    {
        public string Stream => stream;

        public IReadOnlyList<JournalLine> Lines => lines;

        public ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel)
        {
            JournalLine[] written = [.. entries.Select((entry, i) => new JournalLine
            {
                Sequence = lines.Count + i + 1,
                Time = store.Now,
                Actor = entry.Actor,
                Host = "",
                Type = entry.Type,
                DataUtf8 = System.Text.Encoding.UTF8.GetBytes(entry.Data.GetRawText()),
                PreviousHash = "",
                Hash = (lines.Count + i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture),
            })];
            lines.AddRange(written);
            return ValueTask.FromResult<IReadOnlyList<JournalLine>>(written);
        }

        public ValueTask DisposeAsync()
        {
            store._held.Remove(stream);
            return ValueTask.CompletedTask;
        }
    }

    private DateTimeOffset Now => context.Clock.GetUtcNow();
}
