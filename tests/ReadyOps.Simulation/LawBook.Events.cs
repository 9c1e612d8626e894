using System.Text.Json;

namespace ReadyOps.Simulation;

/// <summary>What must hold when an event is journalled, and before a target is set.</summary>
internal sealed partial class LawBook
{
    internal const decimal Tolerance = 0.001m;

    /// <summary>Called before a target takes a share.</summary>
    public void BeforeSet(SimProcess process, int target, decimal percent, IReadOnlyList<string>? named)
    {
        Writes++;
        Ledger? ledger = process.Held;
        Look look = process.Look;
        if (IsLate(process))
        {
            if (ledger?.OpenAct is not { } late) return;
            look.BeginAct(late.Number);
            look.Of(target).Tried = true;
            return;
        }

        Hold(Law.OneActsAtATime, _setting is null or { IsDead: true } || _setting == process || HasLetGo(_setting), $"{process.Agent.Name} sets the share while {_setting?.Agent.Name} does");
        _setting = process;
        Hold(Law.ActsUnderLease, ledger is not null && (world.Database is not null || world.Disk.HolderOf(ledger.Stream) == process), $"{process.Agent.Name} sets the share without the lease");
        if (ledger is null) return;
        Hold(Law.DamageStops, !MustFindDamage(process, ledger.Stream), $"the share is set by a damaged journal");
        Hold(Law.IntentBeforeAct, ledger.OpenAct is { } open && open.To == percent && AreSame(open.Allow, named), $"{percent}% is set and {ledger.OpenAct?.To}% intended");
        Hold(Law.TargetHasOneRollout, !ledger.IsTakenOver, $"{ledger.Id} sets the share of a target that is another's");
        if (ledger.OpenAct is not { } act) return;
        Hold(Law.NothingWaitsForHooks, !look.Called.Contains(ledger.Stream), $"{percent}% waits for a hook");
        look.BeginAct(act.Number);
        look.Of(target).Tried = true;
        Hold(Law.ActIsNotRepeated, ledger.IntendedBy == look || !look.WereAllAt(percent, named), $"{percent}% is set again though the target was seen at it");
        decimal now = world.Shares[target].Percent;
        if (ledger.Phase == "rollingBack")
        {
            Hold(Law.RollbackGoesToSafeShare, percent <= Math.Max(world.Plan.Safe, ledger.RollbackTo), $"a rollback sets {percent}%");
            Hold(Law.RollbackNeverRaises, percent <= now || look.TargetFaults > 0 || look.Of(target).Told != now, $"a rollback raises {now}% to {percent}%");
        }

        if (act is { Purpose: "step", Forced: false } && (percent > ledger.Share || Adds(act.Allow, ledger.Allowed)) && look.SetBegun is null && look.Jumps == world.Jumps)
            Hold(Law.FreezeHolds, !world.Plan.IsFrozen(look.HeardAt, process.Agent.Clock.Now), $"{percent}% is set in a freeze");
        TargetLook seen = look.Of(target);
        DateTimeOffset clock = process.Agent.Clock.Now > look.Since ? process.Agent.Clock.Now : look.Since;
        bool raises = percent > now && seen.Told is { } told && percent > told;
        bool names = Adds(named, world.Shares[target].Named) && Adds(named, seen.Named ?? named ?? []);
        if (raises || (names && percent >= now && act.Purpose == "step")) HoldTogether(look, act, target, percent, named);
        if (act.Purpose == "step") Hold(Law.TargetsMoveTogether, percent <= now || seen.Seen is not null, $"target {target} rises to {percent}% and cannot be read");
        if (!raises && !names) return;
        Hold(Law.PausedNeverRises, !(ledger.IsPaused && ledger.PausedBy == "operator"), $"the share rises to {percent}% while a person paused");
        if (act.Purpose == "restore") Hold(Law.RiseNeedsPass, percent == ledger.Share && AreSame(named, named is null ? null : ledger.Allowed), $"{percent}% is restored where the step has {ledger.Share}%");
        if (act.Purpose == "step") HoldCleared(ledger, look, act.Step, act.Step, act.Forced, $"the share rises to {percent}%");
        if (act.Forced || act.Purpose == "restore") return;
        if (act.Purpose == "step" && ledger.Step == 0) HoldNoneFails(ledger, look, clock);
        else if (act.Purpose == "step") HoldAllPass(Law.RiseNeedsPass, ledger, look, clock, $"the share rises to {percent}%");
    }

