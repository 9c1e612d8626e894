namespace ReadyOps.Core.Statistics;

/// <summary>
/// Tail probabilities of a distribution on whole numbers with one peak, from the ratio of each probability to the one before. Summed
/// from the peak outwards, so that nothing cancels and nothing far smaller than a double can hold is looked at.
/// </summary>
/// <param name="Less">The probability of what was seen or less.</param>
/// <param name="Greater">The probability of what was seen or more.</param>
/// <param name="Point">The probability of just what was seen.</param>
/// <param name="TwoSided">The probability of all that is no more probable than what was seen, as R's fisher.test and binom.test have it.</param>
internal readonly record struct Tails(double Less, double Greater, double Point, double TwoSided)
{
    // R takes probabilities as equal within this: they are sums of many rounded terms.
    private const double Slack = 1 + 1e-7;

    /// <summary>The mid-p variant of the smaller tail, doubled: less conservative, and no longer exact.</summary>
    public double MidP => Math.Min(1, 2 * (Math.Min(Less, Greater) - Point / 2));

    /// <summary>Of <paramref name="seen"/> successes among <paramref name="n"/> trials with probability <paramref name="p"/>.</summary>
    public static Tails Binomial(long seen, long n, double p) =>
        Sum(seen, 0, n, Math.Clamp((long)((n + 1) * p), 0, n), k => (n - k) / (k + 1.0) * (p / (1 - p)));

    /// <summary>Of <paramref name="seen"/> marked ones when <paramref name="drawn"/> of <paramref name="all"/> are drawn and <paramref name="marked"/> are marked.</summary>
    public static Tails Hypergeometric(long seen, long all, long marked, long drawn)
    {
        long least = Math.Max(0, drawn + marked - all), most = Math.Min(drawn, marked);
        long peak = (long)((marked + 1.0) * (drawn + 1.0) / (all + 2.0));
        return Sum(seen, least, most, Math.Clamp(peak, least, most),
            k => (marked - k) * (double)(drawn - k) / ((k + 1.0) * (all - marked - drawn + k + 1.0)));
    }

    private static Tails Sum(long seen, long least, long most, long peak, Func<long, double> ratio)
    {
        double point = 1;
        for (long k = peak; k < seen && point > 0; k++) point *= ratio(k);
        for (long k = peak; k > seen && point > 0; k--) point /= ratio(k - 1);

        double total = 0, less = 0, greater = 0, rare = 0;
        double weight = 1;
        for (long k = peak; k <= most && weight > 0; weight *= ratio(k), k++) Add(k, weight);
        weight = 1;
        for (long k = peak; k > least; k--)
        {
            if ((weight /= ratio(k - 1)) == 0) break;
            Add(k - 1, weight);
        }

        return new(Math.Min(1, less / total), Math.Min(1, greater / total), point / total, Math.Min(1, rare / total));

        void Add(long k, double probability)
        {
            total += probability;
            if (k <= seen) less += probability;
            if (k >= seen) greater += probability;
            if (probability <= point * Slack) rare += probability;
        }
    }
}
