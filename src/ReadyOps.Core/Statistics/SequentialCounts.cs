namespace ReadyOps.Core.Statistics;

/// <summary>
/// Compares counts of events again and again while a rollout runs; the share of false alarms over the whole of it stays below 1 −
/// confidence, however often it is read.
/// </summary>
/// <remarks>
/// Given how many events a look saw on both sides together, those of the canary are binomial with a probability that follows from the
/// two sizes and the ratio of the rates alone. A bet on a ratio r against a ratio ρ multiplies the stake by the quotient of the two
/// likelihoods. So rates may change over the day as they like, as long as they change for both sides. For shares the quotient gains
/// less than for rates of events, never more, because (1 + x) ≤ exp x; the bound holds all the more. After Lindon and Malek,
/// Anytime-valid inference for multinomial count data (NeurIPS 2022), and Turner, Ly and Grünwald, Generic E-variables for exact
/// sequential k-sample tests (J. Statist. Plann. Inference 230, 2024).
/// </remarks>
public sealed class SequentialCounts
{
    // Relative to the hypothesis: from changes that take long to see to those that show at once.
    private static readonly double[] Ratios = [1.1, 1.2, 1.35, 1.6, 2, 3, 6, 15];

    private readonly ComparisonOptions _options;
    private readonly bool _shares;
    private readonly SequentialEvidence _evidence;
    private readonly double[] _gains = new double[Ratios.Length];
    private EventCount _baseline;
    private EventCount _canary;
    private (double Canary, double Baseline) _weighted;

    /// <summary>Begins a comparison.</summary>
    /// <param name="options">How.</param>
    /// <param name="shares">Whether the sizes are trials; else they are exposures.</param>
    /// <exception cref="ReadyOpsException"><c>ComparisonInvalid</c>: the options cannot be kept.</exception>
    public SequentialCounts(ComparisonOptions options, bool shares)
    {
        options.Check();
        _options = options;
        _shares = shares;
        _evidence = new SequentialEvidence(options, Ratios.Length);
    }

    /// <summary>Whether a run speaks ten to one for a change that does harm.</summary>
    internal bool Suspects => _evidence.Suspects;

    /// <summary>Writes down how it stands.</summary>
    internal void Save(BinaryWriter to)
    {
        foreach (double number in (double[])[_baseline.Events, _baseline.Size, _canary.Events, _canary.Size, _weighted.Canary, _weighted.Baseline]) to.Write(number);
        _evidence.Save(to);
    }

    /// <summary>Goes on from what <see cref="Save"/> wrote with the same options.</summary>
    internal void Load(BinaryReader from)
    {
        _baseline = new(from.ReadDouble(), from.ReadDouble());
        _canary = new(from.ReadDouble(), from.ReadDouble());
        _weighted = (from.ReadDouble(), from.ReadDouble());
        _evidence.Load(from);
    }

    /// <summary>What is bet against, and how it stands.</summary>
    internal SequentialEvidence Evidence => _evidence;

    /// <summary>Adds what both sides counted over one span of time. A span in which one side had nothing to count is passed over.</summary>
    /// <exception cref="ReadyOpsException"><c>ComparisonInvalid</c>: no counts.</exception>
    public void Observe(EventCount baseline, EventCount canary)
    {
        CountComparison.Check(baseline, _shares);
        CountComparison.Check(canary, _shares);
        if (baseline.Size == 0 || canary.Size == 0) return;
        _baseline += baseline;
        _canary += canary;
        // A look without events says the same under every ratio.
        if (baseline.Events + canary.Events == 0) return;

        double far = 1 + _options.Tolerance, all = baseline.Size + canary.Size;
        _evidence.NotAbove.Play(Gains(baseline, canary, 1, up: true));
        _evidence.NotBelow.Play(Gains(baseline, canary, 1, up: false));
        _evidence.FarAbove.Play(Gains(baseline, canary, far, up: false));
        _evidence.FarBelow.Play(Gains(baseline, canary, 1 / far, up: true));
        (double c, double b, double weight) = (canary.Events * baseline.Size / all, baseline.Events * canary.Size / all, baseline.Size / all * canary.Size);
        _weighted = (_weighted.Canary + c, _weighted.Baseline + b);
        _evidence.Up.Add(Gain(baseline, canary, 1, far * far), c, b, weight);
        _evidence.Down.Add(Gain(baseline, canary, 1, 1 / (far * far)), c, b, weight);
    }

    /// <summary>What is known by now.</summary>
    public MetricComparison Read()
    {
        var facts = new MetricComparison
        {
            Method = "a sequential test of counts",
            Direction = _options.Direction,
            Confidence = _options.Confidence,
            Tolerance = _options.Tolerance,
            BaselineN = _baseline.Size,
            CanaryN = _canary.Size,
            MinimumN = _options.MinimumN,
            Baseline = _baseline.Size > 0 ? _baseline.Rate : null,
            Canary = _canary.Size > 0 ? _canary.Rate : null,
        };
        if (CountComparison.Unfit(facts, _baseline, _canary, _options, _shares) is { } unfit) return unfit;
        // Mantel and Haenszel's estimate for rates: weighted look by look, so that neither a change of the share of traffic nor the time of day looks like an effect.
        double ratio = _weighted.Canary / _weighted.Baseline;
        facts = facts with { Ratio = ratio, Shift = _canary.Rate - _baseline.Rate };
        string seen = $"The canary has {Text.Of(ratio)} times the events of the baseline ({Text.Count(_baseline.Events)} of {Text.Count(_baseline.Size)} against {Text.Count(_canary.Events)} of {Text.Count(_canary.Size)})";
        double far = 1 + _options.Tolerance;
        (double c, double b, double weight) up = _evidence.Up.Sums, down = _evidence.Down.Sums;
        return _evidence.Read(facts, seen,
            up.c > far * up.b && up.c - up.b > _options.AbsoluteTolerance * up.weight,
            down.c * far < down.b && down.b - down.c > _options.AbsoluteTolerance * down.weight);
    }

    private double[] Gains(EventCount baseline, EventCount canary, double hypothesis, bool up)
    {
        for (int i = 0; i < Ratios.Length; i++)
            _gains[i] = Gain(baseline, canary, hypothesis, up ? hypothesis * Ratios[i] : hypothesis / Ratios[i]);
        return _gains;
    }

    // The likelihood of the canary's part of the events under the one ratio over that under the other.
    private static double Gain(EventCount baseline, EventCount canary, double hypothesis, double alternative)
    {
        double whole = Math.Log((baseline.Size + canary.Size * hypothesis) / (baseline.Size + canary.Size * alternative));
        double log = canary.Events * Math.Log(alternative / hypothesis) + (baseline.Events + canary.Events) * whole;
        // The logarithm of a gain is asked for as well: it must neither vanish nor overflow.
        return Math.Exp(Math.Clamp(log, -600, 600));
    }
}
