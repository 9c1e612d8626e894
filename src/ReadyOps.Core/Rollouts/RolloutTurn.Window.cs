using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>The part that watches afterwards: the checkpoints of a monitoring window, and how it ends.</summary>
internal sealed partial class RolloutTurn
{
    /// <summary>
    /// Reports at the checkpoints that are due. A pause stops the clock of a rollout, and not that of a window: it promised to
    /// watch for so long, and what it could not see is a gap.
    /// </summary>
    /// <returns>Whether that was the end.</returns>
    private bool WatchWindow()
    {
        if (definition.Window is not { } window) return false;
        if (_state.Phase == RolloutPhase.Pending) Emit(new BakeStarted());
        while (_state.Checkpoints.Count < window.Checkpoints.Count)
        {
            int number = _state.Checkpoints.Count + 1;
            bool last = number == window.Checkpoints.Count;
            DateTimeOffset due = _state.StartedAt + window.Checkpoints[number - 1];
            if (now < due || (last && !IsDecided(due, window))) return false;
            if (!last && now >= _state.StartedAt + window.Checkpoints[number])
                Emit(new CheckpointReached(number, due, Missed: true, Verdict.NoData, "Nobody looked before the next checkpoint was due.", []));
            else
                Report(number, due, window);
        }

        EndWindow(window);
        return true;
    }

    /// <summary>Whether the end can be judged: every signal passes and the target is where it should be, or they have had the time to come to that.</summary>
    private bool IsDecided(DateTimeOffset end, WindowDefinition window)
    {
        TimeSpan patience = definition.Signals.Select(signal => signal.For ?? TimeSpan.Zero).Append(window.MaxGap).Max();
        return (AllPass && Astray is null) || now - end >= patience;
    }

    /// <summary>Why what was watched is not what was to be watched; <see langword="null"/> where it is, or nobody can say.</summary>
    private string? Astray =>
        _state.OpenAct is { } act ? $"the share was moved, and setting it back to {Text(act.To)}% is not confirmed"
        : seen.SharePercent is { } share && !seen.All(_state.SharePercent, Named) ? $"the target exposes {RolloutState.Signature(Several) ?? $"{Text(share)}%"} although {Text(_state.SharePercent)}% was to be watched"
        : _state.Drift is { } moved && seen.SharePercent is null ? $"the target exposed {Text(moved)}% when it could be read last, although {Text(_state.SharePercent)}% was to be watched"
        : null;

    private void Report(int number, DateTimeOffset due, WindowDefinition window)
    {
        CheckpointReading[] readings = [.. _signals.Select(status => ReadingOf(status, window.Spacing(number), window.MaxGap))];
        CheckpointReading? worst = readings.Where(reading => !IsDryRun(reading.Signal)).MaxBy(reading => Badness(reading.Verdict));
        Verdict verdict = worst?.Verdict ?? Verdict.NoData;
        string reason = verdict == Verdict.Pass ? "Every signal passes." : worst?.Reason ?? "Every signal is a dry run.";
        Emit(new CheckpointReached(number, due, Missed: false, verdict, reason, readings));
    }

    private CheckpointReading ReadingOf(SignalStatus status, TimeSpan spacing, TimeSpan maxGap)
    {
        SignalDefinition signal = definition.Signals.First(known => known.Name == status.Signal);
        CheckpointTally tally = _state.Tallies.GetValueOrDefault(status.Signal) ?? CheckpointTally.Empty;
        TimeSpan sinceLast = now - (_state.Tracks.GetValueOrDefault(status.Signal)?.LastTime ?? ExpectedFrom(signal));
        TimeSpan silence = sinceLast > tally.Silence ? sinceLast : tally.Silence;
        // What has no history is seen at ticks only, and a window may be ticked at its checkpoints and at no other time.
        bool gap = !signal.DryRun && silence > (signal.Type == "prometheus" ? maxGap : spacing + maxGap);
        bool hidden = gap && status.Verdict == Verdict.Pass;
        string reason = hidden ? $"{status.Signal} passes now, but nothing was seen of it for {Quantities.Format(Whole(silence))}." : status.Reason;
        return new CheckpointReading(status.Signal, hidden ? Verdict.Inconclusive : status.Verdict, status.Value, tally.Samples, tally.Bad, tally.Min, tally.Max, silence, gap, reason);
    }

    /// <summary>From when on samples of a signal can be expected: not while its query looks back to before the start, nor in its initial delay.</summary>
    private DateTimeOffset ExpectedFrom(SignalDefinition signal)
    {
        DateTimeOffset within = _state.StartedAt + signal.Reach, judged = signal.JudgedAfter(_state.StepStartedAt);
        return within > judged ? within : judged;
    }

    /// <summary>Succeeded only if nothing was breached, nothing was hidden, every signal passes at the end, and the target is where it should be.</summary>
    private void EndWindow(WindowDefinition window)
    {
        string? gaps = GapsSeen();
        string? flaw = _state.WindowBreach ?? gaps ?? Astray;
        CheckpointReached end = _state.Checkpoints[^1];
        if (flaw is null && end.Verdict is Verdict.Pass)
        {
            Emit(new RolloutSucceeded());
            return;
        }

        string reason = $"The window of {Quantities.Format(window.Length)} is over and cannot be called a success: {flaw ?? end.Reason}";
        Emit(new RolloutEscalated(reason, Stuck: false));
        Emit(new RolloutFailed(reason, _state.WindowBreach is not null || end.Verdict == Verdict.Fail ? Verdict.Fail : Verdict.Inconclusive));
    }

    private string? GapsSeen()
    {
        (CheckpointReached At, CheckpointReading Of)[] gaps =
            [.. _state.Checkpoints.SelectMany(reached => reached.Signals.Where(reading => reading.Gap).Select(reading => (reached, reading)))];
        if (gaps.Length == 0) return null;
        (CheckpointReached at, CheckpointReading worst) = gaps.MaxBy(gap => gap.Of.Silence);
        string others = gaps.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" {gaps.Length - 1} more gaps are in the reports.") : "";
        return string.Create(CultureInfo.InvariantCulture, $"nothing was seen of {worst.Signal} for {Quantities.Format(Whole(worst.Silence))} before checkpoint {at.Number}.{others}");
    }

    private bool IsDryRun(string name) => definition.Signals.First(signal => signal.Name == name).DryRun;

    private static int Badness(Verdict verdict) => verdict switch
    {
        Verdict.Fail => 6,
        Verdict.Error => 5,
        Verdict.NoData => 4,
        Verdict.Stale => 3,
        Verdict.Inconclusive => 2,
        Verdict.Skipped => 1,
        _ => 0,
    };

    private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));
}
