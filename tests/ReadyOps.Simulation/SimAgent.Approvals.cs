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
        (SimGuard guard, string who) = ChooseGuard(RolloutService.Prefix + id, command);
        GateDefinition gate = await service.ApprovalsAsync(id, CancellationToken.None).ConfigureAwait(false);
        var request = new ApprovalRequest
        {
            Decision = command switch { Command.Approve => ApprovalDecision.Approved, Command.Deny => ApprovalDecision.Denied, _ => ApprovalDecision.Withdrawn },
            Check = guard.Name,
            Reason = "looked at it",
            ExpiresAfter = _random.OneIn(3) ? _random.Seconds(2, 30) * 10 : null,
        };
        EngineContext person = _surroundings.Context with { Actor = who };
        return await new ApprovalService(_surroundings.Store, person).RecordAsync(gate, request, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>What persons do where some are asked to approve.</summary>
    private Command ChooseAsked() => _random.Below(12) switch
    {
        < 7 => Command.Approve,
        < 9 => Command.Withdraw,
        9 => Command.Deny,
        10 => Command.PromoteFull,
        _ => Command.Promote,
    };

    /// <summary>Who decides about what: mostly about the next step, and whoever takes something back mostly about what they approved.</summary>
    private (SimGuard Guard, string Who) ChooseGuard(string stream, Command command)
    {
        SimGuard[] all = [.. _world.Plan.Steps.Guards.Where(one => one.AsksPeople)];
        SimGuard[] next = _world.Laws.Ledgers.FirstOrDefault(ledger => ledger.Stream == stream) is { } ledger ? [.. _world.Plan.Steps.Before(ledger.Step + 1).Where(one => one.AsksPeople)] : [];
        SimGuard guard = _random.Pick(next.Length > 0 && _random.Below(4) > 0 ? next : all);
        string who = _random.Pick("alice", "bob", "bob", "carol", "carol");
        if (command == Command.Withdraw && _random.Below(4) > 0 && ApprovalLaws.LastApproval(_world, stream) is var (check, person)) (guard, who) = (all.First(one => one.Name == check), person);
        return (guard, who);
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
