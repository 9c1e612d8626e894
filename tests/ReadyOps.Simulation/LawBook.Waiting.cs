using System.Text.Json;

namespace ReadyOps.Simulation;

/// <summary>What must hold of what a step waits for, and of how long it may take.</summary>
internal sealed partial class LawBook
{
    private bool AreClocksRight => world.ClocksAreRight && world.Profile.ClocksAreRight;

    /// <summary>Called when a check before a step is asked.</summary>
    /// <returns>Whether the approvals that it asks for are there.</returns>
    public bool BeforeCheck(SimProcess process, int step, SimGuard guard)
    {
        if (process.IsDead || process.Held is not { } ledger) return false;
        Look look = process.Look;
        look.Checks[(ledger.Stream, guard.Name)] = null;
        Hold(Law.NothingWaitsForChecks, !ledger.IsRollbackAsked && !ledger.Ended && ledger.Phase is "pending" or "progressing", $"{guard.Name} is asked while {ledger.Phase}");
        HoldBreachAnswered(ledger, look);
        bool isPromoted = ledger.Promotion is not null, isOpen = ledger.OpenAct is { Purpose: "step" } act && step <= act.Step;
        if (!isPromoted && !isOpen && look.Jumps == world.Jumps)
        {
            DateTimeOffset now = process.Agent.Clock.Now > ledger.LastAt ? process.Agent.Clock.Now : ledger.LastAt;
            bool isReady = step == ledger.Step + 1 && !ledger.IsPaused && (ledger.Step == 0 || ledger.Held(now) >= world.Plan.Holds[ledger.Step - 1]);
            Hold(Law.NothingWaitsForChecks, isReady, $"{guard.Name} of step {step} is asked in step {ledger.Step}, held for {ledger.Held(now)}");
        }

        return guard.AsksPeople && ApprovalLaws.AreThere(world, ledger, guard, process.Agent.Clock.Now);
    }

    /// <summary>However long the checks before a step take, nothing is decided by what signals said more than half a minute before that.</summary>
    private void HoldFresh(string type, DateTimeOffset time, Look look)
    {
        if (look.Checks.Count == 0 || !AreClocksRight || look.SetBegun is not null || type is "SignalsObserved" or "EscalationSent" or "EscalationNotSent") return;
        // Nothing else that takes its time lies between what was seen and what is written down.
        if (world.Profile.Has(Fault.Frozen) || world.Profile.Has(Fault.StoreSlow) || world.Profile.Has(Fault.StoreDown)) return;
        TimeSpan age = time - look.SignalsHeardAt;
        Hold(Law.OldLooksDecideNothing, age <= TimeSpan.FromSeconds(31), $"{type} is decided by what signals said {age.TotalSeconds:0} s ago");
    }

    /// <summary>Called when it has answered.</summary>
    public void AfterCheck(SimProcess process, SimGuard guard, Verdict verdict, bool wasApproved)
    {
        if (process.IsDead || process.Held is not { } ledger) return;
        Look look = process.Look;
        look.Checks[(ledger.Stream, guard.Name)] = verdict;
        look.HeardAt = process.Agent.Clock.Now;
        if (!guard.AsksPeople) return;
        bool isApproved = ApprovalLaws.AreThere(world, ledger, guard, process.Agent.Clock.Now);
        Hold(Law.ApprovalsCount, verdict != Verdict.Pass || wasApproved || isApproved, $"{guard.Name} says {verdict}, and the persons do not");
        if (world.Profile.Agents == 1 && AreClocksRight && ApprovalLaws.IsWhole(world, ledger))
            Hold(Law.ApprovalsCount, verdict == Verdict.Pass || !(wasApproved && isApproved), $"{guard.Name} says {verdict}, and enough persons approved");
    }

    /// <summary>What stands before steps has passed when it was asked just now; force lets a step pass without checks, and never without people.</summary>
    private void HoldCleared(Ledger ledger, Look look, int from, int to, bool isForced, string what)
    {
        for (int step = from; step <= to; step++)
            foreach (SimGuard guard in world.Plan.Steps.Before(step))
                Hold(Law.StepNeedsChecks, (isForced && !guard.AsksPeople) || HasPassed(ledger, look, guard), $"{what} though {guard.Name} of step {step} does not pass");
    }

