using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals;

/// <summary>Says in one verdict and one sentence what a signal's samples in the present step amount to, and what comes next.</summary>
public static class SignalJudge
{
    /// <summary>Judges a signal.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="track">What is remembered of it.</param>
    /// <param name="stepStart">When the present step began.</param>
    /// <param name="exposed">Whether the step exposes anything; at a share of 0 a signal without samples has no subject.</param>
    /// <param name="now">The present.</param>
    public static SignalStatus Judge(SignalDefinition signal, SignalTrack track, DateTimeOffset stepStart, bool exposed, DateTimeOffset now)
    {
        Finding found = Find(signal, track, stepStart, exposed, now);
        SignalState state = SignalTracker.StateOf(track);
        bool pending = found.Verdict == Verdict.Fail && state == SignalState.Pending;
        TimeSpan? timeLeft = pending && signal.For is { } sustained ? Max(sustained - track.BadFor, TimeSpan.Zero) : null;
        int? samplesLeft = pending ? SamplesLeft(signal, track, now) : null;
        SignalOutlook outlook = SignalOutlook.Of(signal, track, found, timeLeft, samplesLeft, now);
        double? measured = signal.IsCheck ? track.Measured : track.LastValue;
        Bound? bound = signal.IsCheck ? signal.CheckBound : signal.Bound;
        return new SignalStatus
        {
            Signal = signal.Name,
            Verdict = found.Verdict,
            State = state,
            Since = track.Breach?.Since ?? track.BadSince,
            BreachedAt = track.Breach?.At,
            Value = measured,
            ValueTime = track.LastTime,
            Bound = bound,
            Margin = measured is { } value ? bound?.Margin(value) : null,
            Window = signal.HasWindow && now > stepStart ? Min(signal.Window, now - stepStart) : null,
            Samples = track.StepSamples,
            GoodSamples = track.StepGood,
            MinSamples = signal.MinSamples,
            Traffic = signal.MinTraffic is null ? null : track.Traffic,
            MinTraffic = signal.MinTraffic,
            TimeToBreach = timeLeft,
            SamplesToBreach = samplesLeft,
            Action = outlook.Action,
            ActsIn = outlook.ActsIn,
            Due = outlook.Due,
            TroubleSince = found.Since,
            DryRun = signal.DryRun,
            Critical = signal.Critical,
            Weight = signal.Weight,
            Reason = $"{found.What}{outlook.Text}.",
        };
    }

    private static Finding Find(SignalDefinition signal, SignalTrack track, DateTimeOffset stepStart, bool exposed, DateTimeOffset now)
    {
        string name = signal.Name;
        if (track.Breach is { } breach)
            return new(Verdict.Fail, $"{name} {Broke(signal, breach.Value, "was")} {Sustained(signal, breach)}: since {Clock(breach.Since)}, breached at {Clock(breach.At)}{Said(track)}", breach.Since);
        if (Errors(signal, track, now) is { } failed) return failed;

        DateTimeOffset judgedAfter = signal.JudgedAfter(stepStart);

        // A bad sample that belongs to no run was seen before the release was taken back, whatever time the clocks of then and now say.
        bool seen = track.LastTime > judgedAfter && (track.LastGood || track.BadSince is not null);
        if (!seen && !exposed) return new(Verdict.Skipped, $"{name} has nothing to {(signal.NeedsBaseline ? "compare: one side gets no traffic" : "measure while nothing is exposed")}", stepStart);
        if (now <= judgedAfter) return new(Verdict.Inconclusive, $"{name} is not judged before {Clock(judgedAfter)}, {Quantities.Format(signal.InitialDelay)} into this step", judgedAfter);
        if (Silence(signal, track, judgedAfter, now) is { } unsaid) return unsaid;
        if (!seen)
        {
            DateTimeOffset within = stepStart + signal.Reach;
            if (now <= within) return new(Verdict.Inconclusive, $"{name} says nothing of this {Stage(signal)} before {Clock(within)}: its query looks back {Quantities.Format(signal.Reach)}", within);
            return new(Verdict.NoData, $"{name} has had no sample since {(signal.InitialDelay > TimeSpan.Zero ? "its initial delay ended" : $"this {Stage(signal)} began")} at {Clock(judgedAfter)}{Warns(track)}", within > judgedAfter ? within : judgedAfter);
        }

        if (now - track.LastTime > signal.StaleAfter)
            return new(Verdict.Stale, $"the newest sample of {name} is {Quantities.Format(Whole(now - track.LastTime!.Value))} old, more than {Quantities.Format(signal.StaleAfter)}{Warns(track)}", track.LastTime!.Value);
        return Failing(signal, track, now) ?? Enough(signal, track, stepStart);
    }

