using ReadyOps.Core.Rollouts;

namespace ReadyOps.Simulation;

/// <summary>What must hold when a command has come back.</summary>
internal sealed partial class LawBook
{
    /// <summary>A command came back with where the rollout stands.</summary>
    public void AfterCommand(SimProcess process, string? id, RolloutStatus? status)
    {
        AfterSet(process);
        Look look = process.Look;
        if (status is null || !_ledgers.TryGetValue("rollouts/" + status.Id, out Ledger? ledger) || !look.Views.TryGetValue(ledger, out (LedgerView Before, LedgerView After) views)) return;
        LedgerView after = views.After;
        Hold(Law.DamageStops, !MustFindDamage(process, ledger.Stream), $"{look.Command} went on with a damaged journal");
        if (world.Disk.Files[ledger.Stream].IsDamaged) return;
        Hold(Law.FoldIsWhatWasActedOn, string.Equals(status.Phase.ToString(), after.Phase, StringComparison.OrdinalIgnoreCase) && status.SharePercent == after.Share && status.Step == after.Step && status.StepStartedAt == after.StepStart,
            $"it tells {status.Phase}, step {status.Step}, {status.SharePercent}% since {status.StepStartedAt:HH:mm:ss}, and its journal {after.Phase}, step {after.Step}, {after.Share}% since {after.StepStart:HH:mm:ss}");
        // Another may have gone on since the lease was given back.
        if (ledger.View() != after || look.Answers.Count == 0) return;
        AfterTick(ledger, views.Before, look, status, process.Agent.Clock.Now);
        Remember(ledger, look, process.Agent.Clock.Now);
    }

    /// <summary>A command failed.</summary>
    public void AfterError(SimProcess process, string? id, ReadyOpsException error, int writesBefore)
    {
        AfterSet(process);
        Look look = process.Look;
        bool hasCause = error.Id switch
        {
            "RolloutBusy" => world.Database is null ? world.Profile.Agents > 1 : look.MetLease,
            "JournalFenced" => look.DiskFaults > 0 || process.Leases.Skip(process.LeasesBefore).Any(lease => !lease.Runs(world.Scheduler.Now) || lease != world.Database!.Leases[lease.Stream]),
            "JournalWriteFailed" or "JournalUnavailable" => look.DiskFaults > 0,
            "JournalDamaged" => world.IsDamaged,
            "RolloutEnded" => look.Command is "Suspend" or "Resume" or "Promote" or "PromoteFull",
            "TargetUnreachable" => look.Command is "Start" or "StartForce" or "Retry" && look.TargetFaults > 0,
            "TargetBusy" => look.Command is "Start" or "StartForce" or "Retry" or "RollBack",
            "PromotionRefused" => look.Command.StartsWith("Promote", StringComparison.Ordinal),
            "RetryRefused" => look.Command == "Retry",
            "ApprovalNotFound" => look.Command == "Withdraw",
            "ApprovalNotSealed" => (look.DiskFaults > 0 || world.Profile.Agents > 1) && look.Command is "Approve" or "Deny" or "Withdraw",
            "JournalBusy" => (world.Database is null ? world.Profile.Agents > 1 : look.MetLease) && look.Command is "Approve" or "Deny" or "Withdraw",
            "ShareDiffers" => look.Command.StartsWith("Start", StringComparison.Ordinal) && look.Read != world.Plan.Window?.Share,
            "TargetNotAtRest" => look.Command is "Start" or "Retry",
            "TargetsApart" => world.Shares.Count > 1 && look.Command is "Start" or "StartForce" or "Retry",
            "TargetGroupFailed" => world.Shares.Count > 1 && look.TargetFaults > 0 && look.Command is "Start" or "StartForce" or "Retry",
            _ => false,
        };
        // What a database that went away took, nobody can say, and the error says just that.
        bool isUnknown = world.Database is not null && look.DiskFaults > 0;
        if (look.Decided is { } decided && world.Profile.Agents == 1 && look.CutFaults == 0 && !isUnknown && error.Id != "ApprovalNotSealed")
            Hold(Law.FailedIsTakenBack, ApprovalLaws.CountOf(world, "rollouts/" + id) == decided, $"{look.Command} failed with {error.Id}, and the decision is there");
        if (error.Id == "JournalWriteFailed" && id is not null) HoldTakenBackOnFullDisk(look, id);
        Hold(Law.ErrorHasCause, hasCause, $"{look.Command} failed without a cause: {error.Id}: {error.Message}");
        if (look.BeganDamaged && error.Id == "JournalDamaged" && world.Profile.Agents == 1)
            Hold(Law.DamageStops, Writes == writesBefore, $"{look.Command} found damage and changed something all the same");
    }