    private static bool HasPassed(Ledger ledger, Look look, SimGuard guard) => look.Checks.GetValueOrDefault((ledger.Stream, guard.Name)) == Verdict.Pass;

    /// <summary>What a wait is for, and that people are called once for it.</summary>
    private void BeforeAwaited(Ledger ledger, JsonElement data, Look look, DateTimeOffset now)
    {
        int step = data.GetProperty("step").GetInt32();
        SimGuard[] missing = [.. world.Plan.Steps.Before(step).Where(guard => !HasPassed(ledger, look, guard))];
        bool asks = missing.Any(guard => guard.AsksPeople) && data.GetProperty("people").GetBoolean();
        bool isFrozen = look.Jumps < world.Jumps || (world.Plan.Freeze is { From: var begin, To: var end } && now >= begin && look.FirstHeardAt <= end);
        string? what = data.GetProperty("what").GetString();
        Hold(Law.WaitIsTold, ledger.AwaitedStep != step || ledger.AwaitedWhat != what, $"that step {step} waits for {what} is told again");
        Hold(Law.WaitIsTold, missing.Length > 0 || isFrozen, $"step {step} is said to wait, and nothing stands before it");
        Hold(Law.WaitIsTold, data.GetProperty("people").GetBoolean() == asks, $"step {step} is said to wait for people, and does not");
        Hold(Law.WaitIsTold, !asks || ledger.PeopleCalled, $"step {step} waits for people and nobody called them");
    }

    /// <summary>A person who promotes past checks is told which, and past people nobody gets.</summary>
    private void BeforePromoted(Ledger ledger, JsonElement data, Look look, DateTimeOffset now)
    {
        int to = data.GetProperty("to").GetInt32();
        Hold(Law.PromotionIsAnswered, ledger.Promotion is not null, $"promoted to step {to}, and nobody asked for that any more");
        HoldCleared(ledger, look, ledger.Step + 1, Math.Min(to, world.Plan.Shares.Count), ledger.IsPromotionForced, $"promoted to step {to}");
        string[] overridden = [.. data.GetProperty("overridden").EnumerateArray().Select(one => one.GetString()!)];
        bool isWaived = look.Jumps == world.Jumps && ledger.Phase == "progressing" && ledger.Step > 0 && ledger.Held(now) < world.Plan.Holds[ledger.Step - 1];
        Hold(Law.PromotionIsAnswered, !isWaived || overridden.Any(one => one.Contains("of the hold", StringComparison.Ordinal)), $"the rest of a hold is waived, and the journal does not say so");
        for (int step = ledger.Step + 1; step <= Math.Min(to, world.Plan.Shares.Count); step++)
            foreach (SimGuard guard in world.Plan.Steps.Before(step).Where(guard => !guard.AsksPeople && !HasPassed(ledger, look, guard)))
                Hold(Law.ForceIsAPersons, overridden.Any(one => one.StartsWith(guard.Name, StringComparison.Ordinal)), $"{guard.Name} is passed by force and the journal does not say so");
    }

    /// <summary>Whether a step that would be entered waits for something, which its journal tells then.</summary>
    private bool Waits(Ledger ledger, Look look)
    {
        int next = ledger.Phase == "baking" ? 0 : ledger.Step + 1;
        if (next == 0 || !world.Plan.Steps.Before(next).Any(guard => look.Checks.TryGetValue((ledger.Stream, guard.Name), out Verdict? said) && said != Verdict.Pass)) return false;
        Hold(Law.WaitIsTold, ledger.AwaitedStep == next, $"step {next} waits and the journal does not say so");
        return true;
    }

    /// <summary>A deadline is over; or nobody can say so, because a clock is wrong.</summary>
    private bool IsLate(Ledger ledger, SimPolicy? deadline, DateTimeOffset since, DateTimeOffset now) =>
        deadline is { Action: "rollback" } && (!AreClocksRight || ledger.ClockWasSetBack || now - since >= deadline.After);

