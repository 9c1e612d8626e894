namespace ReadyOps.Core.Signals;

/// <summary>
/// The quantile of a classic histogram, as PromQL's <c>histogram_quantile</c> has it
/// (https://github.com/prometheus/prometheus/blob/main/promql/quantile.go, bucketQuantile): observations are taken as spread
/// evenly within their bucket.
/// </summary>
internal static class HistogramQuantile
{
    /// <summary>The value that a share of the observations does not exceed.</summary>
    /// <param name="q">The share, 0 to 1.</param>
    /// <param name="buckets">Upper bound and cumulative count of each bucket, in any order.</param>
    /// <returns>NaN without observations, without a bucket up to +Inf, or with that alone; in it, the bound below it.</returns>
    public static double Of(double q, IEnumerable<KeyValuePair<double, double>> buckets)
    {
        List<(double Bound, double Count)> sorted = [.. buckets.GroupBy(b => b.Key, b => b.Value).Select(same => (same.Key, same.Sum())).OrderBy(b => b.Key)];
        if (sorted.Count < 2 || !double.IsPositiveInfinity(sorted[^1].Bound)) return double.NaN;

        // Counters that were not read at one moment can disagree; cumulative counts never fall.
        for (int i = 1; i < sorted.Count; i++)
            if (sorted[i].Count < sorted[i - 1].Count) sorted[i] = (sorted[i].Bound, sorted[i - 1].Count);

        double observations = sorted[^1].Count;
        if (!(observations > 0)) return double.NaN;

        double rank = q * observations;
        int bucket = sorted.FindIndex(0, sorted.Count - 1, b => b.Count >= rank);
        if (bucket < 0) return sorted[^2].Bound;
        if (bucket == 0 && sorted[0].Bound <= 0) return sorted[0].Bound;
        (double start, double before) = bucket == 0 ? (0, 0) : sorted[bucket - 1];
        return start + ((sorted[bucket].Bound - start) * ((rank - before) / (sorted[bucket].Count - before)));
    }
}