    /// <summary>A full disk keeps no release from being taken back, as long as there is room left that was kept for that.</summary>
    private void HoldTakenBackOnFullDisk(Look look, string id)
    {
        if (look.Command is not ("Tick" or "RollBack") || look.DiskFaults > look.FullFaults || world.Disk.Reserve == 0) return;
        if (!_ledgers.TryGetValue("rollouts/" + id, out Ledger? ledger) || !look.Views.TryGetValue(ledger, out (LedgerView Before, LedgerView After) views)) return;
        string before = views.Before.Phase;
        Hold(Law.BreachAnswered, before != "rollingBack" && look.Command != "RollBack", $"{ledger.Id} is {before} and a full disk stops it, with {world.Disk.Reserve} bytes in reserve");
        if (before is not ("rolledBack" or "failed" or "succeeded" or "superseded") && ledger.Phase != "superseded" && !IsStartedUnheard()) HoldBreachAnswered(ledger, look);
    }

    /// <summary>Whether a start died before anybody heard of it, which may hand the target over all the same.</summary>
    private bool IsStartedUnheard() => world.Disk.Files.Any(file => file.Key.StartsWith("rollouts/", StringComparison.Ordinal) && file.Value is { Acknowledged: 0, Length: > 0 });

    /// <summary>The world is over: what the disk says is what was acted on, by a reader that starts from nothing.</summary>
    public void AtTheEnd()
    {
        foreach (Ledger ledger in Ledgers.Where(ledger => world.Disk.Files[ledger.Stream] is { IsDamaged: false } file && file.Length == file.Acknowledged))
        {
            RolloutState state = RolloutState.Of(new SimReader(world).Lines(ledger.Stream));
            LedgerView view = ledger.View();
            Hold(Law.FoldIsWhatWasActedOn, string.Equals(state.Phase.ToString(), view.Phase, StringComparison.OrdinalIgnoreCase) && state.SharePercent == view.Share && state.Step == view.Step,
                $"{ledger.Id} folds to {state.Phase}, step {state.Step}, {state.SharePercent}% and was {view.Phase}, step {view.Step}, {view.Share}%");
        }
    }

