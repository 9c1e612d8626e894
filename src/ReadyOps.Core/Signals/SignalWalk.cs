namespace ReadyOps.Core.Signals;

/// <summary>Takes samples into a track one by one. Mutable, so that a week of samples costs no week of copies.</summary>
internal sealed class SignalWalk(SignalDefinition signal, SignalTrack track, DateTimeOffset stepStart)
{
    /// <summary>So many good samples in a row end the time that a signal is failing on and off.</summary>
    public const int Settled = 3;

    private readonly DateTimeOffset _judgedAfter = signal.JudgedAfter(stepStart);
    private readonly DateTimeOffset _countedAfter = signal.CountedAfter(stepStart);
    private readonly int _rested = Math.Max(Settled, signal.ConsecutiveSuccesses);

    private DateTimeOffset? _lastTime = track.LastTime;
    private double? _lastValue = track.LastValue;
    private bool _lastGood = track.LastGood;
    private double? _traffic = track.Traffic;
    private DateTimeOffset? _badSince = track.BadSince;
    private TimeSpan _badFor = track.BadFor;
    private int _badInARow = track.BadInARow;
    private RecentTimes? _failures = track.Failures;
    private DateTimeOffset? _failingSince = track.FailingSince;
    private DateTimeOffset? _restlessSince = track.RestlessSince;
    private int _goodInARow = track.GoodInARow;
    private int _stepGood = track.StepGood;
    private int _stepGoodInARow = track.StepGoodInARow;
    private int _stepSamples = track.StepSamples;
    private DateTimeOffset? _silentTime = track.SilentTime;
    private bool _silentForTraffic = track.SilentForTraffic;
    private bool _undecided = track.Undecided;
    private int _silentInARow = track.SilentInARow;
    private RecentTimes? _silences = track.Silences;

    /// <summary>Time of the first bad sample of the present run.</summary>
    public DateTimeOffset BadSince => _badSince!.Value;

    /// <summary>Time of the oldest bad sample that counts for a total.</summary>
    public DateTimeOffset FirstFailure => _failures!.Oldest;

    /// <summary>Whether the present run of bad samples has lasted as long, or come as often, as the document says.</summary>
    public bool RunIsBreach => SignalTracker.RunIsBreach(signal, _badInARow, _badFor);

    /// <summary>Whether so many were bad within the time of a total.</summary>
    public bool TotalIsBreach => _badInARow > 0 && signal.FailureLimit is { } limit && _failures?.CountAt(_lastTime!.Value, limit.Within!.Value) >= limit.Count;

    /// <summary>
    /// Whether it came at least half the way to a breach. Half is enough to know that the release alone is not to blame for what the
    /// stable side does too, and a blip there is not.
    /// </summary>
    public bool IsHalfway(DateTimeOffset time)
    {
        if (signal.FailureLimit is { } limit && _failures?.CountAt(time, limit.Within!.Value) * 2 >= limit.Count) return true;
        if (_badInARow == 0) return false;
        return signal.Consecutive is { } count ? _badInARow * 2 >= count : signal.For is { } sustained && _badFor * 2 >= sustained;
    }

    /// <summary>Takes a sample.</summary>
    /// <returns>Whether it was bad.</returns>
    public bool IsBad(in SignalSample sample)
    {
        // Asked for twice after a crash, a sample still counts once.
        if (sample.Time <= _lastTime || sample.Time <= _silentTime) return false;
        if (sample.Time > stepStart && sample.Time <= _judgedAfter) return false;

        // Where nobody counts it, as on the stable side, traffic is not asked for; where it could not be counted it is none.
        bool low = signal.MinTraffic is { } least && sample.Traffic is { } counted && !(counted >= least);
        if (sample.Traffic is { } traffic) _traffic = double.IsNaN(traffic) ? null : traffic;
        if (low || Judge(sample.Value) is not { } good)
        {
            BeSilent(sample.Time, low, sample.Undecided);
            return false;
        }

        _silentInARow = 0;
        _silences = RecentTimes.Prune(_silences, sample.Time, signal.InconclusiveLimit);
        if (sample.InStep && sample.Time > _countedAfter)
        {
            _stepSamples++;
            if (good) _stepGood++;
            _stepGoodInARow = good ? _stepGoodInARow + 1 : 0;
        }

        if (good) BeGood(sample.Time);
        else BeBad(sample);
        _lastTime = sample.Time;
        _lastValue = sample.Value;
        _lastGood = good;
        return !good;
    }

    /// <summary>The track with all that was taken in.</summary>
    public SignalTrack ToTrack() => track with
    {
        LastTime = _lastTime,
        LastValue = _lastValue,
        LastGood = _lastGood,
        Traffic = _traffic,
        BadSince = _badSince,
        BadFor = _badFor,
        BadInARow = _badInARow,
        Failures = _failures,
        FailingSince = _failingSince,
        RestlessSince = _restlessSince,
        GoodInARow = _goodInARow,
        StepGood = _stepGood,
        StepGoodInARow = _stepGoodInARow,
        StepSamples = _stepSamples,
        SilentTime = _silentTime,
        SilentForTraffic = _silentForTraffic,
        Undecided = _undecided,
        SilentInARow = _silentInARow,
        Silences = _silences,
    };

    /// <summary>
    /// Whether a value keeps the bound; <see langword="null"/> when it says nothing. An infinite value that would keep the bound
    /// is a division by nothing and no proof of health, so it says nothing.
    /// </summary>
    private bool? Judge(double value)
    {
        if (double.IsNaN(value)) return null;
        bool holds = signal.Bound.Holds(value);
        return holds && double.IsInfinity(value) ? null : holds;
    }

    private void BeSilent(DateTimeOffset time, bool forTraffic, bool undecided)
    {
        _silentTime = time;
        _silentForTraffic = forTraffic;
        _undecided = undecided;
        _silentInARow++;
        if (signal.InconclusiveLimit is { Within: not null } limit) _silences = RecentTimes.Add(_silences, time, limit);
    }

    private void BeGood(DateTimeOffset time)
    {
        (_badSince, _badFor, _badInARow) = (null, TimeSpan.Zero, 0);
        _failures = RecentTimes.Prune(_failures, time, signal.FailureLimit);
        _goodInARow++;
        if (_goodInARow >= Settled) _failingSince = null;
        if (_goodInARow >= _rested) _restlessSince = null;
    }

    private void BeBad(in SignalSample sample)
    {
        _goodInARow = 0;
        _failingSince ??= sample.Time;
        _restlessSince ??= sample.Time;
        if (signal.FailureLimit is { } limit) _failures = RecentTimes.Add(_failures, sample.Time, limit);
        _badInARow++;
        if (_badSince is null)
        {
            (_badSince, _badFor) = (sample.Time, TimeSpan.Zero);
            return;
        }

        // A sample speaks for the time it covers and no more: what lies in a gap before it was not seen.
        TimeSpan sinceLast = sample.Time - _lastTime!.Value;
        TimeSpan covers = sample.Covers > signal.Interval ? sample.Covers : signal.Interval;
        _badFor += sinceLast < covers ? sinceLast : covers;
    }
}