    public void AfterSet(SimProcess process)
    {
        if (_setting == process) _setting = null;
    }

    private void BeforeEvent(Ledger ledger, string type, JsonElement data, DateTimeOffset time, string actor, Look look)
    {
        DateTimeOffset now = time > ledger.LastAt ? time : ledger.LastAt;
        bool byPerson = actor != "readyops";
        if (ledger.IsHalfWay && ledger.AbandonedEvent == ledger.Events && ledger.AbandonedBy == look)
            Hold(Law.TargetsMoveTogether, type is "ShareIntended" or "RollbackStarted", $"a rise is given up half-way, and {type} follows");
        Hold(Law.EndedStaysPut, !ledger.Ended || type is "RollbackRequested" or "TornTailRemoved" or "EscalationSent" or "EscalationNotSent", $"{type} after it ended as {ledger.Phase}");
        HoldFresh(type, time, look);
        if (BeforeWindowEvent(ledger, type, data, now, look)) return;
        switch (type)
        {
            case "RolloutStarted":
                HoldTakeover(ledger, data, look);
                HoldAtRest(data, look);
                break;
            case "SignalsObserved" or "TornTailRemoved":
                break;
            case "ShareIntended":
                BeforeIntent(ledger, data, now, look);
                break;
            case "ShareSet" or "ShareFailed" or "ShareAbandoned":
                BeforeOutcome(ledger, type, data, look);
                break;
            case "StepPassed":
                Hold(Law.PhasesFollow, ledger.Phase == "progressing" && !ledger.IsPaused && data.GetProperty("step").GetInt32() == ledger.Step, $"step {ledger.Step} passes while {ledger.Phase}");
                if (ledger.Step == 0) break;
                if (look.Jumps == world.Jumps) Hold(Law.RiseNeedsHold, ledger.Held(now) >= world.Plan.Holds[ledger.Step - 1], $"step {ledger.Step} was held for {ledger.Held(now)}");
                HoldAllPass(Law.RiseNeedsPass, ledger, look, now, $"step {ledger.Step} passes");
                break;
            case "DeadlinePassed":
                if (data.GetProperty("step").GetInt32() is > 0 and var late) BeforeStepDeadline(ledger, late, data, look, now);
                else BeforeWholeDeadline(ledger, data, look, now);
                break;
            case "RolloutResumed":
                Hold(Law.OnlyPersonsLetGoOn, ledger.IsPaused && (byPerson || ledger.IsPromotionForced || ledger.PausedBy is "signal" or "target" or "stable"), $"{actor} resumes what {ledger.PausedBy} paused");
                if (!byPerson && !ledger.IsPromotionForced && world.ClocksAreRight && world.Profile.ClocksAreRight && ledger.PausedBy is "signal" or "stable") HoldAllPass(Law.OnlyPersonsLetGoOn, ledger, look, now, "it goes on by itself");
                break;
            case "RolloutPaused":
                Hold(Law.PhasesFollow, ledger.IsActive && ledger.Phase != "rollingBack", $"paused while {ledger.Phase}");
                if (!byPerson) BeforePause(ledger, data.GetProperty("cause").GetString()!, look, now);
                break;
            case "RollbackRequested":
                Hold(Law.OnlyPersonsLetGoOn, byPerson, $"{actor} asks to roll back");
                foreach (Ledger other in Ledgers) Hold(Law.TargetHasOneRollout, other == ledger || other.Ended || other.IsTakenOver, $"{ledger.Id} is taken back while {other.Id} is {other.Phase}");
                break;
            case "RollbackStarted":
                BeforeRollback(ledger, data, now, look);
                break;
            case "RolledBack":
                BeforeRolledBack(ledger, data, now, look);
                break;
            case "BakeStarted":
                Hold(Law.PhasesFollow, ledger.Phase == "progressing" && !ledger.IsPaused && ledger.Step == world.Plan.Shares.Count && (ledger.PassedStep == ledger.Step || ledger.PromotedTo == ledger.Step + 1), $"baking begins in step {ledger.Step}, {ledger.Phase}");
                break;
            case "RolloutSucceeded":
                bool baked = world.Plan.Bake == TimeSpan.Zero ? ledger.Phase == "progressing" && (ledger.PassedStep == world.Plan.Shares.Count || ledger.PromotedTo > world.Plan.Shares.Count)
                    : ledger.Phase == "baking" && (ledger.Held(now) >= world.Plan.Bake || look.Jumps < world.Jumps);
                Hold(Law.SuccessIsEarned, baked && !ledger.IsPaused && ledger.OpenAct is null && ledger.Share == world.Plan.Shares[^1], $"success while {ledger.Phase} at {ledger.Share}%, held for {ledger.Held(now)}");
                HoldAllPass(Law.SuccessIsEarned, ledger, look, now, $"success");
                break;
            case "StepAwaited":
                BeforeAwaited(ledger, data, look, now);
                break;
            case "StepCleared":
                int cleared = data.GetProperty("step").GetInt32();
                HoldCleared(ledger, look, cleared, cleared, isForced: false, $"step {cleared} is cleared");
                break;
            case "StepPromoted":
                BeforePromoted(ledger, data, look, now);
                break;
            case "RolloutEscalated":
                BeforeCall(ledger, data.GetProperty("reason").GetString()!);
                break;
            case "DriftDetected" when ledger.Phase != "rollingBack":
            case "StableFailing" or "ClockSetBack":
                Hold(Law.EscalatesWhatPauses, ledger.EscalatedAt >= ledger.Events - 1, $"{type}, and nobody is called");
                break;
            case "EscalationSent" or "EscalationNotSent":
                BeforeHookOutcome(ledger, type, data, time, look);
                break;
            case "RolloutFailed":
                Hold(Law.PhasesFollow, ledger.Phase == "rollingBack", $"failed while {ledger.Phase}");
                Hold(Law.EscalatesWhatPauses, ledger.EscalatedAt == ledger.Events, $"a rollback failed, and nobody is called");
                break;
        }

        if (look.Called.Contains(ledger.Stream)) Hold(Law.NothingWaitsForHooks, type is "EscalationSent" or "EscalationNotSent", $"{type} waits for a hook");
    }

