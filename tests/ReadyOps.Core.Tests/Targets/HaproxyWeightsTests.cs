using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Tests.Targets;

public sealed class HaproxyWeightsTests
{
    /// <summary>Numbers of servers, and two shares in thousandths of a per cent.</summary>
    private static readonly Arbitrary<(int N, int M, int P, int Q)> Cases = (
        from n in Gen.Choose(1, 6)
        from m in Gen.Choose(1, 6)
        from p in Gen.Choose(0, 100_000)
        from q in Gen.Choose(0, 100_000)
        select (n, m, p, q)).ToArbitrary();

    [Fact]
    public void With_one_server_on_each_side_whole_per_cents_are_the_weights()
    {
        for (int percent = 0; percent <= 100; percent++)
            Assert.Equal(new HaproxyWeights(percent, 100 - percent), HaproxyWeights.Fit(percent, 1, 1));
    }

    [Theory]
    [InlineData(0.5, 1, 1, 0.5)]           // 1 and 199
    [InlineData(0.001, 1, 1, 0.389105)]    // 1 and 256: the least that is not nothing, 100/257
    [InlineData(99.999, 1, 1, 99.610895)]  // 256 and 1
    [InlineData(5, 1, 4, 5)]               // 4 and 19 each: 4/80
    [InlineData(50, 3, 5, 50)]             // 5 and 3: 15/30
    [InlineData(0.001, 1, 9, 0.043384)]    // 1 and 256 each: 1/2305
    public void The_share_is_the_nearest_that_weights_can_make(double percent, int canaries, int stables, double expected)
    {
        decimal share = HaproxyWeights.Told(HaproxyWeights.Fit((decimal)percent, canaries, stables).Share(canaries, stables));
        Assert.Equal((decimal)expected, share);
    }

    [Fact]
    public void No_pair_of_weights_is_nearer() => Prop.ForAll(Cases, c =>
    {
        decimal percent = c.P / 1000m;
        decimal chosen = Math.Abs(HaproxyWeights.Fit(percent, c.N, c.M).Share(c.N, c.M) - percent);
        if (c.P is 0 or 100_000) return chosen == 0;
        decimal least = decimal.MaxValue;
        for (int canary = 1; canary <= 256; canary++)
        {
            for (int stable = 1; stable <= 256; stable++)
                least = Math.Min(least, Math.Abs((100m * c.N * canary / ((c.N * canary) + (c.M * stable))) - percent));
        }

        return chosen - least < 0.000000000002m;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Nearest_keeps_nothing_and_everything_and_is_idempotent_and_monotone() => Prop.ForAll(Cases, c =>
    {
        decimal p = Nearest(c.P / 1000m);
        decimal q = Nearest(c.Q / 1000m);
        return p == 0 == (c.P == 0) && p == 100 == (c.P == 100_000) && Nearest(p) == p && (c.P <= c.Q ? p <= q : p >= q);

        decimal Nearest(decimal percent) => HaproxyWeights.Told(HaproxyWeights.Fit(percent, c.N, c.M).Share(c.N, c.M));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nearest_is_idempotent_for_as_many_servers_as_there_may_be()
    {
        foreach ((int n, int m) in ((int, int)[])[(1, 100), (100, 1), (100, 100), (99, 100)])
        {
            for (int step = 1; step < 1000; step++)
            {
                decimal once = HaproxyWeights.Told(HaproxyWeights.Fit(step / 10m, n, m).Share(n, m));
                Assert.Equal(once, HaproxyWeights.Told(HaproxyWeights.Fit(once, n, m).Share(n, m)));
            }
        }
    }

    [Fact]
    public void All_weights_are_ones_that_haproxy_takes() => Prop.ForAll(Cases, c =>
    {
        HaproxyWeights weights = HaproxyWeights.Fit(c.P / 1000m, c.N, c.M);
        return weights.Canary is >= 0 and <= 256 && weights.Stable is >= 0 and <= 256 && weights.Canary + weights.Stable > 0;
    }).QuickCheckThrowOnFailure();
}
