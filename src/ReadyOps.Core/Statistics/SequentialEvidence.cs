namespace ReadyOps.Core.Statistics;

/// <summary>
/// The four hypotheses that a running comparison bets against: that the canary is not above the baseline, not below it, and, for a
/// pass, that it is above by the tolerance or more, below by it or more.
/// </summary>
internal sealed class SequentialEvidence(ComparisonOptions options, int bets)
{
    // A run that speaks ten to one for a change keeps a pass from being given until it is over or has become a failure.
    private const double Suspicious = 2.302585092994046;

    public Wager NotAbove { get; } = new(bets);

    public Wager NotBelow { get; } = new(bets);

    public Wager FarAbove { get; } = new(bets);

    public Wager FarBelow { get; } = new(bets);

    public Run Up { get; } = new();

    public Run Down { get; } = new();

    private Wager[] Wagers => [NotAbove, NotBelow, FarAbove, FarBelow];

    private double Enough => 1 / options.AlphaOfSide;

    /// <summary>Whether a run speaks ten to one for a change that does harm.</summary>
    public bool Suspects => (options.UpHarms && Up.Evidence >= Suspicious) || (options.DownHarms && Down.Evidence >= Suspicious);

    /// <summary>Writes down how it stands.</summary>
    public void Save(BinaryWriter to)
    {
        foreach (Wager wager in Wagers) wager.Save(to);
        Up.Save(to);
        Down.Save(to);
    }

    /// <summary>Goes on from what <see cref="Save"/> wrote.</summary>
    public void Load(BinaryReader from)
    {
        foreach (Wager wager in Wagers) wager.Load(from);
        Up.Load(from);
        Down.Load(from);
    }

    /// <summary>Decides, and says why.</summary>
    /// <param name="facts">What was seen.</param>
    /// <param name="seen">The same as a clause.</param>
    /// <param name="beyondUp">Whether the present run up is beyond the tolerance.</param>
    /// <param name="beyondDown">Whether the present run down is.</param>
    public MetricComparison Read(MetricComparison facts, string seen, bool beyondUp, bool beyondDown)
    {
        bool above = NotAbove.Best >= Enough, below = NotBelow.Best >= Enough;
        bool notFarAbove = FarAbove.Evidence >= Enough, notFarBelow = FarBelow.Evidence >= Enough;
        double upper = 1 + options.Tolerance, lower = 1 / upper;
        double p = options.Direction switch
        {
            ComparisonDirection.Increase => 1 / NotAbove.Best,
            ComparisonDirection.Decrease => 1 / NotBelow.Best,
            _ => Math.Min(1, 2 / Math.Max(NotAbove.Best, NotBelow.Best)),
        };
        facts = facts with
        {
            PValue = p,
            RatioLow = above ? 1 : notFarBelow ? lower : 0,
            RatioHigh = below ? 1 : notFarAbove ? upper : double.PositiveInfinity,
        };
        string what = $"{seen}, always-valid p = {Text.Of(p)}";
        if ((options.UpHarms && above && beyondUp) || (options.DownHarms && below && beyondDown))
        {
            bool up = options.UpHarms && above && beyondUp;
            return facts with { Verdict = Verdict.Fail, Reason = $"{what}: {(up ? $"higher, and of late by more than {Text.Of(upper)} times" : $"lower, and of late below {Text.Of(lower)} times")} the baseline." };
        }

        bool shown = (!options.UpHarms || notFarAbove) && (!options.DownHarms || notFarBelow);
        if (shown && !Suspects) return facts with { Verdict = Verdict.Pass, Reason = $"{what}: a change beyond the tolerance of {Text.Of(options.Tolerance)} is ruled out." };
        return facts with
        {
            Verdict = Verdict.Inconclusive,
            Reason = shown ? $"{what}: it was within the tolerance, but of late something seems to change." : $"{what}: neither a change nor its absence is shown yet.",
            NextStep = "Go on measuring; this test may be read as often as you like.",
        };
    }
}
