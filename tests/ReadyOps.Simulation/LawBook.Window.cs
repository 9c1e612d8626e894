using System.Globalization;
using System.Text.Json;

namespace ReadyOps.Simulation;

/// <summary>What must hold of a monitoring window, after about_ReadyOps_Monitoring.</summary>
internal sealed partial class LawBook
{
    /// <summary>An event that means something else in a window than in a rollout.</summary>
    /// <returns>Whether it does.</returns>
    private bool BeforeWindowEvent(Ledger ledger, string type, JsonElement data, DateTimeOffset now, Look look)
    {
        if (world.Plan.Window is not { } window) return false;
        switch (type)
        {
            case "CheckpointReached":
                BeforeCheckpoint(window, ledger, data, now, look);
                return true;
            case "BakeStarted":
                Hold(Law.PhasesFollow, ledger.Phase == "pending", $"watching begins while {ledger.Phase}");
                return true;
            case "RolloutSucceeded":
                BeforeWindowSucceeded(window, ledger, now, look);
                return true;
            case "RolloutFailed" when ledger.Phase != "rollingBack":
                BeforeWindowFailed(window, ledger, data, look);
                return true;
            case "RollbackStarted":
                Hold(Law.PhasesFollow, window.TakesBack, $"a window without a target rolls back");
                return false;
            case "ShareIntended":
                Hold(Law.PhasesFollow, data.GetProperty("purpose").GetString() is "rollback" or "restore", $"a window raises a share");
                return false;
            case "StepPassed" or "StepPromoted":
                Hold(Law.PhasesFollow, false, $"{type} in a window");
                return true;
            default:
                return false;
        }
    }

    /// <summary>Each checkpoint is told once, in order, at or after its time: with a report, or as missed when the next one is due too.</summary>
    private void BeforeCheckpoint(SimWindow window, Ledger ledger, JsonElement data, DateTimeOffset now, Look look)
    {
        int number = data.GetProperty("number").GetInt32();
        bool missed = data.GetProperty("missed").GetBoolean();
        string verdict = data.GetProperty("verdict").GetString()!;
        Hold(Law.CheckpointIsDue, IsWatching(ledger) && number == ledger.Checkpoints.Count + 1 && number <= window.Checkpoints.Count, $"checkpoint {number} is told behind {ledger.Checkpoints.Count} of {window.Checkpoints.Count} while {ledger.Phase}");
        if (number > window.Checkpoints.Count) return;
        DateTimeOffset due = ledger.StartedAt + window.Checkpoints[number - 1];
        DateTimeOffset? next = number < window.Checkpoints.Count ? ledger.StartedAt + window.Checkpoints[number] : null;
        Hold(Law.CheckpointIsDue, (data.GetProperty("due").GetDateTimeOffset() == due && now >= due) || ledger.ClockWasSetBack || look.Jumps < world.Jumps, $"checkpoint {number}, due at {due:HH:mm:ss}, is told at {now:HH:mm:ss}");
        Hold(Law.MissedIsNoPass, !missed || (next is { } late && (now >= late || ledger.ClockWasSetBack || look.Jumps < world.Jumps) && verdict == "noData" && data.GetProperty("signals").GetArrayLength() == 0), $"checkpoint {number} is told as missed at {now:HH:mm:ss}: {verdict}");
        if (missed) return;
        // Decided no earlier than it was first told anything, and no later than it was written down.
        if (look.Jumps == world.Jumps && !ledger.ClockWasSetBack) Hold(Law.MissedIsNoPass, next is not { } following || look.FirstHeardAt < following || look.FirstHeardAt == default, $"checkpoint {number} is reported at {look.FirstHeardAt:HH:mm:ss}, when the next one is due");
        bool allPass = true;
        foreach (JsonElement reading in data.GetProperty("signals").EnumerateArray())
        {
            allPass &= reading.GetProperty("verdict").GetString() is "pass" or "skipped";
            BeforeReading(window, ledger, reading, now, look);
        }

        if (next is null && verdict is "fail" or "error" or "noData" or "stale" && look.Jumps == world.Jumps && !ledger.ClockWasSetBack)
            Hold(Law.CheckpointIsDue, now >= due + Patience(window), $"the end says {verdict} at {now:HH:mm:ss} and was not waited for");
        Hold(Law.MissedIsNoPass, verdict != "pass" || allPass, $"checkpoint {number} passes, and not all of its signals do");
    }