    private void AfterTick(Ledger ledger, LedgerView before, Look look, RolloutStatus status, DateTimeOffset now)
    {
        AfterHooks(ledger, look, now);
        bool wasActive = ledger.Phase != "superseded" && before.Phase is not ("rollingBack" or "rolledBack" or "failed" or "succeeded" or "superseded");
        if (wasActive) HoldBreachAnswered(ledger, look);
        if (ledger.Ended) return;
        AfterWindowTick(ledger, look);
        if (wasActive && before.Phase != "baking" && ledger.Phase != "rollingBack" && world.Plan.WholeDeadline is { } whole && world.ClocksAreRight && world.Profile.ClocksAreRight)
            Hold(Law.DeadlineIsAnswered, look.FirstHeardAt - ledger.StartedAt < whole.After || ledger.DeadlinesTold > 0, $"started at {ledger.StartedAt:HH:mm:ss} and nobody is told that it takes too long");
        if (wasActive) AfterStepDeadline(ledger, before, look);
        bool canSee = look.Read is not null;
        bool noJump = look.Jumps == world.Jumps;
        if (noJump && before.LastAt - now > TimeSpan.FromSeconds(61))
            Hold(Law.ClockSetBackIsNoticed, ledger.ClockSetBacks > before.ClockSetBacks, $"the clock says {now:HH:mm:ss} after {before.LastAt:HH:mm:ss} and nobody is told");
        Hold(Law.ActHasOutcome, ledger.OpenAct is not { } act || look.ReadBack != act.To || !look.AreAllAt(act.To, act.Allow), $"act {ledger.OpenAct?.Number} was read back and has no outcome");
        Hold(Law.ActHasOutcome, look.SetBegun is null || ledger.OpenAct is null || ledger.HasActFailed, $"act {ledger.OpenAct?.Number} failed and its journal does not say so");
        if (ledger.Phase == "rollingBack")
        {
            HoldDeadline(ledger, look, now, noJump);
            HoldDone(ledger, look, status, now);
            Hold(Law.RollbackIsNotLeftOpen, ledger.OpenAct is not null || ledger.Share <= ledger.RollbackTo + Tolerance, $"a rollback to {ledger.RollbackTo}% was left at {ledger.Share}%");
            Hold(Law.RollbackIsNotLeftOpen, look.TargetFaults > 0 || look.HandChanges < world.HandChanges || look.Read is null || look.Read <= ledger.RollbackTo, $"after a tick of a rollback {look.Read}% is exposed");
            return;
        }

        if (!canSee && noJump && !ledger.IsPaused && ledger.UnreadableSince is { } since && world.Plan.Error.Action != "hold" && look.HeardAt >= now)
            Hold(Law.TroubleFollowsPolicy, now - since < world.Plan.Error.After, $"the target is unreadable since {since:HH:mm:ss} and nothing is done");
        if (!ledger.IsPaused && ledger.OpenAct is null && canSee)
            Hold(Law.DriftPauses, look.AreAllAt(ledger.Share, look.NamesPeople ? ledger.Allowed : null), $"{look.Signature()} is exposed instead of {ledger.Share}% and nobody is told");
        AfterLook(ledger, look);
        AfterApart(ledger, look);
        if (ledger.IsPaused && ledger.PausedBy != "operator")
            Hold(Law.EscalatesWhatPauses, ledger.EscalatedAt >= ledger.PausedEvent - 3, $"paused by {ledger.PausedBy} and nobody is called");
        Hold(Law.EscalatesWhatPauses, ledger.IsPaused || ledger.MustPause is null, $"{ledger.MustPause} and it goes on");
        if (look.Events == 0 && look.Command == "Tick") AfterQuietTick(ledger, look, status, now);
    }

    /// <summary>A rollback that takes too long calls a person, and one whose signals stay bad comes to an end.</summary>
    private void HoldDeadline(Ledger ledger, Look look, DateTimeOffset now, bool noJump)
    {
        if (!noJump || ledger.ClockWasSetBack || look.HeardAt < now || look.Events > 0) return;
        // It decided no earlier than it was first told anything, and may have been held up since.
        now = look.FirstHeardAt < now ? look.FirstHeardAt : now;
        bool overdue = now - ledger.RollbackAt > world.Plan.Deadline;
        if (ledger.OpenAct is not null || look.Read is null)
            Hold(Law.RollbackKeepsItsDeadline, !overdue || ledger.EscalatedAt > ledger.RollbackEvent, $"going back since {ledger.RollbackAt:HH:mm:ss} and nobody is called");
        else
            Hold(Law.RollbackKeepsItsDeadline, now - ledger.StepStart <= world.Plan.Deadline, $"back since {ledger.StepStart:HH:mm:ss} and neither done nor failed");
    }

