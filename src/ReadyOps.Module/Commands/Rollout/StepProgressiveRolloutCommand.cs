using System.Management.Automation;
using System.Runtime.ExceptionServices;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Commands;

/// <summary>Ticks rollouts once: looks at the world, decides, acts if it must, and writes down why.</summary>
[Cmdlet(VerbsCommon.Step, "ProgressiveRollout", DefaultParameterSetName = "ById", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutStatus))]
public sealed class StepProgressiveRolloutCommand : RolloutActionCmdlet
{
    /// <summary>Which rollouts.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ById", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RolloutIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>Whether to tick every rollout that has not ended.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "All")]
    public SwitchParameter All { get; set; }

    /// <summary>How long to begin new ticks.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? TimeBudget { get; set; }

    private readonly List<string> _left = [];
    private long _began;
    private int _ticked;
    private int _failed;
    private DateTimeOffset? _next;

    /// <inheritdoc/>
    protected override void BeginProcessing() => _began = Clock.GetTimestamp();

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Id, () =>
    {
        // A wildcard means those that can move; a name is looked at even if it has ended.
        RolloutStatus[] wanted = [.. (All ? Waiting() : Look(FindIds(Id)))
            .Where(status => !status.Ended || status.EscalationsPending > 0 || (!All && Id.Contains(status.Id, StringComparer.OrdinalIgnoreCase)))];
        string[] ids = [.. wanted.Select(status => status.Id).Where(id => ShouldProcess(id, "Tick rollout"))];
        TimeSpan budget = TimeBudget is { } given ? given - Clock.GetElapsedTime(_began) : TimeSpan.MaxValue;
        int done = 0;
        foreach (RolloutTick tick in Pull(cancel => Rollouts.TickEachAsync(ids, budget, cancel)))
        {
            Tell(tick);
            Progress.Show("Ticking rollouts", $"{++done} of {ids.Length}: {tick.Id}", 100.0 * done / ids.Length);
        }
    }, _ => _failed++);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_left.Count > 0)
        {
            string some = string.Join(", ", _left.Take(5)) + (_left.Count > 5 ? $" and {_left.Count - 5} more" : "");
            WriteWarning($"The time budget of {Quantities.Format(TimeBudget!.Value)} was used up before {some} could be ticked. Run this again; nothing is lost.");
        }

        if (!All) return;
        DateTimeOffset? next = _left.Count > 0 || _failed > 0 ? Clock.GetUtcNow() : _next;
        WriteInformation(new RolloutSchedule { Ticked = _ticked, Failed = _failed, Left = [.. _left], NextCallAt = next }, ["ReadyOps"]);
    }

    /// <summary>
    /// All that are under way: those on their way back first, then those that nobody has touched for longest, so that what one
    /// call has no time for comes first in the next.
    /// </summary>
    private IEnumerable<RolloutStatus> Waiting()
    {
        _ = Rollouts;
        IReadOnlyList<string> ids = Await(cancel => Rollouts.ListActiveIdsAsync(cancel).AsTask());
        WarnIfNowhere();
        RolloutStatus[] seen = [.. Look(ids)];
        _failed += ids.Count - seen.Length;
        return seen.OrderByDescending(status => status.Phase == RolloutPhase.RollingBack).ThenBy(status => status.LastEventAt);
    }

    private void Tell(RolloutTick tick)
    {
        if (tick.Status is { } status)
        {
            _ticked++;
            if (status.NextTickAt is { } next && !(next > _next)) _next = next;
            WriteVerbose(status.ToString());
            WriteObject(status);
        }
        else if (tick.Failure is { } failure)
        {
            _failed++;
            Try(tick.Id, () => ExceptionDispatchInfo.Throw(failure));
        }
        else _left.Add(tick.Id);
    }
}
