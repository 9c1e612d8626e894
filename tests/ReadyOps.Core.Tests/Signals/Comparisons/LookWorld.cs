using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;
using ReadyOps.Core.Statistics;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Signals.Comparisons;

/// <summary>Looks that follow from their number alone, so that any way to ask for them gives the same.</summary>
internal sealed class LookWorld(Func<long, CompareLook> look) : ICompareFeed
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The number of the look that ends at noon.</summary>
    public static readonly long NoonIndex = (Noon - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMinute;

    public string? Error { get; set; }

    public ValueTask<CompareAnswer> LooksAsync(long first, long last, CancellationToken cancel)
    {
        if (Error is not null) return ValueTask.FromResult(new CompareAnswer([], Error));
        var looks = new List<CompareLook>();
        for (long index = first; index <= last; index++) looks.Add(look(index) with { Time = Time(index) });
        return ValueTask.FromResult(new CompareAnswer(looks));
    }

    public static DateTimeOffset Time(long index) => DateTimeOffset.UnixEpoch.AddMinutes(index);

    /// <summary>Counts with a day curve that moves both sides; the canary has the given multiple of the rate.</summary>
    public static CompareLook Counts(int seed, long index, double ratio, double traffic = 1000, double rate = 0.01)
    {
        var random = new Mix(seed, index);
        double day = 1 + (0.8 * Math.Sin(index / 60.0));
        return new CompareLook(default) { Baseline = Draw(random, traffic * 0.9 * day, rate), Canary = Draw(random, traffic * 0.1 * day, rate * ratio) };
    }

    /// <summary>Samples with a day curve that moves both sides: two instances of the baseline, one of the canary.</summary>
    public static CompareLook Samples(int seed, long index, double ratio, double unit = 1)
    {
        var random = new Mix(seed, index);
        double day = unit * (1 + (0.8 * Math.Sin(index / 60.0)));
        return new CompareLook(default)
        {
            BaselineValues = [day * (0.5 + random.NextDouble()), day * (0.5 + random.NextDouble())],
            CanaryValues = [ratio * day * (0.5 + random.NextDouble())],
        };
    }

    public static CompareRule Rule(string members = "", bool samples = false) => CompareReader.Read(Reader(
        samples ? """ "canary": {"query": "a"}, "baseline": {"query": "b"} """ + members
            : """ "canary": {"events": "e", "total": "t"}, "baseline": {"events": "e", "total": "t"} """ + members), 0.02);

    public static ObjectReader Reader(string members) => new(CheckTesting.Node($$"""{"name": "c", "type": "compare", {{members}}}"""), "", "/", new ProblemList("r.yaml"));

    /// <summary>Collects a span, cut at these moments, as a rollout at one step since noon does; restarted in between.</summary>
    public static async Task<List<SignalSample>> CollectAsync(ICompareFeed feed, CompareRule rule, IEnumerable<DateTimeOffset> ticks, DateTimeOffset? stepStart = null)
    {
        var samples = new List<SignalSample>();
        DateTimeOffset start = stepStart ?? Noon, after = Noon;
        string? carry = null;
        foreach (DateTimeOffset tick in ticks)
        {
            SignalBatch batch = await new CompareSignalSource(feed, rule).CollectAsync(new SignalSpan(after, tick, start, Noon), carry, TestContext.Current.CancellationToken);
            Assert.Null(batch.Error);
            samples.AddRange(batch.Samples);
            (after, carry) = (batch.CollectedUntil, batch.Carry);
        }

        return samples;
    }

    private static EventCount Draw(Mix random, double trials, double rate)
    {
        double size = Math.Round(trials), limit = Math.Exp(-size * rate), product = random.NextDouble();
        int events = 0;
        for (; product > limit; events++) product *= random.NextDouble();
        return new EventCount(Math.Min(events, size), size);
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): unlike a seeded Random, related seeds give unrelated numbers.</summary>
    private sealed class Mix(int seed, long index)
    {
        private ulong _state = Scramble((ulong)seed + 1) ^ Scramble((ulong)index);

        public double NextDouble() => (Scramble(_state += 0x9E3779B97F4A7C15) >> 11) * (1.0 / (1UL << 53));

        private static ulong Scramble(ulong z)
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