    /// <summary>Nothing changed in this tick: then there was nothing to change.</summary>
    private void AfterQuietTick(Ledger ledger, Look look, RolloutStatus status, DateTimeOffset now)
    {
        if (ledger.OpenAct is not null || !look.AreAllAt(ledger.Share, look.NamesPeople ? ledger.Allowed : null)) return;
        bool allPass = true;
        now = now > ledger.LastAt ? now : ledger.LastAt;
        foreach (SimSignal signal in world.Plan.Signals)
        {
            Verdict verdict = SignalLaws.VerdictOf(signal, ledger, look, now);
            if (look.HeardAt < now && verdict != Verdict.Error) return;
            allPass &= verdict is Verdict.Pass or Verdict.Skipped;
            if (!IsExact(ledger, signal)) continue;
            Verdict told = status.Signals.First(s => s.Signal == signal.Name).Verdict;
            Hold(Law.VerdictIsTrue, told == verdict, $"{signal.Name} is said to be {told} and is {verdict}");
            if (ledger.IsPaused || world.Plan.For(verdict) is not { } policy) continue;
            DateTimeOffset since = verdict switch
            {
                Verdict.Error => ledger.ErredSince.GetValueOrDefault(signal.Name, now),
                Verdict.Stale => ledger.Delivered[signal.Name][^1].Time,
                // What looks back into the step before is no trouble for as long as that.
                _ => ledger.StepStart + (signal.Range ?? TimeSpan.Zero),
            };
            Hold(Law.TroubleFollowsPolicy, policy.Action == "hold" || (look.HeardAt < now ? look.HeardAt : now) - since < policy.After, $"{signal.Name} says {verdict} since {since:HH:mm:ss} and nothing is done");
        }

        if (!world.Plan.Signals.All(signal => IsExact(ledger, signal))) return;
        if (ledger.IsPaused)
        {
            Hold(Law.ReadyIsLeft, !(ledger.PausedBy is "signal" or "stable" && allPass) && ledger.PausedBy != "target", $"still paused by {ledger.PausedBy}");
            return;
        }

        if (world.Plan.Window is { } window)
        {
            Hold(Law.ReadyIsLeft, ledger.ClockWasSetBack || !(allPass && now >= ledger.StartedAt + window.Length), $"the window is over, everything passes, and it has not ended");
            return;
        }

        bool isDone = ledger.Phase switch
        {
            "pending" => true,
            "progressing" => ledger.Held(now) >= world.Plan.Holds[ledger.Step - 1],
            _ => ledger.Held(now) >= world.Plan.Bake,
        };
        if (world.Plan.Freeze is { From: var from, To: var to } && now >= from && now <= to) return;
        bool none = ledger.Phase == "pending" && world.Plan.Signals.All(s => SignalLaws.VerdictOf(s, ledger, look, now) != Verdict.Fail);
        if (isDone && (allPass || none) && Waits(ledger, look)) return;
        Hold(Law.ReadyIsLeft, !(isDone && (allPass || none)), $"step {ledger.Step}, {ledger.Phase}, is done and not left");
    }

    private void HoldBreachAnswered(Ledger ledger, Look look)
    {
        foreach (SimSignal signal in world.Plan.Signals)
        {
            if (!look.Answers.TryGetValue(signal.Name, out SimAnswer answer) || answer.IsError) continue;
            if (signal.IsCheck)
            {
                if (!answer.IsNew) continue;
                int bad = (ledger.Delivered.GetValueOrDefault(signal.Name) ?? []) is [.., { Good: false }] ? ledger.FailedInARow.GetValueOrDefault(signal.Name) + 1 : 0;
                if (world.ClocksAreRight && world.Profile.ClocksAreRight)
                    Hold(Law.BreachAnswered, !signal.IsSustained(bad) || ledger.IsBreachAnswered, $"{signal.Name} failed {bad} times in a row and is not rolled back");
                continue;
            }

            if (!IsExact(ledger, signal)) continue;
            long? breach = SignalLaws.FirstBreach(world.Traffic, signal, ledger, answer.Until);
            Hold(Law.BreachAnswered, breach is null || ledger.IsBreachAnswered, $"{signal.Name} is breached since {new DateTimeOffset(breach ?? 0, TimeSpan.Zero):HH:mm:ss} and not rolled back");
        }
    }

    /// <summary>What a tick that came back has certainly taken in.</summary>
    private void Remember(Ledger ledger, Look look, DateTimeOffset now)
    {
        foreach (SimSignal signal in world.Plan.Signals)
        {
            if (!look.Answers.TryGetValue(signal.Name, out SimAnswer answer)) continue;
            if (answer.IsError) ledger.ErredSince.TryAdd(signal.Name, now);
            else ledger.ErredSince.Remove(signal.Name);
            if (!signal.IsCheck || !answer.IsNew) continue;
            bool failed = (ledger.Delivered.GetValueOrDefault(signal.Name) ?? []) is [.., { Good: false }];
            if (failed) ledger.FailedInARow[signal.Name] = ledger.FailedInARow.GetValueOrDefault(signal.Name) + 1;
        }
    }
}
