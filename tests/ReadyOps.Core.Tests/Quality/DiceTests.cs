using ReadyOps.Benchmarks.Quality;

namespace ReadyOps.Core.Tests.Quality;

public sealed class DiceTests
{
    private const int Draws = 40_000;

    [Fact]
    public void Numbers_are_those_of_xoshiro_seeded_by_SplitMix()
    {
        // Computed with Python's integers from the published definitions, whose first outputs were checked against those of the
        // authors: SplitMix64 of 1234567 begins 6457827717110365317, xoshiro256** of {1, 2, 3, 4} begins 11520, 0, 1509978240.
        var dice = new Dice(1234567);

        Assert.Equal([0.1899968244573529, 0.09863847851338348, 0.06780878734246387], new[] { dice.Next(), dice.Next(), dice.Next() });
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(75)]
    [InlineData(1200)]
    public void Poisson_counts_have_their_mean_as_mean_and_variance(double mean)
    {
        var dice = new Dice(7);
        double[] counts = [.. Enumerable.Range(0, Draws).Select(_ => (double)dice.Poisson(mean))];

        // Five standard errors: of the mean √(λ/n), of the variance √((λ + 2λ²)/n).
        Assert.InRange(counts.Average(), mean - (5 * Math.Sqrt(mean / Draws)), mean + (5 * Math.Sqrt(mean / Draws)));
        double variance = counts.Select(count => (count - mean) * (count - mean)).Average(), error = 5 * Math.Sqrt((mean + (2 * mean * mean)) / Draws);
        Assert.InRange(variance, mean - error, mean + error);
    }

    [Fact]
    public void Poisson_counts_of_ten_are_spread_as_the_formula_says()
    {
        var dice = new Dice(8);
        int[] seen = new int[40];
        for (int i = 0; i < Draws; i++) seen[dice.Poisson(10)]++;

        // e⁻¹⁰·10ᵏ/k! from tables: k = 5, 10, 15.
        foreach ((int k, double share) in new[] { (5, 0.037833), (10, 0.125110), (15, 0.034718) })
            Assert.InRange(seen[k] / (double)Draws, share - (5 * Math.Sqrt(share / Draws)), share + (5 * Math.Sqrt(share / Draws)));
    }

    [Theory]
    [InlineData(0, 0.5, 0)]
    [InlineData(500, 0.01, 5)]
    [InlineData(40, 0.2, 8)]
    public void Binomial_counts_have_the_mean_and_variance_of_the_formula(int trials, double share, double mean)
    {
        var dice = new Dice(9);
        double[] counts = [.. Enumerable.Range(0, Draws).Select(_ => (double)dice.Binomial(trials, share))];
        double variance = mean * (1 - share);

        Assert.All(counts, count => Assert.InRange(count, 0, trials));
        Assert.InRange(counts.Average(), mean - (5 * Math.Sqrt(variance / Draws)), mean + (5 * Math.Sqrt(variance / Draws)));
        Assert.InRange(counts.Select(count => (count - mean) * (count - mean)).Average(), variance * 0.95, variance * 1.05);
    }

    [Fact]
    public void Normal_values_are_standard()
    {
        var dice = new Dice(10);
        double[] values = [.. Enumerable.Range(0, Draws).Select(_ => dice.Normal())];

        Assert.InRange(values.Average(), -0.025, 0.025);
        Assert.InRange(values.Select(value => value * value).Average(), 0.96, 1.04);
        // 2.275 % lie beyond two standard deviations.
        Assert.InRange(values.Count(value => value > 2) / (double)Draws, 0.019, 0.0265);
    }
}
