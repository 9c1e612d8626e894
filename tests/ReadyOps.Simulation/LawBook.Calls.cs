using System.Text.Json;

namespace ReadyOps.Simulation;

/// <summary>What must hold of pauses, of calling people, and of what is told once.</summary>
internal sealed partial class LawBook
{
    private static readonly string[] s_once = ["The share could not be set to", "The rollback is not done after"];

    /// <summary>What pauses by itself has a reason, and takes the place of no person's pause.</summary>
    private void BeforePause(Ledger ledger, string cause, Look look, DateTimeOffset now)
    {
        Hold(Law.OnlyPersonsLetGoOn, !(ledger.IsPaused && ledger.PausedBy == "operator"), $"{cause} pauses what a person paused");
        if (cause == "target")
        {
            bool isLong = !AreClocksRight || ledger.ClockWasSetBack || now - ledger.UnreadableSince >= world.Plan.Error.After;
            Hold(Law.TroubleFollowsPolicy, ledger.UnreadableSince is not null && isLong && world.Plan.Error.Action != "hold", $"paused at {now:HH:mm:ss} for a target that is unreadable since {ledger.UnreadableSince:HH:mm:ss}");
        }

        if (cause == "deadline") Hold(Law.DeadlineIsAnswered, !(IsAtItsEnd(ledger) && EndsNow(ledger, look)), $"paused for a deadline at the very tick that it ends at");
        if (cause != "signal") return;
        foreach (SimSignal signal in world.Plan.Signals)
            if (!IsExact(ledger, signal) || IsOverdue(ledger, signal, SignalLaws.VerdictOf(signal, ledger, look, now), "pause", now)) return;
        Hold(Law.TroubleFollowsPolicy, false, $"paused for a signal at {now:HH:mm:ss}, and none asks for it");
    }

    /// <summary>Whether a policy asks for something by now, as far as the samples tell since when.</summary>
    private bool IsOverdue(Ledger ledger, SimSignal signal, Verdict verdict, string action, DateTimeOffset now)
    {
        if (world.Plan.For(verdict) is not { } policy || policy.Action != action) return false;
        DateTimeOffset since = verdict switch
        {
            // Since when nobody could ask, only whoever asked knows.
            Verdict.Error => ledger.StartedAt,
            Verdict.Stale => ledger.Delivered[signal.Name][^1].Time,
            _ => ledger.StepStart,
        };
        return now - since >= policy.After;
    }

    /// <summary>People are called once for one thing.</summary>
    private void BeforeCall(Ledger ledger, string reason)
    {
        if (Ledger.IsForPeople(reason)) Hold(Law.WaitIsTold, !ledger.PeopleWereAwaited, $"people are called again: {reason}");
        if (s_once.FirstOrDefault(once => reason.StartsWith(once, StringComparison.Ordinal)) is not { } kind) return;
        int since = kind == s_once[0] ? ledger.IntendedEvent : ledger.RollbackEvent;
        Hold(Law.PeopleAreCalledOnce, !ledger.Calls.Any(call => call.Event > since && call.Reason.StartsWith(kind, StringComparison.Ordinal)), $"people are called again: {reason}");
    }

    /// <summary>A release begins where nobody has it yet, on targets that are together.</summary>
    private void HoldAtRest(JsonElement data, Look look)
    {
        Hold(Law.StartsAtRest, look.All.All(one => one.Told == look.Of(0).Told), $"it starts where {look.Signature()} are exposed");
        decimal share = data.GetProperty("initialPercent").GetDecimal();
        if (look.Command == "Start" && world.Plan.Window is null && !data.TryGetProperty("supersedes", out _)) Hold(Law.StartsAtRest, share <= world.Plan.Shares[0] + Tolerance, $"it starts without force where {share}% are exposed");
        if (!data.TryGetProperty("retryOf", out JsonElement former) || world.Profile.Agents > 1) return;
        Ledger? other = Ledgers.FirstOrDefault(one => one.Id == former.GetString());
        Hold(Law.StartsAtRest, other is null || other.Phase is "rolledBack" or "failed" || HasEndedUnheard(other), $"{other?.Id} is tried again, which is {other?.Phase}");
    }

    /// <summary>What was noted stands for as long as it is so, and who waits for an answer has one.</summary>
    private void AfterLook(Ledger ledger, Look look)
    {
        Hold(Law.PromotionIsAnswered, ledger.Promotion is null, $"a promotion stays open");
        if (look.Jumps < world.Jumps || look.All.Any(one => one.First is null)) return;
        if (look.Command == "Tick" && look.SetBegun is null && look.Read is not null) Hold(Law.TroubleFollowsPolicy, ledger.UnreadableSince is null, $"the target was read, and is said to be unreadable since {ledger.UnreadableSince:HH:mm:ss}");
        if (ledger.OpenAct is null && look.SetBegun is null && look.AreAllAt(ledger.Share, look.NamesPeople ? ledger.Allowed : null)) Hold(Law.DriftPauses, ledger.Drift is null, $"{ledger.Drift} is noted as a change by hand, and is gone");
        bool isOpen = look.Open is { } act && ReferenceEquals(ledger.OpenAct, act);
        if (!isOpen || world.Plan.Error.Action == "hold" || !AreClocksRight || ledger.ClockWasSetBack || look.FirstHeardAt - look.Open!.At < world.Plan.Error.After) return;
        Hold(Law.EscalatesWhatPauses, ledger.EscalatedAt > ledger.IntendedEvent, $"act {look.Open.Number} is open since {look.Open.At:HH:mm:ss}, and nobody is called");
    }

    /// <summary>A rollback that has settled, whose signals recovered as it says itself, is done; and one that lives on what is kept for a full disk says so.</summary>
    private void HoldDone(Ledger ledger, Look look, RolloutStatus status, DateTimeOffset now)
    {
        // What only its end used, to note whom that reached, the next tick tells.
        if (look.UsedReserve == ledger.Stream && !look.Called.Contains(ledger.Stream)) Hold(Law.EscalatesWhatPauses, ledger.Calls.Any(call => call.Reason.StartsWith("The disk of the journals", StringComparison.Ordinal)), $"a full disk is told to nobody");
        if (look.Events > 0 || look.Command != "Tick" || !AreClocksRight || ledger.ClockWasSetBack || look.HeardAt < now || ledger.OpenAct is not null) return;
        if (look.Read is not { } read || read > ledger.RollbackTo + Tolerance || look.FirstHeardAt - ledger.StepStart < world.Plan.Settle) return;
        bool isWell = world.Plan.Signals.All(signal => !signal.Recovers || status.Signals.First(one => one.Signal == signal.Name).Verdict is Verdict.Pass or Verdict.Skipped);
        Hold(Law.RollbackIsNotLeftOpen, !isWell, $"back at {read}% since {ledger.StepStart:HH:mm:ss}, all is well, and it is not done");
    }
}