    private static Finding? Errors(SignalDefinition signal, SignalTrack track, DateTimeOffset now)
    {
        SignalLimit? limit = signal.ErrorLimit;
        int total = limit?.Within is { } within ? track.Errors?.CountAt(now, within) ?? 0 : 0;
        bool reached = total >= limit?.Count;
        if (track.Error is { } error)
        {
            DateTimeOffset since = track.ErrorSince!.Value;
            bool often = limit is { Within: null } && 1 + ((now - since).Ticks / signal.Interval.Ticks) >= limit.Count;
            return new(Verdict.Error, $"{signal.Name} could not be measured since {Clock(since)}: {error.TrimEnd('.')}", since, reached || often);
        }

        return !reached ? null : new(Verdict.Error,
            string.Create(CultureInfo.InvariantCulture, $"{signal.Name} could not be measured {total} times within {Quantities.Format(limit!.Within!.Value)}, last at {Clock(track.Errors!.Newest)}"), track.Errors!.Oldest, true);
    }

    /// <summary>What there is to say where the newest samples said nothing.</summary>
    private static Finding? Silence(SignalDefinition signal, SignalTrack track, DateTimeOffset judgedAfter, DateTimeOffset now)
    {
        if (track.SilentTime is not { } time || time <= judgedAfter) return null;
        DateTimeOffset since = track.LastTime is { } last && last > judgedAfter ? last : judgedAfter;
        SignalLimit? limit = signal.InconclusiveLimit;
        int count = limit?.Within is { } within ? track.Silences?.CountAt(now, within) ?? 0 : track.SilentInARow;
        bool reached = count >= limit?.Count;
        string name = signal.Name;
        bool newest = !(time < track.LastTime) && now - time <= signal.StaleAfter;
        if (track.Undecided && newest) return new(Verdict.Inconclusive, $"{name} is undecided since {Clock(since)}{Said(track)}", since, reached);
        if (track.SilentForTraffic && newest)
        {
            string traffic = track.Traffic is { } seen ? $"traffic of {Number(seen)}" : "no known traffic";
            return new(Verdict.Inconclusive, $"{name} has {traffic}, below the {Number(signal.MinTraffic!.Value)} that it needs to pass or fail, and has said nothing since {Clock(since)}", since, reached);
        }

        return !reached ? null
            : new(Verdict.Inconclusive, string.Create(CultureInfo.InvariantCulture, $"{count} samples of {name} {(limit!.Within is { } span ? $"within {Quantities.Format(span)}" : "in a row")} said nothing, the last at {Clock(time)}"), since, true);
    }

    private static Finding? Failing(SignalDefinition signal, SignalTrack track, DateTimeOffset now)
    {
        string name = signal.Name;
        if (!track.LastGood)
        {
            string until = SignalTracker.RunIsBreach(signal, track.BadInARow, track.BadFor) || TotalIsFull(signal, track, now) ? "longer than it may" : UntilBreach(signal, track, now);
            return new(Verdict.Fail, $"{name} {Broke(signal, track.LastValue!.Value, "is")} since {Clock(track.BadSince!.Value)}{Said(track)}; {until}", track.FailingSince ?? track.BadSince.Value);
        }

        if (TotalIsFull(signal, track, now))
            return new(Verdict.Fail, $"{name} {(signal.IsCheck ? "passes" : $"is {Value(signal, track.LastValue!.Value)}")} again, but broke {signal.FailureLimit}, last at {Clock(track.Failures!.Newest)}", track.FailingSince ?? track.Failures!.Oldest);
        if (track.FailingSince is { } failing && signal.Policies.Failing is { Action: not TroubleAction.Hold } policy && now - failing >= policy.After)
            return new(Verdict.Fail, $"{name} has failed on and off since {Clock(failing)}, never for long enough to be a breach and never good for {SignalWalk.Settled} samples in a row", failing);
        return null;
    }