    private void HoldTakeover(Ledger ledger, JsonElement data, Look look)
    {
        string?[] former = data.TryGetProperty("supersedes", out JsonElement names) ? [.. names.EnumerateArray().Select(name => name.GetString())] : [];
        foreach (Ledger other in Ledgers)
        {
            Hold(Law.TargetHasOneRollout, other.Phase != "rollingBack" || other.IsTakenOver || HasEndedUnheard(other) || IsBehindLastLook(look, other.RollbackAt), $"{ledger.Id} takes the target from {other.Id}, which is on its way back");
            bool isPersons = other is { IsPaused: true, Ended: false, IsTakenOver: false, PausedBy: "operator" or "drift" or "clock" };
            Hold(Law.TargetHasOneRollout, look.Command != "Start" || !isPersons || HasEndedUnheard(other), $"{ledger.Id} takes the target from {other.Id} without force, which {other.PausedBy} paused");
            Hold(Law.TargetHasOneRollout, other.Ended || other.IsTakenOver || former.Contains(other.Id) || HasEndedUnheard(other) || IsBehindLastLook(look, other.StartedAt), $"{ledger.Id} starts while {other.Id} is {other.Phase}");
            other.IsTakenOver = true;
        }
    }

    /// <summary>Whether there is an end in its journal that a process wrote which did not live to tell.</summary>
    public bool HasEndedUnheard(Ledger ledger)
    {
        SimFile file = world.Disk.Files[ledger.Stream];
        ReadOnlySpan<byte> unheard = file.Content[file.Acknowledged..];
        return unheard.IndexOf("\"type\":\"RolledBack\""u8) >= 0 || unheard.IndexOf("\"type\":\"RolloutSucceeded\""u8) >= 0
            || unheard.IndexOf("\"type\":\"RolloutFailed\""u8) >= 0 || unheard.IndexOf("\"type\":\"RolloutSuperseded\""u8) >= 0;
    }

