namespace ReadyOps.Core.Statistics;

/// <summary>
/// Compares samples again and again while a rollout runs; the share of false alarms over the whole of it stays below 1 − confidence,
/// however often it is read.
/// </summary>
/// <remarks>
/// Each moment asks how often the canary's samples exceed those of the baseline of the same moment, ties counted half: a number from 0
/// to 1 whose mean is one half when nothing changed, whatever the time of day does to both. A bet multiplies its stake by 1 + λ(u −
/// ½). After Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting (J. Roy. Statist. Soc. B 86, 2024,
/// 1–27). Given all before, the samples of a moment must be new: windows of a rate that overlap are not.
/// </remarks>
public sealed class SequentialSamples
{
    private static readonly double[] Bets = [0.1, 0.2, 0.4, 0.8, 1.6];

    private readonly ComparisonOptions _options;
    private readonly SequentialEvidence _evidence;
    private readonly double[] _gains = new double[Bets.Length];
    private double _wins;
    private long _moments;
    private long _baselineN;
    private long _canaryN;
    private int _nonFiniteBaseline;
    private int _nonFiniteCanary;

    /// <summary>Begins a comparison.</summary>
    /// <param name="options">How.</param>
    /// <exception cref="ReadyOpsException"><c>ComparisonInvalid</c>: the options cannot be kept, or ask for what this test has not.</exception>
    public SequentialSamples(ComparisonOptions options)
    {
        options.Check();
        if (options.AbsoluteTolerance > 0 || options.OutlierFence is not null)
            throw ComparisonOptions.Invalid("The sequential test of samples goes by order alone: it has neither an absolute tolerance nor a fence for outliers.", "Leave them out, or take MannWhitney.");
        _options = options;
        _evidence = new SequentialEvidence(options, Bets.Length);
    }

    /// <summary>Whether a run speaks ten to one for a change that does harm.</summary>
    internal bool Suspects => _evidence.Suspects;

    /// <summary>Writes down how it stands.</summary>
    internal void Save(BinaryWriter to)
    {
        to.Write(_wins);
        foreach (long number in (long[])[_moments, _baselineN, _canaryN, _nonFiniteBaseline, _nonFiniteCanary]) to.Write(number);
        _evidence.Save(to);
    }

    /// <summary>Goes on from what <see cref="Save"/> wrote with the same options.</summary>
    internal void Load(BinaryReader from)
    {
        _wins = from.ReadDouble();
        (_moments, _baselineN, _canaryN) = (from.ReadInt64(), from.ReadInt64(), from.ReadInt64());
        (_nonFiniteBaseline, _nonFiniteCanary) = ((int)from.ReadInt64(), (int)from.ReadInt64());
        _evidence.Load(from);
    }

    /// <summary>What is bet against, and how it stands.</summary>
    internal SequentialEvidence Evidence => _evidence;

    /// <summary>Adds what both sides showed at one moment: one sample each, or one of each instance. NaN and infinite ones are counted and left out.</summary>
    public void Observe(ReadOnlySpan<double> baseline, ReadOnlySpan<double> canary)
    {
        double[] b = Finite(baseline, ref _nonFiniteBaseline), c = Finite(canary, ref _nonFiniteCanary);
        if (b.Length == 0 || c.Length == 0) return;
        _baselineN += b.Length;
        _canaryN += c.Length;
        _moments++;
        double wins = Wins(b, c, 0), winsFar = Wins(b, c, 1), winsNear = Wins(b, c, -1);
        _wins += wins;
        _evidence.NotAbove.Play(Gains(wins - 0.5));
        _evidence.NotBelow.Play(Gains(0.5 - wins));
        _evidence.FarAbove.Play(Gains(0.5 - winsFar));
        _evidence.FarBelow.Play(Gains(winsNear - 0.5));
        _evidence.Up.Add(1 + winsFar - 0.5, winsFar, 1 - winsFar);
        _evidence.Down.Add(1 + 0.5 - winsNear, winsNear, 1 - winsNear);
    }

    /// <summary>What is known by now.</summary>
    public MetricComparison Read()
    {
        var facts = new MetricComparison
        {
            Method = "a sequential test of samples",
            Direction = _options.Direction,
            Confidence = _options.Confidence,
            Tolerance = _options.Tolerance,
            BaselineN = _baselineN,
            CanaryN = _canaryN,
            MinimumN = _options.MinimumN,
            Notes = _nonFiniteBaseline + _nonFiniteCanary > 0 ? [$"{_nonFiniteBaseline} sample(s) of the baseline and {_nonFiniteCanary} of the canary are NaN or infinite."] : [],
        };
        if (SampleComparison.Unfit(facts, _nonFiniteBaseline, _nonFiniteCanary, _options) is { } unfit) return unfit;
        double cles = _wins / _moments;
        facts = facts with { Cles = cles };
        string seen = $"The canary is higher at {Text.Percent(Math.Round(cles, 4))} of {_moments} moments, ties counted half";
        return _evidence.Read(facts, seen, _evidence.Up.Sums.Canary > _evidence.Up.Sums.Baseline, _evidence.Down.Sums.Canary < _evidence.Down.Sums.Baseline);
    }

    private double[] Gains(double away)
    {
        for (int i = 0; i < Bets.Length; i++) _gains[i] = 1 + Bets[i] * away;
        return _gains;
    }

    private static double[] Finite(ReadOnlySpan<double> values, ref int nonFinite)
    {
        List<double> finite = [];
        foreach (double value in values)
        {
            if (double.IsFinite(value)) finite.Add(value);
            else nonFinite++;
        }

        return [.. finite];
    }

    // How often the canary exceeds the baseline when that is moved by the tolerance up (1), down (−1) or not at all.
    private double Wins(double[] baseline, double[] canary, int moved)
    {
        double far = 1 + _options.Tolerance, wins = 0;
        foreach (double b in baseline)
        {
            bool away = b >= 0 == moved > 0;
            double other = moved == 0 ? b : away ? b * far : b / far;
            foreach (double c in canary) wins += c > other ? 1 : c == other ? 0.5 : 0;
        }

        return wins / baseline.Length / canary.Length;
    }
}
