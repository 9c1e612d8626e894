namespace ReadyOps;

/// <summary>A native histogram of Prometheus at one moment.</summary>
public sealed record MetricHistogram
{
    internal MetricHistogram()
    {
    }

    /// <summary>How many observations there are; a rate of them has parts.</summary>
    public double Count { get; internal init; }

    /// <summary>All observations added up.</summary>
    public double Sum { get; internal init; }

    /// <summary>The arithmetic mean; NaN without observations.</summary>
    public double Mean => Sum / Count;

    /// <summary>Its buckets that are not empty, in order of their bounds.</summary>
    public IReadOnlyList<HistogramBucket> Buckets { get; internal init => field = value.AsArray(); } = [];

    /// <summary>
    /// The value that a share of the observations does not exceed, as <c>histogram_quantile</c> of Prometheus 3 has it (promql/quantile.go):
    /// observations are taken as spread evenly in a bucket, or evenly on a logarithmic scale where the buckets grow exponentially. Prometheus
    /// 2 spreads them evenly in those, too.
    /// </summary>
    /// <param name="q">The share, 0 to 1.</param>
    /// <returns>NaN without observations; −Inf and +Inf for a share below 0 or above 1.</returns>
    public double Quantile(double q)
    {
        if (double.IsNaN(q) || !(Count > 0) || Buckets.Count == 0) return double.NaN;
        if (q < 0) return double.NegativeInfinity;
        if (q > 1) return double.PositiveInfinity;
        double rank = q * Count, before = 0;
        HistogramBucket found = Buckets[^1];
        foreach (HistogramBucket bucket in Buckets)
        {
            found = bucket;
            if (bucket.Count > 0 && before + bucket.Count >= rank) break;
            before += bucket.Count;
        }

        (double low, double high) = (found.Lower, found.Upper);
        if (low < 0 && high > 0 && Buckets.Count > 1)
        {
            // The bucket around zero; where there is nothing on one side of it, its observations are on the other.
            if (ReferenceEquals(found, Buckets[0])) low = 0;
            else if (ReferenceEquals(found, Buckets[^1])) high = 0;
        }

        if (double.IsInfinity(low)) return high;
        if (double.IsInfinity(high)) return low;
        double share = Math.Clamp((rank - before) / found.Count, 0, 1);
        if (!GrowsExponentially(found)) return low + ((high - low) * share);
        return low * Math.Pow(high / low, share);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"n = {Count:G6}, mean = {Mean:G4}, p50 = {Quantile(0.5):G4}, p95 = {Quantile(0.95):G4}");

    // Bounds of the standard schemas are the powers of 2^(2^-n), n from -4 to 8; others were chosen by hand.
    private static bool GrowsExponentially(HistogramBucket bucket)
    {
        double ratio = bucket.Lower > 0 ? bucket.Upper / bucket.Lower : bucket.Upper < 0 ? bucket.Lower / bucket.Upper : 0;
        if (!(ratio > 1) || double.IsInfinity(ratio)) return false;
        double schema = -Math.Log2(Math.Log2(ratio));
        return schema is > -4.5 and < 8.5 && Math.Abs(schema - Math.Round(schema)) < 1e-6;
    }
}

/// <summary>One bucket of a native histogram.</summary>
public sealed record HistogramBucket
{
    internal HistogramBucket()
    {
    }

    /// <summary>Its lower bound.</summary>
    public double Lower { get; internal init; }

    /// <summary>Its upper bound.</summary>
    public double Upper { get; internal init; }

    /// <summary>Whether an observation on the lower bound belongs to it.</summary>
    public bool LowerInclusive { get; internal init; }

    /// <summary>Whether an observation on the upper bound belongs to it.</summary>
    public bool UpperInclusive { get; internal init; }

    /// <summary>How many observations are in it, not those below.</summary>
    public double Count { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{(LowerInclusive ? '[' : '(')}{Lower:G6}, {Upper:G6}{(UpperInclusive ? ']' : ')')}: {Count:G6}");
}
