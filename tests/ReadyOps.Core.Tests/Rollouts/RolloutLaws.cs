using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>
/// What holds of every rollout at every moment. Worked out anew from the journal, the target and the recorded samples; of the
/// machine itself only the fold is used.
/// </summary>
internal sealed class RolloutLaws
{
    private static readonly string[] Signals = ["timed", "counted", "paired"];
    private static readonly TimeSpan[] Holds = [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(2)];

    private readonly RolloutWorld _world;
    private readonly RecordedSamples _samples;
    private RolloutState _state = new();
    private Exception? _brokenWhileSetting;
    private bool _clockWasSetBack;
    private int _checked;
    private string _id = "";

    public RolloutLaws(RolloutWorld world, RecordedSamples samples)
    {
        (_world, _samples) = (world, samples);
        world.Target.Setting = percent =>
        {
            try
            {
                BeforeSetting(percent);
            }
            catch (InvalidOperationException e)
            {
                // The engine takes whatever a target throws for a failed act.
                _brokenWhileSetting ??= e;
            }
        };
    }

    public RolloutPhase Phase => _state.Phase;

    public decimal SafeShare { get; set; }

    public List<string> Story { get; } = [];

    public static void Hold(bool holds, string law)
    {
        if (!holds) throw new InvalidOperationException($"Broken: {law}.");
    }

    public void Tell(string what) => Story.Add(what);

    /// <summary>Checks everything that was journalled since the last check, and then the whole.</summary>
    /// <param name="id">The rollout.</param>
    /// <param name="status">What the call told, if it came back.</param>
    /// <param name="lookAgain">Whether to have another process fold it all from the beginning.</param>
    /// <param name="collected">Whether it came back after seeing every signal up to now.</param>
    public async Task CheckAsync(string id, RolloutStatus? status, bool collected, bool lookAgain)
    {
        _id = id;
        if (_brokenWhileSetting is not null) throw _brokenWhileSetting;
        bool wasUnderWay = !_state.Ended && _state.Phase != RolloutPhase.RollingBack;
        Advance();

        if (status is null) return;
        Hold(status.Phase == _state.Phase && status.SharePercent == _state.SharePercent && status.Step == _state.Step && status.StepStartedAt == _state.StepStartedAt,
            "folding the journal gives the state that was acted on");
        RolloutStatus looked = lookAgain ? await _world.NewProcess().GetAsync(id, CancellationToken.None) : status;
        Hold(looked.Phase == status.Phase && looked.SharePercent == status.SharePercent && looked.StepStartedAt == status.StepStartedAt, "another process sees the same");
        if (collected && wasUnderWay && !_clockWasSetBack && Signals.Select(s => FirstBreach(s, _state.StartedAt, Latest())).Any(at => at is not null))
            Hold(_state.RollbackStartedAt is not null, "a sustained breach is answered by the first tick that can see it");
        bool reachable = _world.Target is { ReadError: null, SetError: null, Lie: null };
        if (_state.Phase == RolloutPhase.RollingBack && reachable)
            Hold(_world.Target.Share <= Math.Max(_state.RollbackPercent, 0), "while rolling back, a target that can be set is at the safe share after a tick");
    }

    /// <summary>Called before the target takes a share: the intent must be on the disk, and a rise must be deserved.</summary>
    private void BeforeSetting(decimal percent)
    {
        // The very first act comes before the start has told which rollout it is.
        if (_id.Length == 0) return;
        Advance();
        Hold(_state.OpenAct is { } open && open.To == percent, "no act without its intent before it");
        Hold(_state.Phase != RolloutPhase.RollingBack || percent <= SafeShare, "a rollback goes to the safe share");
        if (percent <= _world.Target.Share) return;
        Hold(_state.OpenAct!.Purpose != SharePurpose.Rollback || _world.Target is not { ReadError: null, Lie: null }, "a rollback never raises the share");
        Hold(!(_state.Phase == RolloutPhase.Paused && _state.PausedBy == PauseCause.Operator), "no share rises while a person paused");
        if (_state.OpenAct.Purpose == SharePurpose.Step && _state.OpenAct.Step > 1) HoldPassed(percent);
        if (_state.OpenAct.Purpose == SharePurpose.Restore)
            Hold(percent == _state.SharePercent, "what is restored is the share of the step");
    }

