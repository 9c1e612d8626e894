using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals;

/// <summary>What is made of the series of metrics pages.</summary>
public sealed record ScrapeMeasure
{
    private ScrapeMeasure(ScrapeMeasureKind kind, MetricSelector of, MetricSelector? over = null, double q = 0)
    {
        Kind = kind;
        Of = of;
        Over = over;
        Q = q;
    }

    /// <summary>Which measure it is.</summary>
    public ScrapeMeasureKind Kind { get; }

    /// <summary>The series that are measured; for a quantile, those of its buckets.</summary>
    public MetricSelector Of { get; }

    /// <summary>The series that a ratio divides by.</summary>
    public MetricSelector? Over { get; }

    /// <summary>The quantile, 0 to 1.</summary>
    public double Q { get; }

    /// <summary>The sum of the values at the moment of the scrape.</summary>
    public static ScrapeMeasure Gauge(MetricSelector of) => new(ScrapeMeasureKind.Gauge, of);

    /// <summary>The increase of counters since the last scrape, per second.</summary>
    public static ScrapeMeasure Rate(MetricSelector of) => new(ScrapeMeasureKind.Rate, of);

    /// <summary>The increase of some counters since the last scrape over that of others.</summary>
    public static ScrapeMeasure Ratio(MetricSelector of, MetricSelector over) => new(ScrapeMeasureKind.Ratio, of, over);

    /// <summary>A quantile of what a classic histogram observed since the last scrape.</summary>
    /// <param name="q">The quantile, 0 to 1.</param>
    /// <param name="histogram">The histogram, with or without <c>_bucket</c> at the end of its name.</param>
    public static ScrapeMeasure Quantile(double q, MetricSelector histogram)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(q, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(q, 1);
        return new(ScrapeMeasureKind.Quantile, histogram, null, q);
    }

    /// <summary>
    /// Reads one of <c>gauge: SELECTOR</c>, <c>rate: SELECTOR</c>, <c>ratio: {of, over}</c>, <c>quantile: {q, of}</c> off an object.
    /// </summary>
    public static ScrapeMeasure Read(ObjectReader reader)
    {
        ReadOnlySpan<string> kinds = ["gauge", "rate", "ratio", "quantile"];
        string? found = null;
        foreach (string kind in kinds)
        {
            if (!reader.Has(kind)) continue;
            if (found is not null) reader.Problem(kind, $"'{found}' is given already", "one of gauge, rate, ratio, quantile");
            found ??= kind;
        }

        switch (found)
        {
            case "gauge":
                return Gauge(Selector(reader, "gauge"));
            case "rate":
                return Rate(Selector(reader, "rate"));
            case "ratio" when reader.Object("ratio") is { } ratio:
                return Ratio(Selector(ratio, "of"), Selector(ratio, "over"));
            case "quantile" when reader.Object("quantile") is { } quantile:
                if (!quantile.Has("q")) quantile.Problem("q", "'q' is missing", "a number from 0 to 1");
                return Quantile(quantile.Number("q", 0.95, 0, 1), Selector(quantile, "of"));
            default:
                reader.Problem("type", "nothing says what to measure", "one of gauge, rate, ratio, quantile");
                return Gauge(StandIn);
        }
    }

    private static readonly MetricSelector StandIn = MetricSelector.Parse("none");

    private static MetricSelector Selector(ObjectReader reader, string member)
    {
        string text = reader.RequiredText(member);
        if (MetricSelector.TryParse(text, out MetricSelector? selector, out string problem)) return selector!;
        if (reader.Node[member] is { Kind: NodeKind.String }) reader.Problem(member, problem, MetricSelector.Expected);
        return StandIn;
    }
}