    private static Finding Enough(SignalDefinition signal, SignalTrack track, DateTimeOffset stepStart)
    {
        string name = signal.Name;
        string warns = Warns(track);
        // What looks back into the step before does not count for this one, and is no trouble for as long as that.
        DateTimeOffset counted = signal.CountedAfter(stepStart), within = stepStart + signal.Reach;
        if (within > counted) counted = within;
        if (track.StepGood < signal.MinSamples)
            return new(Verdict.Inconclusive, string.Create(CultureInfo.InvariantCulture, $"{name} has {track.StepGood} of the {signal.MinSamples} good samples that this {Stage(signal)} needs{warns}"), counted);
        if (signal.ConsecutiveSuccesses > 1 && track.StepGoodInARow < signal.ConsecutiveSuccesses)
        {
            DateTimeOffset restless = track.RestlessSince is { } since && since > counted ? since : counted;
            return new(Verdict.Inconclusive, string.Create(CultureInfo.InvariantCulture, $"{name} has {track.StepGoodInARow} of the {signal.ConsecutiveSuccesses} good samples in a row that this {Stage(signal)} needs{warns}"), restless);
        }

        return new(Verdict.Pass, signal.IsCheck ? $"{name} passes{Said(track)}" : $"{name} is {Value(signal, track.LastValue!.Value)}, {(IsPhrase(signal.Bound) ? "" : "within ")}{signal.Bound}", counted);
    }

    /// <summary>Whether a bound reads as words of its own: within 10% of 131.57ms, between 0.9 and 1.1.</summary>
    private static bool IsPhrase(Bound bound) => bound.Operator is BoundOperator.Within or BoundOperator.Between or BoundOperator.In;

    private static string Warns(SignalTrack track) => track.Warning is { } warning ? $"; its source says: {warning.TrimEnd('.')}" : "";

    private static bool TotalIsFull(SignalDefinition signal, SignalTrack track, DateTimeOffset now) =>
        signal.FailureLimit is { } limit && track.Failures?.CountAt(now, limit.Within!.Value) >= limit.Count;

    private static int? SamplesLeft(SignalDefinition signal, SignalTrack track, DateTimeOffset now)
    {
        int? run = signal.Consecutive - track.BadInARow;
        int? total = signal.FailureLimit is { } limit ? limit.Count - (track.Failures?.CountAt(now, limit.Within!.Value) ?? 0) : null;
        return (run, total) switch
        {
            ({ } a, { } b) => Math.Max(Math.Min(a, b), 0),
            _ => (run ?? total) is { } left ? Math.Max(left, 0) : null,
        };
    }

    private static string UntilBreach(SignalDefinition signal, SignalTrack track, DateTimeOffset now)
    {
        var ways = new List<string>();
        if (signal.For is { } sustained) ways.Add($"{Quantities.Format(Whole(Max(sustained - track.BadFor, TimeSpan.Zero)))} more");
        if (signal.Consecutive is { } count) ways.Add(string.Create(CultureInfo.InvariantCulture, $"{Math.Max(count - track.BadInARow, 0)} more in a row"));
        if (signal.FailureLimit is { } limit)
            ways.Add(string.Create(CultureInfo.InvariantCulture, $"{Math.Max(limit.Count - (track.Failures?.CountAt(now, limit.Within!.Value) ?? 0), 0)} more within {Quantities.Format(limit.Within!.Value)}"));
        return $"{string.Join(" or ", ways)} would be a breach";
    }

    private static string Said(SignalTrack track) => track.Says is { } says ? $": {says.TrimEnd('.')}" : "";

    private static string Stage(SignalDefinition signal) => signal.IsStandalone ? "span" : "step";

    private static string Sustained(SignalDefinition signal, SignalBreach breach) =>
        breach.ByTotal && signal.FailureLimit is { } limit ? string.Create(CultureInfo.InvariantCulture, $"{limit.Count} times within {Quantities.Format(limit.Within!.Value)}")
        : signal.Consecutive == 1 ? "once"
        : signal.Consecutive is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count} times in a row")
        : signal.For is { } sustained ? $"for {Quantities.Format(sustained)}" : "for too long";

    private static string Broke(SignalDefinition signal, double value, string verb)
    {
        if (signal.IsCheck) return "failed";
        string by = signal.Bound.Margin(value) is { } margin && double.IsFinite(margin) && margin != 0 ? $" by {Value(signal, -margin)}" : "";
        return $"{verb} {Value(signal, value)}, {(IsPhrase(signal.Bound) ? "not" : "outside")} {signal.Bound}{by},";
    }

    private static string Value(SignalDefinition signal, double value) => Quantities.Format(value, signal.Bound.Unit);

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    private static string Clock(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>What was found.</summary>
    /// <param name="Verdict">The verdict.</param>
    /// <param name="What">Why, without a full stop.</param>
    /// <param name="Since">Since when it does not pass: what the deadline of its policy is counted from.</param>
    /// <param name="IsDue">Whether a limit was reached, so that the policy need not wait for its deadline.</param>
    internal readonly record struct Finding(Verdict Verdict, string What, DateTimeOffset Since, bool IsDue = false);
}