    private void Advance()
    {
        IReadOnlyList<JournalLine> lines = _world.Store.ReadAsync(RolloutService.Prefix + _id, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        for (; _checked < lines.Count; _checked++)
        {
            RolloutEvent happened = RolloutEvents.Decode(lines[_checked])!;
            RolloutState next = _state.Apply(happened, lines[_checked].Time);
            if (happened is not SignalsObserved) Tell($"  {lines[_checked].Time:HH:mm:ss} {lines[_checked].Actor}: {happened}");
            HoldEvent(happened, lines[_checked].Actor, next);
            _state = next;
        }
    }

    private void HoldEvent(RolloutEvent happened, string actor, RolloutState next)
    {
        bool byPerson = _state is { Phase: RolloutPhase.Paused, PausedBy: PauseCause.Operator or PauseCause.Drift or PauseCause.Clock };
        Hold(!byPerson || next.Phase == RolloutPhase.Paused || actor == "alice" || happened is RollbackStarted,
            "what a person paused, or a change by hand, only a person lets go on");
        switch (happened)
        {
            case ShareIntended intended:
                Hold(intended.Act == _state.Acts + 1, "acts are numbered without gaps");
                Hold(_state.OpenAct is null, "an act has its outcome before the next is intended");
                if (intended is { Purpose: SharePurpose.Step, Step: > 1 }) HoldPassed(intended.To);
                break;
            case ShareSet set:
                Hold(_state.OpenAct?.Act == set.Act, "an outcome belongs to the open act");
                break;
            case ShareFailed failed:
                Hold(_state.OpenAct?.Act == failed.Act, "a failure belongs to the open act");
                break;
            case RollbackStarted { Cause: RollbackCause.Breach } rollback:
                DateTimeOffset? at = FirstBreach(rollback.Signal!, _state.StartedAt, Latest());
                Hold(_clockWasSetBack || at == rollback.Breach!.At, $"a rollback for a breach is for the one that the samples show ({at:HH:mm:ss}, not {rollback.Breach!.At:HH:mm:ss})");
                break;
            case RollbackStarted { Cause: RollbackCause.Policy }:
                Hold(false, "what was not seen never rolls a release back unless the document says so");
                break;
            case ClockSetBack:
                // Samples are seen twice then, and what was timed by the clock is approximate.
                _clockWasSetBack = true;
                break;
            case StableFailing failing when !_clockWasSetBack:
                Hold(FirstBreach(failing.Signal, _state.StartedAt, failing.Breach.At) is null && StableFailsAt(failing.Signal, _state.StartedAt, failing.Breach.At),
                    "the stable side is blamed only while it fails");
                break;
            case RolledBack back:
                Hold(back.Percent <= SafeShare + 0.001m, "rolled back is at the safe share");
                Hold(_world.Target.Share <= SafeShare, "and the target says the same");
                break;
            case RolloutSucceeded:
                Hold(_state is { Phase: RolloutPhase.Baking, SharePercent: 100 }, "success comes after baking at the last share");
                HoldSignals();
                break;
        }
    }

    private DateTimeOffset Latest() => _world.Now > _state.LastEventAt ? _world.Now : _state.LastEventAt;

    private void HoldPassed(decimal to)
    {
        Hold(_state.Phase == RolloutPhase.Progressing, "the share rises only while progressing");
        Hold(to > _state.SharePercent, "steps rise");
        Hold(_state.Held(Latest()) >= Holds[_state.Step - 1], "a step is held to its end");
        HoldSignals();
    }

    /// <summary>Every signal passed in this step, by the samples themselves.</summary>
    private void HoldSignals()
    {
        foreach (string signal in Signals)
        {
            (DateTimeOffset Time, bool Good)[] seen = [.. _samples.Between(signal, _state.StepStartedAt, Latest())];
            if (_state.SharePercent == 0 && seen.Length == 0) continue;
            Hold(seen.Length > 0 && seen[^1].Good, $"{signal} is good when the share rises");
            Hold(seen.Count(s => s.Good) >= (signal == "counted" ? 2 : 3), $"{signal} has enough good samples in the step");
            Hold(Latest() - seen[^1].Time <= TimeSpan.FromMinutes(1), $"{signal} is fresh when the share rises");
        }
    }

    /// <summary>The time of the sample that completes the first sustained breach which is not the stable side's too.</summary>
    private DateTimeOffset? FirstBreach(string signal, DateTimeOffset after, DateTimeOffset until)
    {
        foreach ((DateTimeOffset time, TimeSpan lasted, int count) in Runs(signal, after, until))
        {
            bool sustained = signal switch { "counted" => count >= 4, "timed" => lasted >= TimeSpan.FromMinutes(2), _ => lasted >= TimeSpan.FromMinutes(1) };
            if (sustained && count > 0 && !StableFailsAt(signal, after, time)) return time;
        }

        return null;
    }

    private bool StableFailsAt(string signal, DateTimeOffset after, DateTimeOffset time)
    {
        if (signal != "paired") return false;
        (DateTimeOffset, TimeSpan Lasted, int Count) last = Runs("paired/stable", after, time).LastOrDefault();
        return last.Count > 0 && last.Lasted * 2 >= TimeSpan.FromMinutes(1);
    }

    /// <summary>After each sample, how long and how often the bound has been broken without a good one; time without samples counts as one interval.</summary>
    private IEnumerable<(DateTimeOffset Time, TimeSpan Lasted, int Count)> Runs(string signal, DateTimeOffset after, DateTimeOffset until)
    {
        var run = new List<DateTimeOffset>();
        foreach ((DateTimeOffset time, bool good) in _samples.Between(signal, after, until))
        {
            if (good) run.Clear();
            else run.Add(time);
            yield return (time, RecordedSamples.Interval * Math.Max(run.Count - 1, 0), run.Count);
        }
    }
}
