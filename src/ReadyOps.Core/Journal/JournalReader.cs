using System.Runtime.CompilerServices;

namespace ReadyOps.Core.Journal;

/// <summary>Reads several journals as one history in order of time, and follows them as they grow.</summary>
/// <param name="store">Where the journals live.</param>
/// <param name="clock">Paces the following.</param>
public sealed class JournalReader(IJournalStore store, TimeProvider clock)
{
    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);

    /// <summary>How long to wait between two looks while following.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Which streams are read.</summary>
    public required Func<string, bool> Streams { get; init; }

    /// <summary>Which events are wanted.</summary>
    public required Func<JournalEvent, bool> Wanted { get; init; }

    /// <summary>Told of a stream that cannot be read; the others go on.</summary>
    public required Action<string, ReadyOpsException> Unreadable { get; init; }

    /// <summary>
    /// What is wanted of everything that was written since the last call, in order of time, then stream. Within a stream its own
    /// order counts, also where the clock went backwards.
    /// </summary>
    public async Task<IReadOnlyList<JournalEvent>> ReadNewAsync(CancellationToken cancel)
    {
        var found = new List<Queue<JournalEvent>>();
        foreach (string stream in await store.ListAsync("", cancel).ConfigureAwait(false))
        {
            if (!Streams(stream) || _seen.GetValueOrDefault(stream) < 0) continue;
            try
            {
                IReadOnlyList<JournalLine> lines = await store.ReadAsync(stream, cancel).ConfigureAwait(false);
                long seen = _seen.GetValueOrDefault(stream);
                found.Add(new(lines.Skip((int)seen).Select(line => JournalEvents.ToContract(stream, line)).Where(Wanted)));
                _seen[stream] = Math.Max(seen, lines.Count);
            }
            catch (ReadyOpsException e)
            {
                // Said once; a damaged journal does not heal while it is followed.
                _seen[stream] = -1;
                Unreadable(stream, e);
            }
        }

        return Merge(found);
    }

    private static List<JournalEvent> Merge(List<Queue<JournalEvent>> streams)
    {
        PriorityQueue<Queue<JournalEvent>, (DateTimeOffset, int)> heads = new();
        for (int i = 0; i < streams.Count; i++) Enqueue(i);
        List<JournalEvent> merged = [];
        while (heads.TryDequeue(out Queue<JournalEvent>? next, out (DateTimeOffset Time, int Index) head))
        {
            merged.Add(next.Dequeue());
            Enqueue(head.Index);
        }

        return merged;

        void Enqueue(int index)
        {
            if (streams[index].TryPeek(out JournalEvent? head)) heads.Enqueue(streams[index], (head.Time, index));
        }
    }

    /// <summary>What is wanted, as it is written, without an end.</summary>
    public async IAsyncEnumerable<JournalEvent> FollowAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            foreach (JournalEvent line in await ReadNewAsync(cancel).ConfigureAwait(false)) yield return line;
            await Task.Delay(Pace, clock, cancel).ConfigureAwait(false);
        }
    }
}
