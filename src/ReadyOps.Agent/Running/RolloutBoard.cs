using System.Collections.Concurrent;
using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Agent.Running;

/// <summary>
/// What this process knows of the rollouts in its store: the last status of each, and whether they get their ticks. In memory
/// only; everything that matters is in the journals.
/// </summary>
/// <param name="clock">The present.</param>
internal sealed class RolloutBoard(TimeProvider clock)
{
    /// <summary>How long nobody may have looked into the store before something is wrong.</summary>
    public static readonly TimeSpan StoreGrace = TimeSpan.FromSeconds(30);

    /// <summary>How long a rollout may go without a tick at least; more where it wants to be ticked seldom.</summary>
    public static readonly TimeSpan TickGrace = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private DateTimeOffset _storeSeenAt = clock.GetUtcNow();
    private string? _storeProblem;

    /// <summary>What is known, by identity.</summary>
    public IReadOnlyList<Entry> Entries => [.. _entries.Values.OrderBy(entry => entry.Id, StringComparer.Ordinal)];

    /// <summary>The store could be listed.</summary>
    /// <param name="ids">The rollouts in it.</param>
    public void StoreSeen(IReadOnlyCollection<string> ids)
    {
        (_storeSeenAt, _storeProblem) = (clock.GetUtcNow(), null);
        foreach (string gone in _entries.Keys.Except(ids)) _entries.TryRemove(gone, out _);
    }

    /// <summary>The store could not be listed.</summary>
    public void StoreFailed(string problem) => _storeProblem = problem;

    /// <summary>A rollout was looked at. Where another agent ticks it, its journal shows that.</summary>
    /// <param name="status">Where it stands.</param>
    /// <param name="pace">How often it wants to be ticked.</param>
    public void Looked(RolloutStatus status, TimeSpan pace) => Put(status.Id, entry => entry with
    {
        Status = status,
        Pace = pace,
        Problem = null,
        AliveAt = Later(entry.AliveAt, Earlier(clock.GetUtcNow(), (status.LastEventAt ?? entry.AliveAt) + RolloutMachine.Checkpoint)),
    });

    /// <summary>A rollout was ticked here.</summary>
    /// <param name="status">Where it stands.</param>
    /// <param name="pace">How often it wants to be ticked.</param>
    public void Ticked(RolloutStatus status, TimeSpan pace) =>
        Put(status.Id, entry => entry with { Status = status, Pace = pace, AliveAt = clock.GetUtcNow(), Problem = null });

    /// <summary>A rollout could not be ticked or read.</summary>
    public void Failed(string id, string problem) => Put(id, entry => entry with { Problem = problem });

    /// <summary>Everything that keeps rollouts from their ticks; empty when all is well.</summary>
    public IReadOnlyList<string> Problems()
    {
        DateTimeOffset now = clock.GetUtcNow();
        var problems = new List<string>();
        if (_storeProblem is { } problem) problems.Add(problem);
        else if (now - _storeSeenAt > StoreGrace) problems.Add($"Nobody has looked into the store for {Whole(now - _storeSeenAt)}: the loop is stuck.");
        foreach (Entry entry in Entries)
        {
            if (entry.Status is { Ended: true }) continue;
            TimeSpan grace = 3 * entry.Pace > TickGrace ? 3 * entry.Pace : TickGrace;
            if (now - entry.AliveAt <= grace) continue;
            problems.Add($"{entry.Id} has had no tick for {Whole(now - entry.AliveAt)}{(entry.Problem is { } why ? $": {why}" : ".")}");
        }

        return problems;
    }

    private void Put(string id, Func<Entry, Entry> change) =>
        _entries.AddOrUpdate(id, _ => change(new Entry(id, clock.GetUtcNow())), (_, entry) => change(entry));

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static string Whole(TimeSpan span) => Quantities.Format(TimeSpan.FromSeconds(Math.Round(span.TotalSeconds)));

    /// <summary>What is known of one rollout.</summary>
    /// <param name="Id">Its identity.</param>
    /// <param name="AliveAt">When it last had a tick; when it was first seen, before that.</param>
    public sealed record Entry(string Id, DateTimeOffset AliveAt)
    {
        /// <summary>Where it stands; <see langword="null"/> while its journal cannot be read.</summary>
        public RolloutStatus? Status { get; init; }

        /// <summary>How often it wants to be ticked.</summary>
        public TimeSpan Pace { get; init; }

        /// <summary>Why it could not be ticked or read.</summary>
        public string? Problem { get; init; }

        /// <inheritdoc/>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id}: {Problem ?? Status?.ToString()}");
    }
}
