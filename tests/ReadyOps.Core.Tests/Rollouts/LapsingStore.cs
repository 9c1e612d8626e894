using System.Buffers;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>A store whose leases are over as soon as somebody else wants one: only tokens keep those who were away from appending.</summary>
internal sealed class LapsingStore(EngineContext context) : IJournalLines, IJournalSnapshots
{
    private readonly SortedDictionary<string, List<JournalLine>> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _tokens = [];

    /// <summary>Told of the first event of each append before it is carried out.</summary>
    public Func<string, string, Task>? Appending { get; set; }

    public string Location => "memory";

    public bool LeasesEnd => true;

    public ValueTask<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) =>
        new([.. _streams.Where(stream => stream.Value.Count > 0 && stream.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(stream => stream.Key)]);

    public ValueTask<IReadOnlyList<JournalLine>> ReadAsync(string stream, CancellationToken cancel) => new([.. _streams.GetValueOrDefault(stream) ?? []]);

    public ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel)
    {
        if (!_streams.TryGetValue(stream, out List<JournalLine>? lines)) _streams[stream] = lines = [];
        _tokens[stream] = _tokens.GetValueOrDefault(stream) + 1;
        return new(new Lease(this, stream, _tokens[stream], lines));
    }

    public ValueTask<IReadOnlyList<byte[]>> ReadBytesAsync(string stream, JournalPlace? after, CancellationToken cancel) => new([]);

    public ValueTask<byte[]?> ReadSnapshotAsync(string stream, CancellationToken cancel) => new((byte[]?)null);

    public ValueTask<bool> WriteSnapshotAsync(string stream, byte[]? snapshot, CancellationToken cancel) => new(false);

    public ValueTask<JournalVerification> VerifyAsync(string stream, CancellationToken cancel) => throw new NotSupportedException();

    private sealed class Lease(LapsingStore store, string stream, int token, List<JournalLine> all) : IJournalLease
    {
        private readonly List<JournalLine> _lines = [.. all];

        public string Stream => stream;

        public IReadOnlyList<JournalLine> Lines => _lines;

        public bool IsHeld => store._tokens[stream] == token;

        public async ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel)
        {
            if (store.Appending is { } appending) await appending(stream, entries[0].Type);
            if (store._tokens[stream] != token) throw new ReadyOpsException("JournalFenced", $"The journal {stream} was taken by somebody else.");
            List<JournalLine> added = [];
            foreach (JournalEntry entry in entries)
            {
                string before = all.Count == 0 ? JournalChain.Genesis : all[^1].Hash;
                JournalLine line = JournalChain.Write(new ArrayBufferWriter<byte>(), entry, all.Count + 1, before, store.Now, "build-07");
                all.Add(line);
                added.Add(line);
            }

            _lines.AddRange(added);
            return added;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private DateTimeOffset Now => context.Clock.GetUtcNow();
}
