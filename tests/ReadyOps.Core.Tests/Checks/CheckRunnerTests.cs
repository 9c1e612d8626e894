using System.Collections.Concurrent;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

public sealed class CheckRunnerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Evidence_comes_in_the_order_of_the_document_whoever_is_done_first()
    {
        var doors = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource()).ToArray();
        CheckDefinition[] checks = [.. doors.Select((door, i) => Check($"c{i}", async (_, _) =>
        {
            await door.Task;
            return Observation.Of(Verdict.Pass, "done");
        }))];
        Task<List<string>> names = CollectAsync(checks, throttle: 4);
        for (int i = 3; i >= 0; i--) doors[i].SetResult();
        Assert.Equal(["c0", "c1", "c2", "c3"], await names);
    }

    [Fact]
    public async Task No_more_than_the_throttle_run_at_a_time_and_all_run_once()
    {
        int running = 0, most = 0;
        var seen = new ConcurrentBag<int>();
        CheckDefinition[] checks = [.. Enumerable.Range(0, 200).Select(i => Check($"c{i}", async (_, _) =>
        {
            int now = Interlocked.Increment(ref running);
            lock (seen) most = Math.Max(most, now);
            seen.Add(i);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return Observation.Of(Verdict.Pass, "done");
        }))];
        List<string> names = await CollectAsync(checks, throttle: 3);
        Assert.Equal([.. Enumerable.Range(0, 200).Select(i => $"c{i}")], names);
        Assert.Equal(200, seen.Distinct().Count());
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task A_check_that_throws_is_an_error_and_the_others_go_on()
    {
        CheckDefinition[] checks =
        [
            Check("bug", (_, _) => throw new InvalidOperationException("oops")),
            Check("expected", (_, _) => throw new ReadyOpsException("X", "The thing is missing.", "Bring it.")),
            Check("good", (_, _) => new(Observation.Of(Verdict.Pass, "fine"))),
        ];
        var all = new List<Evidence>();
        await foreach (Evidence one in CheckRunner.RunAsync(checks, new RunOptions(), new EngineContext(), Stop)) all.Add(one);
        Assert.Equal([Verdict.Error, Verdict.Error, Verdict.Pass], all.Select(e => e.Verdict));
        Assert.Equal(["The check broke off: oops", "The thing is missing.", "fine"], all.Select(e => e.Reason));
        Assert.Equal("Bring it.", all[1].NextStep);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_an_error_even_when_it_cannot_be_stopped()
    {
        var clock = new ManualClock();
        var entered = new TaskCompletionSource();
        using var hang = new ManualResetEventSlim();
        CheckDefinition check = Check("hang", (_, _) =>
        {
            entered.SetResult();
            // A dead network share: no token reaches it.
            hang.Wait(CancellationToken.None);
            return new(Observation.Of(Verdict.Pass, "too late"));
        }) with { Timeout = TimeSpan.FromSeconds(5) };
        Task<Evidence> run = CheckRunner.RunOneAsync(check, new EngineContext { Clock = clock }, Stop);
        await entered.Task;
        clock.Advance(TimeSpan.FromSeconds(5));
        Evidence evidence = await run;
        hang.Set();
        Assert.Equal((Verdict.Error, "The check did not end within 5s."), (evidence.Verdict, evidence.Reason));
        Assert.Equal(TimeSpan.FromSeconds(5), evidence.Duration);
    }

    [Fact]
    public async Task Retry_waits_longer_each_time_up_to_the_ceiling_and_tells_each_attempt()
    {
        var clock = new WaitlessClock(forever: TimeSpan.FromSeconds(30));
        int tries = 0;
        CheckDefinition check = Check("flappy", (_, _) =>
        {
            tries++;
            return new(tries < 5 ? Observation.Of(tries == 2 ? Verdict.NoData : Verdict.Fail, $"not yet {tries}.") : Observation.Of(Verdict.Pass, "there."));
        }) with
        { Retry = new RetryPolicy { Attempts = 9, Delay = TimeSpan.FromSeconds(1), Factor = 3, MaxDelay = TimeSpan.FromSeconds(5) } };

        Evidence evidence = await CheckRunner.RunOneAsync(check, new EngineContext { Clock = clock }, Stop);
        Assert.Equal((Verdict.Pass, 5), (evidence.Verdict, evidence.Attempts));
        Assert.Equal(
            ["Attempt 1: Fail: not yet 1.", "Attempt 2: NoData: not yet 2.", "Attempt 3: Fail: not yet 3.", "Attempt 4: Fail: not yet 4."], evidence.Details);
        // 1 s, 3 s, then 5 s instead of 9 and 27: 14 s in all.
        Assert.Equal([1, 3, 5, 5], clock.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(TimeSpan.FromSeconds(14), evidence.Duration);
    }

    [Fact]
    public async Task The_last_attempt_is_the_verdict()
    {
        int tries = 0;
        CheckDefinition check = Check("down", (_, _) => new(Observation.Of(++tries == 1 ? Verdict.Fail : Verdict.Error, $"try {tries}.")))
            with
        { Retry = new RetryPolicy { Attempts = 2, Delay = TimeSpan.Zero } };
        Evidence evidence = await CheckRunner.RunOneAsync(check, new EngineContext(), Stop);
        Assert.Equal((Verdict.Error, "try 2.", 2), (evidence.Verdict, evidence.Reason, evidence.Attempts));
        Assert.Equal(["Attempt 1: Fail: try 1."], evidence.Details);
    }

    [Fact]
    public async Task Stopping_ends_a_run_at_once_whatever_it_is_doing()
    {
        using var stop = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        using var hang = new ManualResetEventSlim();
        CheckDefinition[] checks =
        [
            Check("hang", (_, _) =>
            {
                entered.TrySetResult();
                hang.Wait(CancellationToken.None);
                return new(Observation.Of(Verdict.Pass, "late"));
            }),
            Check("waits", (_, _) => new(Observation.Of(Verdict.Fail, "no"))) with { Retry = new RetryPolicy { Attempts = 2, Delay = TimeSpan.FromDays(1), MaxDelay = TimeSpan.FromDays(1) } },
        ];
        Task run = Task.Run(async () =>
        {
            await foreach (Evidence _ in CheckRunner.RunAsync(checks, new RunOptions(), new EngineContext(), stop.Token)) { }
        }, Stop);
        await entered.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        hang.Set();
    }

    [Fact]
    public async Task Leaving_early_stops_the_rest()
    {
        int stopped = 0;
        CheckDefinition[] checks =
        [
            Check("first", (_, _) => new(Observation.Of(Verdict.Pass, "done"))),
            Check("second", async (_, cancel) =>
            {
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
                }
                finally
                {
                    Interlocked.Increment(ref stopped);
                }

                return Observation.Of(Verdict.Pass, "never");
            }),
            Check("third", async (_, cancel) =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
                return Observation.Of(Verdict.Pass, "never");
            }),
        ];
        await foreach (Evidence first in CheckRunner.RunAsync(checks, new RunOptions { Throttle = 1 }, new EngineContext(), Stop))
        {
            Assert.Equal("first", first.Check);
            break;
        }

        // Reached only because leaving the loop stopped the second check.
        Assert.InRange(stopped, 0, 1);
    }

    [Theory]
    [InlineData("""{"name": "a", "type": "fil", "path": "x"}""", "/type: there is no check of type 'fil'; expected one of ")]
    [InlineData("""{"type": "file", "path": "x"}""", ": 'name' is missing")]
    [InlineData("""{"name": "a", "type": "file", "path": "x", "weight": -1}""", "/weight: this is '-1'")]
    [InlineData("""{"name": "a", "type": "file", "path": "x", "weight": 1e30}""", "/weight: this is '1e30'")]
    [InlineData("""{"name": "a", "type": "file", "path": "x", "timeout": "0s"}""", "/timeout: a check cannot be given this long")]
    [InlineData("""{"name": "a", "type": "file", "path": "x", "retry": {"delay": "1s"}}""", "/retry: 'attempts' is missing")]
    [InlineData("""{"name": "a", "type": "file", "path": "x", "retry": {"attempts": 0}}""", "/retry/attempts: this is '0'")]
    public void A_check_that_says_nonsense_is_refused(string json, string problem) =>
        Assert.Contains(CheckTesting.Problems(json), p => p.StartsWith(problem, StringComparison.Ordinal));

    [Fact]
    public void A_check_reads_with_its_defaults_and_its_place()
    {
        CheckDefinition check = CheckTesting.Read("""{"name": "a", "type": "file", "path": "x"}""", defaults: new CheckDefaults { Timeout = TimeSpan.FromSeconds(7) });
        Assert.Equal((1m, false, TimeSpan.FromSeconds(7), 1, "gate.yaml:1"), (check.Weight, check.Critical, check.Timeout, check.Retry.Attempts, check.Source));

        check = CheckTesting.Read("""
            {"name": "a", "type": "file", "path": "x", "weight": 0.25, "critical": true, "timeout": "2m",
             "retry": {"attempts": 3, "delay": "1m", "factor": 1.5}}
            """);
        Assert.Equal((0.25m, true, TimeSpan.FromMinutes(2)), (check.Weight, check.Critical, check.Timeout));
        // The first delay is above the default ceiling of 30 s, so it becomes the ceiling.
        Assert.Equal(new RetryPolicy { Attempts = 3, Delay = TimeSpan.FromMinutes(1), Factor = 1.5, MaxDelay = TimeSpan.FromMinutes(1) }, check.Retry);
    }

    private static CheckDefinition Check(string name, Func<EngineContext, CancellationToken, ValueTask<Observation>> look) =>
        new() { Name = name, Type = "test", Check = new Look(look) };

    private static async Task<List<string>> CollectAsync(IReadOnlyList<CheckDefinition> checks, int throttle)
    {
        var names = new List<string>();
        await foreach (Evidence one in CheckRunner.RunAsync(checks, new RunOptions { Throttle = throttle }, new EngineContext(), Stop)) names.Add(one.Check);
        return names;
    }

    private sealed class Look(Func<EngineContext, CancellationToken, ValueTask<Observation>> look) : ICheck
    {
        public ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel) => look(context, cancel);
    }

    /// <summary>A clock on which every wait is over at once and moves the time by its length, but for timeouts, which never strike.</summary>
    private sealed class WaitlessClock(TimeSpan forever) : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public List<TimeSpan> Waits { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == forever || dueTime == Timeout.InfiniteTimeSpan) return new ManualClock().CreateTimer(callback, state, dueTime, period);
            Waits.Add(dueTime);
            _now += dueTime;
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
