using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Who may move a target: the rollout that claimed it last and was started. A claim whose rollout was never started, because the
/// start died in between, binds nobody; so at every moment, whichever process was killed where, a target has one owner at most.
/// </summary>
/// <param name="store">Where journals live.</param>
internal sealed class TargetOwnership(IJournalStore store)
{
    /// <summary>How long to wait for another process.</summary>
    public static readonly TimeSpan LeaseWait = TimeSpan.FromSeconds(5);

    /// <summary>The targets of a rollout.</summary>
    public static IReadOnlyList<string> TargetsOf(RolloutStarted started) => started.Targets ?? [started.Target];

    /// <summary>
    /// The right to claim targets, taken in the order of their journals' names: two starts that want the same ones never wait for
    /// each other in a circle.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>RolloutBusy</c></exception>
    public async ValueTask<LeaseSet> AcquireAsync(IReadOnlyList<string> targets, CancellationToken cancel)
    {
        var leases = new LeaseSet();
        try
        {
            foreach (string stream in targets.Select(TargetClaim.StreamOf).Distinct().Order(StringComparer.Ordinal))
                leases.Add(await AcquireAsync(stream, LeaseWait, cancel).ConfigureAwait(false));
            return leases;
        }
        catch
        {
            await leases.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The right to write a journal.</summary>
    /// <exception cref="ReadyOpsException"><c>RolloutBusy</c></exception>
    public async ValueTask<IJournalLease> AcquireAsync(string stream, TimeSpan wait, CancellationToken cancel, JournalPlace? known = null) =>
        await store.TryAcquireAsync(stream, known, wait, cancel).ConfigureAwait(false)
        ?? throw new ReadyOpsException("RolloutBusy", $"Another process holds '{stream}' in {store.Location}.", "Try again when it is done; a process that died has let go.");

    /// <summary>
    /// The rollouts that move the targets now, with the right to write their journals, so that none of them ticks while the targets
    /// are handed over.
    /// </summary>
    /// <param name="claims">The journals of the targets.</param>
    /// <param name="takeover">Refuses what may not be taken over.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async ValueTask<LeaseSet> HoldersAsync(LeaseSet claims, Action<string, RolloutState> takeover, CancellationToken cancel)
    {
        var ids = new SortedSet<string>(StringComparer.Ordinal);
        foreach (IJournalLease claim in claims)
            if (await OwnerAsync(claim.Lines, cancel).ConfigureAwait(false) is { } owner) ids.Add(owner);

        var holders = new LeaseSet();
        try
        {
            foreach (string id in ids)
            {
                // Looked at without the lease first: most targets were last moved by a rollout that has ended.
                if (RolloutState.Of(await store.ReadAsync(RolloutService.Prefix + id, cancel).ConfigureAwait(false)).Ended) continue;
                IJournalLease lease = await AcquireAsync(RolloutService.Prefix + id, LeaseWait, cancel).ConfigureAwait(false);
                RolloutState state = RolloutState.Of(lease.Lines);
                if (state.Ended)
                {
                    await lease.DisposeAsync().ConfigureAwait(false);
                    continue;
                }

                holders.Add(lease);
                takeover(id, state);
            }

            return holders;
        }
        catch
        {
            await holders.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A rollout that has ended may be taken back only while no other has moved its target since.</summary>
    /// <exception cref="ReadyOpsException"><c>TargetBusy</c></exception>
    public async ValueTask DemandAsync(string id, RolloutState state, CancellationToken cancel)
    {
        if (await SuccessorAsync(id, state, cancel).ConfigureAwait(false) is not { } holder) return;
        throw new ReadyOpsException("TargetBusy", $"Since '{id}' ended, '{holder}' has taken over {state.Started!.Target}.", $"Roll back '{holder}' instead.");
    }

    /// <summary>The rollout that has one of the targets of this one by now; <see langword="null"/> while they are its own.</summary>
    public async ValueTask<string?> SuccessorAsync(string id, RolloutState state, CancellationToken cancel)
    {
        foreach (string target in TargetsOf(state.Started!))
        {
            IReadOnlyList<JournalLine> claims = await store.ReadAsync(TargetClaim.StreamOf(target), cancel).ConfigureAwait(false);
            if (await OwnerAsync(claims, cancel, until: id).ConfigureAwait(false) is { } owner && owner != id) return owner;
        }

        return null;
    }

    private async ValueTask<string?> OwnerAsync(IReadOnlyList<JournalLine> claims, CancellationToken cancel, string? until = null)
    {
        foreach (string id in TargetClaim.NewestFirst(claims))
            if (id == until || await IsStartedAsync(id, cancel).ConfigureAwait(false)) return id;
        return null;
    }

    private async ValueTask<bool> IsStartedAsync(string id, CancellationToken cancel)
    {
        if (IsStarted(await store.ReadAsync(RolloutService.Prefix + id, cancel).ConfigureAwait(false))) return true;
        if (!store.LeasesEnd) return false;

        // A start that stood still for longer than its leases last must not begin once others act as if it never will: whoever has had
        // its lease since then has fenced it off.
        await using IJournalLease lease = await AcquireAsync(RolloutService.Prefix + id, LeaseWait, cancel).ConfigureAwait(false);
        return IsStarted(lease.Lines);
    }

    private static bool IsStarted(IEnumerable<JournalLine> lines) => lines.Any(line => line.Type == nameof(RolloutStarted));
}

/// <summary>Leases that are held and let go together.</summary>
internal sealed class LeaseSet : List<IJournalLease>, IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        foreach (IJournalLease lease in this) await lease.DisposeAsync().ConfigureAwait(false);
    }
}