    private void BeforeIntent(Ledger ledger, JsonElement data, DateTimeOffset now, Look look)
    {
        string purpose = data.GetProperty("purpose").GetString()!;
        decimal to = data.GetProperty("to").GetDecimal();
        int step = data.GetProperty("step").GetInt32();
        Hold(Law.ActHasOutcome, ledger.OpenAct is null && data.GetProperty("act").GetInt32() == ledger.Acts + 1, $"act {data.GetProperty("act").GetInt32()} is intended while {ledger.OpenAct?.Number} is open");
        BeforeNaming(ledger, purpose, step, data);
        switch (purpose)
        {
            case "step":
                bool isPromoted = ledger.PromotedTo == step;
                bool follows = isPromoted || (step == 1 ? ledger.Phase == "pending" : ledger.Phase == "progressing" && ledger.PassedStep == step - 1);
                Hold(Law.PhasesFollow, follows && (isPromoted ? step > ledger.Step : step == ledger.Step + 1) && !ledger.IsPaused && to == world.Plan.Shares[step - 1], $"step {step} of {to}% follows step {ledger.Step}, {ledger.Phase}");
                bool isForced = data.GetProperty("forced").GetBoolean();
                Hold(Law.ForceIsAPersons, !isForced || (isPromoted && ledger.IsPromotionForced), $"step {step} is forced and nobody said so");
                HoldCleared(ledger, look, ledger.Step + 1, step, isForced, $"step {step} is intended");
                if (isForced) break;
                if ((to > ledger.Share || Adds(world.Plan.Steps.Named(step), ledger.Allowed)) && look.Jumps == world.Jumps) Hold(Law.FreezeHolds, !world.Plan.IsFrozen(look.HeardAt, now), $"step {step} is intended in a freeze");
                if (ledger.Step == 0) HoldNoneFails(ledger, look, now);
                else HoldAllPass(Law.RiseNeedsPass, ledger, look, now, $"step {step} is intended");
                break;
            case "rollback":
                Hold(Law.RollbackGoesToSafeShare, ledger.Phase == "rollingBack" && to <= ledger.RollbackTo, $"{to}% is intended to roll back while {ledger.Phase}");
                break;
            default:
                Hold(Law.RiseNeedsPass, to == ledger.Share, $"{to}% is to be restored where the step has {ledger.Share}%");
                BeforeRestore(ledger, look);
                break;
        }
    }

    private void BeforeOutcome(Ledger ledger, string type, JsonElement data, Look look)
    {
        Hold(Law.ActHasOutcome, ledger.OpenAct?.Number == data.GetProperty("act").GetInt32(), $"an outcome of act {data.GetProperty("act").GetInt32()} while {ledger.OpenAct?.Number} is open");
        if (type == "ShareFailed" && ledger.OpenAct is { Purpose: "rollback" } back) HoldAllGoBack(look, back);
        if (type != "ShareSet" || ledger.OpenAct is not { } act) return;
        BeforeArrival(act, data, look);
        decimal percent = data.GetProperty("percent").GetDecimal();
        Hold(Law.OutcomeIsReadBack, look.Read == percent, $"{percent}% is noted and {look.Read}% was read");
        bool fits = Math.Abs(percent - act.To) <= Tolerance || (act.Purpose == "rollback" && percent < act.To);
        Hold(Law.OutcomeIsReadBack, fits, $"{percent}% is taken for {act.To}%");
    }

