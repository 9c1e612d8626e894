using System.Globalization;
using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Signals.Comparisons;

/// <summary>
/// A sequential comparison over a whole rollout: the test, and what the present step has seen. It is kept as a text between two
/// ticks, to the last bit, so that neither a restart nor the cut of the batches makes a difference.
/// </summary>
internal sealed class CompareTrack
{
    private const byte Version = 1;

    private readonly CompareRule _rule;
    private SequentialCounts? _counts;
    private SequentialSamples? _samples;
    private DateTimeOffset _lastLook;
    private DateTimeOffset _stepStart;
    private DateTimeOffset? _failedIn;
    private double _stepBaseline;
    private double _stepCanary;

    private CompareTrack(CompareRule rule)
    {
        _rule = rule;
        Begin();
    }

    /// <summary>Why the last look says what it says.</summary>
    public string Says { get; private set; } = "";

    /// <summary>Begins, or goes on from what <see cref="Save"/> gave.</summary>
    /// <exception cref="ReadyOpsException"><c>ComparisonStateUnreadable</c></exception>
    public static CompareTrack Load(CompareRule rule, string? saved)
    {
        var track = new CompareTrack(rule);
        if (saved is null) return track;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(Convert.FromBase64String(saved)));
            if (reader.ReadByte() != Version || reader.ReadByte() != (byte)rule.Kind) throw new FormatException("it was written by another version");
            track.Load(reader);
            return track;
        }
        catch (Exception e) when (e is FormatException or IOException or ArgumentException)
        {
            // Beginning anew would forget what speaks against the release.
            throw new ReadyOpsException("ComparisonStateUnreadable", $"How the comparison stood cannot be read from the journal: {e.Message.TrimEnd('.')}.", "Go on with the version that wrote it, or start the rollout again.", e);
        }
    }

    /// <summary>How it stands, as a text.</summary>
    public string Save()
    {
        var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(Version);
        writer.Write((byte)_rule.Kind);
        writer.Write(_lastLook.UtcTicks);
        writer.Write(_stepStart.UtcTicks);
        writer.Write(_failedIn?.UtcTicks ?? 0);
        writer.Write(_stepBaseline);
        writer.Write(_stepCanary);
        _counts?.Save(writer);
        _samples?.Save(writer);
        writer.Flush();
        return Convert.ToBase64String(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Takes in a look that lies in a step, and gives the sample that it makes; nothing where there was nothing to see.</summary>
    public SignalSample? Take(CompareLook look, DateTimeOffset stepStart)
    {
        // A clock that was set back asks again for what was counted already.
        if (look.Time <= _lastLook || look.Missing is not null) return null;
        if (stepStart != _stepStart) EnterStep(stepStart);
        _lastLook = look.Time;
        if (look.Warning is { } warning) return Undecided(look, $"Prometheus warns, so what it says of one side may be partial: {warning.TrimEnd('.')}.");
        return _counts is not null ? TakeCounts(look) : TakeSamples(look);
    }

    private SignalSample? TakeCounts(CompareLook look)
    {
        _counts!.Observe(look.Baseline, look.Canary);
        _stepBaseline += look.Baseline.Size;
        _stepCanary += look.Canary.Size;
        return Sample(look, _counts.Read(), _counts.Suspects);
    }

    private SignalSample? TakeSamples(CompareLook look)
    {
        int lost = look.CanaryValues.Count(value => !double.IsFinite(value));
        if (lost > 0 && _rule.Options.NonFinite == NonFinitePolicy.Fail)
            return Failed(look, string.Create(CultureInfo.InvariantCulture, $"{lost} sample(s) of the canary are NaN or infinite, and that is a failure here."));
        bool all = lost == 0 && look.BaselineValues.All(double.IsFinite);
        // What may stand for anything says nothing; it is as if it were missing.
        if (!all && _rule.Options.NonFinite != NonFinitePolicy.Drop) return null;
        double[] baseline = [.. look.BaselineValues.Where(double.IsFinite)], canary = [.. look.CanaryValues.Where(double.IsFinite)];
        if (baseline.Length == 0 || canary.Length == 0) return null;
        _samples!.Observe(baseline, canary);
        _stepBaseline += baseline.Length;
        _stepCanary += canary.Length;
        return Sample(look, _samples.Read(), _samples.Suspects);
    }

    private SignalSample Sample(CompareLook look, MetricComparison known, bool suspects)
    {
        if (known.Verdict == Verdict.Fail) return Failed(look, known.Reason);
        if (Math.Min(_stepBaseline, _stepCanary) < _rule.StepMinimum)
            return Undecided(look, $"This step has {Text.Count(_stepCanary)} {_rule.What} of the canary and {Text.Count(_stepBaseline)} of the baseline, and needs {Text.Count(_rule.StepMinimum)} of each. {known.Reason}");
        if (_rule.Pass == ComparePass.Proven) return known.Verdict == Verdict.Pass ? Good(look, known.Reason) : Undecided(look, known.Reason);
        return suspects
            ? Undecided(look, $"Of late something seems to change, ten to one. {known.Reason}")
            : Good(look, known.Verdict == Verdict.Pass ? known.Reason : $"Nothing shows that it is worse, after {Text.Count(_stepCanary)} {_rule.What} of the canary and {Text.Count(_stepBaseline)} of the baseline in this step. {known.Reason}");
    }

    private SignalSample Failed(CompareLook look, string why)
    {
        _failedIn = _stepStart;
        return Said(look, 0, why);
    }

    private SignalSample Good(CompareLook look, string why) => Said(look, 1, why);

    private SignalSample Undecided(CompareLook look, string why) => Said(look, double.NaN, why) with { Undecided = true };

    private SignalSample Said(CompareLook look, double value, string why)
    {
        Says = why;
        return new SignalSample(look.Time, value, _rule.Interval, InStep: true);
    }

    private void EnterStep(DateTimeOffset stepStart)
    {
        // After a failure the release was taken back: what was bad then is not held against what comes.
        if (_failedIn is { } failed && failed < stepStart) Begin();
        _stepStart = stepStart;
        _stepBaseline = _stepCanary = 0;
    }

    private void Begin()
    {
        _failedIn = null;
        // What is not finite is dealt with before it comes to the test, and what is too few is a matter of the step.
        ComparisonOptions options = _rule.Options with { NonFinite = NonFinitePolicy.Drop, MinimumN = 0 };
        if (_rule.Kind == CompareKind.Samples) _samples = new SequentialSamples(options);
        else _counts = new SequentialCounts(options, _rule.Kind == CompareKind.Shares);
    }

    private void Load(BinaryReader reader)
    {
        _lastLook = Moment(reader);
        _stepStart = Moment(reader);
        DateTimeOffset failed = Moment(reader);
        _failedIn = failed.Ticks == 0 ? null : failed;
        _stepBaseline = reader.ReadDouble();
        _stepCanary = reader.ReadDouble();
        _counts?.Load(reader);
        _samples?.Load(reader);
    }

    private static DateTimeOffset Moment(BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);
}