    /// <summary>A report counts every sample since the one before it once, and a silence longer than allowed is a gap and no pass.</summary>
    private void BeforeReading(SimWindow window, Ledger ledger, JsonElement reading, DateTimeOffset now, Look look)
    {
        SimSignal signal = world.Plan.Signals.First(s => s.Name == reading.GetProperty("signal").GetString());
        bool isGap = reading.GetProperty("gap").GetBoolean(), passes = reading.GetProperty("verdict").GetString() == "pass";
        Hold(Law.GapIsNoPass, !(isGap && passes), $"{signal.Name} has a gap and passes");
        if (passes && look.Jumps == world.Jumps) Hold(Law.GapIsNoPass, SignalLaws.WhyNoPass(signal, ledger, look, now) is null, $"{signal.Name} is reported to pass, and it says {SignalLaws.VerdictOf(signal, ledger, look, now)}");
        if (signal.IsCheck || signal.IsMean || !world.ClocksAreRight || !world.Profile.ClocksAreRight || ledger.ClockWasSetBack || !ledger.Observed.TryGetValue(signal.Name, out DateTimeOffset until)) return;
        DateTimeOffset from = ledger.Reported.GetValueOrDefault(signal.Name, ledger.StartedAt);
        (DateTimeOffset last, TimeSpan silence) = (ledger.StartedAt, TimeSpan.Zero);
        int samples = 0, bad = 0;
        foreach ((long time, bool good) in world.Traffic.Between(signal.Name, ledger.StartedAt.UtcTicks, until.UtcTicks))
        {
            DateTimeOffset at = new(time, TimeSpan.Zero);
            if (at > from)
            {
                samples++;
                bad += good ? 0 : 1;
                if (at - last > silence) silence = at - last;
            }

            last = at;
        }

        int told = reading.GetProperty("samples").GetInt32(), toldBad = reading.GetProperty("bad").GetInt32();
        Hold(Law.TalliesCountOnce, told == samples && toldBad == bad, $"{signal.Name} is said to have {told} samples, {toldBad} bad, between {from:HH:mm:ss} and {until:HH:mm:ss}, and has {samples}, {bad} bad");
        // What was still to come when it was decided: between the last that it was told and when it was written down.
        TimeSpan least = Longer(silence, look.HeardAt - last), most = Longer(silence, now - last);
        TimeSpan toldSilence = reading.GetProperty("silence").GetString() is { } text ? TimeSpan.Parse(text, CultureInfo.InvariantCulture) : TimeSpan.Zero;
        if (look.Jumps < world.Jumps || look.HeardAt == default) return;
        Hold(Law.TalliesCountOnce, toldSilence >= least - TimeSpan.FromMilliseconds(1) && toldSilence <= most, $"{signal.Name} is said to have been silent for {toldSilence}, and was for {least} to {most}");
        Hold(Law.GapIsNoPass, isGap || least <= window.MaxGap, $"{signal.Name} was silent for {least}, and that is told as no gap");
        Hold(Law.GapIsNoPass, !isGap || most > window.MaxGap, $"{signal.Name} was silent for {most}, and that is told as a gap");
    }

    private void BeforeWindowSucceeded(SimWindow window, Ledger ledger, DateTimeOffset now, Look look)
    {
        bool isOver = IsWatching(ledger) && ledger.Checkpoints.Count == window.Checkpoints.Count && (now >= ledger.StartedAt + window.Length || ledger.ClockWasSetBack || look.Jumps < world.Jumps);
        Hold(Law.SuccessIsEarned, isOver, $"success while {ledger.Phase}, {ledger.Checkpoints.Count} of {window.Checkpoints.Count} checkpoints told");
        Hold(Law.SuccessIsEarned, ledger.OpenAct is null && (ledger.Drift is null || look.All.All(one => one.First is { } share && Math.Abs(share - ledger.Share) <= Tolerance)), $"success though the target was moved, and not set back");
        Hold(Law.SuccessIsEarned, !ledger.Checkpoints.Exists(reached => reached.HasGap) && ledger.StableTold == 0, $"success with a gap or a breach");
        Hold(Law.SuccessIsEarned, ledger.Checkpoints is [.., { Missed: false, Verdict: "pass" }], $"success though the last checkpoint says {(ledger.Checkpoints is [.., var last] ? last.Verdict : "nothing")}");
        foreach (SimSignal signal in world.Plan.Signals.Where(signal => IsExact(ledger, signal) && look.Answers.ContainsKey(signal.Name)))
            Hold(Law.SuccessIsEarned, SignalLaws.FirstBreach(world.Traffic, signal, ledger, look.Answers[signal.Name].Until) is null, $"success though {signal.Name} was breached");
    }