    private void BeforeRollback(Ledger ledger, JsonElement data, DateTimeOffset now, Look look)
    {
        decimal to = data.GetProperty("to").GetDecimal();
        Hold(Law.RollbackGoesToSafeShare, to <= world.Plan.Safe, $"a rollback to {to}%");
        Hold(Law.RollbackNeverRaises, to <= ledger.Share && (look.Read is not { } read || to <= read), $"a rollback from {ledger.Share}% to {to}%");
        Hold(Law.ActHasOutcome, ledger.OpenAct is null, $"a rollback starts while act {ledger.OpenAct?.Number} has no outcome");
        string cause = data.GetProperty("cause").GetString()!;
        if (cause == "deadline")
        {
            Hold(Law.NoFalseRollback, !(IsAtItsEnd(ledger) && EndsNow(ledger, look)), $"taken back for a deadline at the very tick that it ends at");
            Hold(Law.NoFalseRollback, IsLate(ledger, world.Plan.WholeDeadline, ledger.StartedAt, now) || IsLate(ledger, world.Plan.Steps.Deadline(ledger.Step), ledger.StepStart, now), $"taken back for a deadline at {now:HH:mm:ss}");
            return;
        }

        if (cause == "operator")
        {
            Hold(Law.NoFalseRollback, ledger.IsRollbackAsked, $"a rollback that nobody asked for");
            return;
        }

        SimSignal signal = world.Plan.Signals.First(s => s.Name == data.GetProperty("signal").GetString());
        if (cause == "policy")
        {
            if (!IsExact(ledger, signal)) return;
            Verdict verdict = SignalLaws.VerdictOf(signal, ledger, look, now);
            Hold(Law.NoFalseRollback, IsOverdue(ledger, signal, verdict, "rollback", now), $"{signal.Name} says {verdict} at {now:HH:mm:ss}, and that is no reason to roll back");
            return;
        }

        if (!IsExact(ledger, signal)) return;
        long? first = SignalLaws.FirstBreach(world.Traffic, signal, ledger, look.Answers.TryGetValue(signal.Name, out SimAnswer answer) ? Math.Max(answer.Until, ledger.DeliveredUntil.GetValueOrDefault(signal.Name)) : long.MinValue);
        long told = data.GetProperty("breach").GetProperty("at").GetDateTimeOffset().UtcTicks;
        Hold(Law.NoFalseRollback, first == told, $"{signal.Name} is said to be breached at {new DateTimeOffset(told, TimeSpan.Zero):HH:mm:ss} and was at {(first is { } t ? new DateTimeOffset(t, TimeSpan.Zero).ToString("HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture) : "no time")}");
    }

    private void BeforeRolledBack(Ledger ledger, JsonElement data, DateTimeOffset now, Look look)
    {
        decimal percent = data.GetProperty("percent").GetDecimal();
        Hold(Law.RolledBackIsSafe, ledger.Phase == "rollingBack" && ledger.OpenAct is null && percent <= ledger.RollbackTo + Tolerance && percent <= world.Plan.Safe + Tolerance && look.Read == percent,
            $"rolled back at {percent}%, {look.Read}% read");
        if (look.NamesPeople) Hold(Law.RolledBackIsSafe, ledger.Allowed.Count == 0 && look.Of(0).Named is { Count: 0 }, $"rolled back while {string.Join(' ', look.Of(0).Named ?? [])} have it");
        if (look.Jumps == world.Jumps) Hold(Law.RolledBackIsSafe, ledger.Held(now) >= world.Plan.Settle, $"rolled back after {ledger.Held(now)}");
        foreach (SimSignal signal in world.Plan.Signals.Where(s => s.Recovers))
        {
            Verdict verdict = SignalLaws.VerdictOf(signal, ledger, look, now);
            bool recovered = verdict is Verdict.Pass or Verdict.Skipped || (Math.Min(percent, ledger.Share) <= 0 && ledger.Allowed.Count == 0 && verdict is Verdict.NoData or Verdict.Stale or Verdict.Inconclusive);
            Hold(Law.RolledBackIsSafe, recovered, $"rolled back while {signal.Name} says {verdict}");
        }
    }

    private void HoldAllPass(Law law, Ledger ledger, Look look, DateTimeOffset now, string what)
    {
        // A clock that jumped in between: nobody knows at which time it was decided.
        if (look.Jumps < world.Jumps) return;
        foreach (SimSignal signal in world.Plan.Signals)
        {
            string? problem = SignalLaws.WhyNoPass(signal, ledger, look, now);
            Hold(law, problem is null, $"{what} though {problem}");
        }
    }

    private void HoldNoneFails(Ledger ledger, Look look, DateTimeOffset now)
    {
        if (look.Jumps < world.Jumps) return;
        foreach (SimSignal signal in world.Plan.Signals)
            Hold(Law.FirstRiseNeedsNoFailure, SignalLaws.VerdictOf(signal, ledger, look, now) != Verdict.Fail, $"the first step begins while {signal.Name} fails");
    }

    /// <summary>Whether what the engine took in of a signal is known exactly: clocks were right, and nobody died holding a sample that is gone.</summary>
    private bool IsExact(Ledger ledger, SimSignal signal) => world.ClocksAreRight && world.Profile.ClocksAreRight && !ledger.ClockWasSetBack && !signal.IsCheck
        && !ledger.Erred.Contains(signal.Name + "_stable");
}
