using System.Globalization;
using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps;

/// <summary>What every cmdlet of rollouts shares: the service, and finding rollouts by their id.</summary>
public abstract class RolloutCmdlet : StateCmdlet
{
    /// <summary>Rollouts that are ticked side by side: one whose backend does not answer must not keep the others waiting.</summary>
    private const int Concurrency = 16;

    private IJournalStore? _store;
    private volatile string? _waitingFor;
    private RolloutService? _service;

    /// <summary>Everything one can do with rollouts.</summary>
    private protected RolloutService Rollouts => _service ??= MakeService();

    /// <summary>The surroundings of the engine for this cmdlet.</summary>
    private protected virtual EngineContext MakeContext() => CreateContext();

    /// <summary>The ids that are like what the user wrote; an error for each name without wildcards that is not there.</summary>
    private protected IReadOnlyList<string> FindIds(IReadOnlyList<string> ids)
    {
        _ = Rollouts;
        IReadOnlyList<string> streams = Await(cancel => _store!.ListAsync(RolloutService.Prefix, cancel).AsTask());
        string[] known = [.. streams.Select(stream => stream[RolloutService.Prefix.Length..])];
        foreach (string id in ids.Where(id => !WildcardPattern.ContainsWildcardCharacters(id) && !known.Contains(id, StringComparer.OrdinalIgnoreCase)))
            WriteError(Errors.RolloutNotFound(id, _store!.Location, known));
        if (known.Length == 0 && ids.Any(WildcardPattern.ContainsWildcardCharacters)) WarnIfNowhere();
        var wanted = new Wildcards(ids);
        return [.. known.Where(wanted.Match)];
    }

    /// <summary>Says so where nothing can be under way, because the folder of the journals is not there: its path may be a slip.</summary>
    private protected void WarnIfNowhere()
    {
        if (!JournalStores.IsDatabase(_store!.Location) && !Directory.Exists(_store.Location))
            WriteWarning($"There is no folder {_store.Location} yet, so nothing is under way there. If there should be, look at -StatePath and $env:READYOPS_STATE.");
    }

    /// <summary>Where rollouts stand; an error for each whose journal cannot be read.</summary>
    private protected IEnumerable<RolloutStatus> Look(IEnumerable<string> ids)
    {
        foreach (string id in ids)
        {
            RolloutStatus? status = null;
            Try(id, () => status = Await(cancel => Rollouts.GetAsync(id, cancel).AsTask()));
            if (status is not null) yield return status;
        }
    }

    /// <summary>Shows on the progress bar where a rollout stands.</summary>
    private protected void Show(RolloutStatus status)
    {
        double percent = status.StepCount == 0 ? -1 : 100.0 * Math.Max(0, status.Step - 1) / status.StepCount;
        string share = status.SharePercent.ToString("0.##", CultureInfo.InvariantCulture);
        Progress.Show($"Rollout {status.Id}", $"{status.Phase} at {share}%: {status.Reason}", percent, status.Remaining);
    }

    /// <summary>Ticks a rollout until it has ended and returns how it ended; nothing when the user stopped waiting.</summary>
    private protected RolloutStatus? RunToEnd(string id)
    {
        RolloutStatus? last = null;
        WaitFor(id, () =>
        {
            foreach (RolloutStatus status in Pull(cancel => Rollouts.RunAsync(id, cancel)))
            {
                last = status;
                Show(status);
            }
        });
        return last;
    }

    /// <summary>Ticks something until it has ended. Who stops waiting is told that nobody ticks it any more.</summary>
    private protected void WaitFor(string id, Action ticks)
    {
        _waitingFor = id;
        ticks();
        _waitingFor = null;
    }

    /// <inheritdoc/>
    protected override void StopProcessing()
    {
        base.StopProcessing();
        if (_waitingFor is not { } id) return;
        string where = StatePath is null ? "" : $" -StatePath '{StatePath.Replace("'", "''", StringComparison.Ordinal)}'";
        Host.UI.WriteWarningLine($"Nobody ticks '{id}' any more; it stays where it is. Go on with: Step-ProgressiveRollout -Id {id}{where}");
    }

    private RolloutService MakeService()
    {
        EngineContext context = MakeContext();
        _store = OpenJournals(context);
        return new RolloutService(_store, context) { Concurrency = Concurrency };
    }
}