    /// <summary>A window fails at its end, or earlier where a breach, a policy or a person takes it back and there is nothing to take back; and a person is called.</summary>
    private void BeforeWindowFailed(SimWindow window, Ledger ledger, JsonElement data, Look look)
    {
        Hold(Law.EscalatesWhatPauses, ledger.EscalatedAt >= ledger.Events, $"a window fails and nobody is called");
        string verdict = data.TryGetProperty("verdict", out JsonElement told) ? told.GetString()! : "";
        if (!ledger.IsRollbackAsked && ledger.Checkpoints.Count == window.Checkpoints.Count)
        {
            bool hasFlaw = ledger.Checkpoints.Exists(reached => reached.HasGap) || ledger.StableTold > 0 || ledger.Checkpoints[^1].Verdict != "pass"
                || ledger.OpenAct is not null || ledger.Drift is not null || look.All.Any(one => one.First is { } share && Math.Abs(share - ledger.Share) > Tolerance);
            Hold(Law.NoFalseRollback, hasFlaw, $"a window without a flaw fails");
            return;
        }

        Hold(Law.PhasesFollow, !window.TakesBack, $"a window with a target fails before its end and is not taken back");
        if (ledger.IsRollbackAsked || verdict != "fail") return;
        bool any = world.Plan.Signals.Any(signal => !IsExact(ledger, signal)
            || SignalLaws.FirstBreach(world.Traffic, signal, ledger, look.Answers.TryGetValue(signal.Name, out SimAnswer answer) ? Math.Max(answer.Until, ledger.DeliveredUntil.GetValueOrDefault(signal.Name)) : long.MinValue) is not null);
        Hold(Law.NoFalseRollback, any, $"a window fails for a breach, and there was none");
    }

    /// <summary>After a tick: whatever was due is told, and what is over has ended.</summary>
    private void AfterWindowTick(Ledger ledger, Look look)
    {
        if (world.Plan.Window is not { } window || ledger.Ended || ledger.Phase == "rollingBack" || look.FirstHeardAt == default || look.Jumps < world.Jumps || ledger.ClockWasSetBack) return;
        int due = window.Checkpoints.SkipLast(1).Count(checkpoint => look.FirstHeardAt >= ledger.StartedAt + checkpoint);
        Hold(Law.CheckpointIsReported, ledger.Checkpoints.Count >= due, $"{ledger.Checkpoints.Count} of {due} checkpoints are told at {look.FirstHeardAt:HH:mm:ss}");
        Hold(Law.CheckpointIsReported, look.FirstHeardAt < ledger.StartedAt + window.Length + Patience(window), $"the window is over since {ledger.StartedAt + window.Length:HH:mm:ss} and has not ended");
    }

    /// <summary>What a look at a window tells is what its journal does.</summary>
    public void AfterWindowLook(MonitoringWindow told)
    {
        if (!_ledgers.TryGetValue("rollouts/" + told.Id, out Ledger? ledger) || world.IsDamaged) return;
        foreach ((MonitoringCheckpoint checkpoint, LedgerCheckpoint reached) in told.Checkpoints.Zip(ledger.Checkpoints))
            Hold(Law.FoldIsWhatWasActedOn, checkpoint.Missed == reached.Missed && string.Equals(checkpoint.Verdict.ToString(), reached.Verdict, StringComparison.OrdinalIgnoreCase), $"checkpoint {checkpoint.Number} is told to be {checkpoint.Verdict} and is {reached.Verdict}");
        Hold(Law.MissedIsNoPass, told.Verdict != Verdict.Pass || told.Phase == RolloutPhase.Succeeded, $"a window that is {told.Phase} says {told.Verdict}");
    }

    /// <summary>A pause, also one from before it began to watch, does not stop its clock.</summary>
    private static bool IsWatching(Ledger ledger) => ledger.Phase == "baking" || (ledger.Phase == "pending" && ledger.IsPaused);

    /// <summary>How long a fault at the very end is waited for, until it is a breach or has gone.</summary>
    private TimeSpan Patience(SimWindow window) => world.Plan.Signals.Where(signal => signal.Consecutive is null).Select(signal => signal.For).Append(window.MaxGap).Max();

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
