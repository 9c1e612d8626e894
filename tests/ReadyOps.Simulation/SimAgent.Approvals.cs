using ReadyOps.Core;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Simulation;

/// <summary>The persons who approve steps, and change their minds.</summary>
internal sealed partial class SimAgent
{
    private (IJournalStore Store, EngineContext Context) _surroundings;

    private async ValueTask<GateApproval> DecideAsync(RolloutService service, string id, Command command)
    {
        Process!.Look.Decided = ApprovalLaws.CountOf(_world, RolloutService.Prefix + id);
        SimGuard guard = _random.Pick([.. _world.Plan.Steps.Guards.Where(one => one.AsksPeople)]);
        GateDefinition gate = await service.ApprovalsAsync(id, CancellationToken.None).ConfigureAwait(false);
        var request = new ApprovalRequest
        {
            Decision = command switch { Command.Approve => ApprovalDecision.Approved, Command.Deny => ApprovalDecision.Denied, _ => ApprovalDecision.Withdrawn },
            Check = guard.Name,
            Reason = "looked at it",
            ExpiresAfter = _random.OneIn(3) ? _random.Seconds(2, 30) * 10 : null,
        };
        EngineContext person = _surroundings.Context with { Actor = _random.Pick("alice", "bob", "carol") };
        return await new ApprovalService(_surroundings.Store, person).RecordAsync(gate, request, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>The document as it is, its checks before steps as this process asks them.</summary>
    private RolloutDefinition WithChecks(SimProcess process, RolloutDefinition definition)
    {
        SimSteps steps = _world.Plan.Steps;
        return !steps.HasChecks ? definition : definition with
        {
            Steps = [.. definition.Steps.Select((step, i) => step with { Before = [.. step.Before.Zip(steps.Before(i + 1), (check, guard) => check with { Check = new SimCheck(_world, process, i + 1, guard, check) })] })],
        };
    }
}