    private void BeforeStepDeadline(Ledger ledger, int step, JsonElement data, Look look, DateTimeOffset now)
    {
        // Taken back for it, it is no longer in the step.
        bool isBack = ledger.Phase == "rollingBack";
        SimPolicy? deadline = world.Plan.Steps.Deadline(step);
        Hold(Law.StepDeadlineIsAnswered, deadline is not null && step == ledger.Step && !ledger.StepDeadlineTold, $"the deadline of step {step} is told in step {ledger.Step}");
        if (deadline is null) return;
        Hold(Law.StepDeadlineIsAnswered, deadline.Action != "hold" || !EndsNow(ledger, look), $"step {step} ends at this very tick, and is said to take too long");
        Hold(Law.StepDeadlineIsAnswered, isBack || !AreClocksRight || now - ledger.StepStart >= deadline.After, $"the deadline of step {step}, entered at {ledger.StepStart:HH:mm:ss}, is told at {now:HH:mm:ss}");
        Hold(Law.StepDeadlineIsAnswered, data.GetProperty("action").GetString() == deadline.Action && (deadline.Action switch
        {
            "rollback" => isBack,
            "pause" => ledger.IsPaused,
            _ => ledger.EscalatedAt == ledger.Events,
        }), $"the deadline of step {step} says {deadline.Action}, and the rollout is {ledger.View().Phase}");
    }

    private void BeforeWholeDeadline(Ledger ledger, JsonElement data, Look look, DateTimeOffset now)
    {
        Hold(Law.DeadlineIsAnswered, ledger.DeadlinesTold == 0 && world.Plan.WholeDeadline is { } whole && (now - ledger.StartedAt >= whole.After || !AreClocksRight), $"a deadline is told at {now:HH:mm:ss}, {ledger.DeadlinesTold} times before");
        string? action = data.GetProperty("action").GetString();
        Hold(Law.DeadlineIsAnswered, action == "rollback" || ledger.EscalatedAt >= ledger.Events - 1, $"the deadline is over, and nobody is called");
        Hold(Law.DeadlineIsAnswered, action == world.Plan.WholeDeadline?.Action && (action != "pause" || ledger.IsPaused) && (action != "rollback" || ledger.Phase == "rollingBack"), $"the deadline says {action}, and the rollout is {ledger.View().Phase}");
        Hold(Law.DeadlineIsAnswered, action != "hold" || !(IsAtItsEnd(ledger) && EndsNow(ledger, look)), $"it ends at this very tick, and is said to take too long");
    }

    private bool IsAtItsEnd(Ledger ledger) => ledger.Phase == "baking" || (ledger.Step == world.Plan.Shares.Count && world.Plan.Bake == TimeSpan.Zero);

    /// <summary>Whether what it does is done at this tick, and nothing keeps it from going on.</summary>
    private bool EndsNow(Ledger ledger, Look look)
    {
        if (!AreClocksRight || ledger.ClockWasSetBack || ledger.IsPaused || ledger.OpenAct is not null || ledger.Phase is not ("progressing" or "baking") || world.Plan.Freeze is not null) return false;
        if (!look.WereAllAt(ledger.Share, look.NamesPeople ? ledger.Allowed : null) || ledger.Drift is not null) return false;
        bool isHeld = ledger.Held(look.FirstHeardAt) >= (ledger.Phase == "baking" ? world.Plan.Bake : world.Plan.Holds[ledger.Step - 1]);
        bool isFree = ledger.Phase == "baking" || world.Plan.Steps.Before(ledger.Step + 1).Count == 0;
        return isHeld && isFree && world.Plan.Signals.All(signal => IsExact(ledger, signal) && SignalLaws.WhyNoPass(signal, ledger, look, look.DecidesAt) is null);
    }

    /// <summary>At the first tick behind it.</summary>
    private void AfterStepDeadline(Ledger ledger, LedgerView before, Look look)
    {
        if (!AreClocksRight || before.Phase is not ("progressing" or "paused") || ledger.Step != before.Step || ledger.StepStart != before.StepStart || ledger.Phase != "progressing") return;
        // What comes to its end at a late tick is done, though the next share may not be set yet.
        if ((ledger.PassedStep == ledger.Step || ledger.PromotedTo > ledger.Step) && ledger.IntendedBy == look) return;
        if (world.Plan.Steps.Deadline(ledger.Step) is not { } deadline) return;
        Hold(Law.StepDeadlineIsAnswered, look.FirstHeardAt - ledger.StepStart < deadline.After || ledger.StepDeadlineTold, $"step {ledger.Step} began at {ledger.StepStart:HH:mm:ss} and nobody is told that it takes too long");
    }
}
