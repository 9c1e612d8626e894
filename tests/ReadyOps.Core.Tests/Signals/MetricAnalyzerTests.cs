using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Rollouts;

namespace ReadyOps.Core.Tests.Signals;

public sealed class MetricAnalyzerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Every_change_of_the_verdict_is_told_once_with_its_sample()
    {
        // Minutes: good for 1, bad for 2 (a breach of 1m at 10:02:15), good for 1, nothing for 3, good to the end.
        MetricAnalysis seen = await AnalyzeAsync(minutes => minutes is >= 1 and < 3 ? 0.02 : minutes is >= 4 and < 7 ? double.NaN : 0, TimeSpan.FromMinutes(10));

        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.Equal((Start.AddMinutes(2), 1, 8), (seen.FirstBreach, seen.Breaches, seen.Bad));
        (double Minutes, Verdict Verdict, SignalState State)[] expected =
        [
            (0.25, Verdict.Inconclusive, SignalState.Clear),
            (0.75, Verdict.Pass, SignalState.Clear),
            (1, Verdict.Fail, SignalState.Pending),
            (2, Verdict.Fail, SignalState.Breached),
            (3, Verdict.Pass, SignalState.Clear),
            (4.75, Verdict.Stale, SignalState.Clear),
            (7, Verdict.Pass, SignalState.Clear),
        ];
        Assert.Equal(expected, seen.Changes.Select(change => (Math.Round((change.At - Start).TotalMinutes, 4), change.Verdict, change.State)));
        Assert.EndsWith("At the end: errors is 0%, within <= 1%.", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breach_that_goes_on_counts_once_and_one_after_it_was_over_is_another()
    {
        MetricAnalysis seen = await AnalyzeAsync(minutes => minutes % 10 is >= 1 and < 6 ? 0.02 : 0, TimeSpan.FromMinutes(20));
        Assert.Equal((2, Start.AddMinutes(2)), (seen.Breaches, seen.FirstBreach));
        Assert.Contains("It was the first of 2 breaches.", seen.Reason, StringComparison.Ordinal);
        Assert.Equal([Start.AddMinutes(2), Start.AddMinutes(12)], seen.Changes.Where(change => change.State == SignalState.Breached).Select(change => change.At));
    }

    [Fact]
    public async Task A_span_in_which_nothing_could_be_a_breach_passes_nothing()
    {
        Assert.Equal((Verdict.Inconclusive, "errors could not be broken for 1m over 1m: the span is too short to tell."),
            await AnalyzeAsync(_ => 0, TimeSpan.FromMinutes(1)) is { } shorter ? (shorter.Verdict, shorter.Reason) : default);
        Assert.Equal(Verdict.Pass, (await AnalyzeAsync(_ => 0, TimeSpan.FromSeconds(61))).Verdict);
    }

    [Fact]
    public async Task It_dates_a_breach_at_the_sample_that_a_rollout_does()
    {
        var world = new RolloutWorld();
        DateTimeOffset fault = world.Now + TimeSpan.FromMinutes(3);
        world.Value = (_, time) => time >= fault ? 0.02 : 0;
        DateTimeOffset start = world.Now;
        const string Document = """{"tick":"15s","steps":[{"share":"10%","hold":"1h"}],"signals":[{"name":"errors","query":"q","bound":"<= 1%","for":"1m"}]}""";
        RolloutStatus status = await world.StartAsync(Document);
        await world.RunAsync(status.Id, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(10), now => now.Phase == RolloutPhase.RollingBack);
        SignalBreach breach = Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id)).Breach!;

        MetricAnalysis seen = await AnalyzeAsync(minutes => start.AddMinutes(minutes) >= fault ? 0.02 : 0, world.Now - start, start);

        Assert.Equal(breach.At, seen.FirstBreach);
    }

    private static Task<MetricAnalysis> AnalyzeAsync(Func<double, double> value, TimeSpan over, DateTimeOffset? start = null)
    {
        DateTimeOffset from = start ?? Start;
        var signal = new SignalDefinition
        {
            Name = "errors",
            Type = "prometheus",
            Bound = Quantities.TryParseBound("<= 1%", out Bound? bound, out _) ? bound : throw new InvalidOperationException(),
            For = TimeSpan.FromMinutes(1),
            Node = new DocumentNode { Kind = NodeKind.Object },
            Path = "",
        };
        return MetricAnalyzer.AnalyzeAsync(signal, new Grid(time => value((time - from).TotalMinutes)), from, from + over, TestContext.Current.CancellationToken);
    }

    /// <summary>Answers at most 50 samples at a time, on the grid of 15 s.</summary>
    private sealed class Grid(Func<DateTimeOffset, double> value) : ISignalSource
    {
        public ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
        {
            long step = TimeSpan.FromSeconds(15).Ticks;
            var samples = new List<SignalSample>();
            long ticks = ((span.After.Ticks / step) + 1) * step, asked = 0;
            for (; ticks <= span.Until.Ticks && asked < 50; ticks += step, asked++)
            {
                var time = new DateTimeOffset(ticks, TimeSpan.Zero);
                double seen = value(time);
                if (!double.IsNaN(seen)) samples.Add(new SignalSample(time, seen, TimeSpan.FromSeconds(15), time > span.StepStart));
            }

            return new(new SignalBatch { CollectedUntil = asked == 0 ? span.After : new DateTimeOffset(ticks - step, TimeSpan.Zero), Samples = samples });
        }
    }
}
