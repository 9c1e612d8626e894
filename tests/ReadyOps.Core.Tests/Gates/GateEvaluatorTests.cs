using ReadyOps.Core.Gates;
using static ReadyOps.Core.Tests.Gates.GateTesting;

namespace ReadyOps.Core.Tests.Gates;

public sealed class GateEvaluatorTests
{
    [Fact]
    public async Task A_gate_passes_when_all_of_its_checks_do()
    {
        GateResult result = await EvaluateAsync(Gate(100, Check("a", Verdict.Pass), Check("b", Verdict.Pass, critical: true)));
        Assert.Equal((GateStatus.Passed, 100.0), (result.Status, result.Score));
        Assert.Equal("The readiness score 100 reaches the pass score 100.", result.Reason);
        Assert.Equal("2.4.0", result.Release);
    }

    [Fact]
    public async Task Three_of_three_weights_of_a_tenth_are_exactly_everything()
    {
        GateResult result = await EvaluateAsync(Gate(100, Check("a", Verdict.Pass, 0.1m), Check("b", Verdict.Pass, 0.1m), Check("c", Verdict.Pass, 0.1m)));
        Assert.Equal((GateStatus.Passed, 100.0), (result.Status, result.Score));
    }

    [Fact]
    public async Task Thirds_and_sevenths_add_up_without_rounding()
    {
        // 3/7 and 4/7 of two sections of equal weight: exactly a half.
        var three = new GateSectionDefinition("three", 1, [.. Enumerable.Range(0, 7).Select(i => Check($"a{i}", i < 3 ? Verdict.Pass : Verdict.Fail))]);
        var four = new GateSectionDefinition("four", 1, [.. Enumerable.Range(0, 7).Select(i => Check($"b{i}", i < 4 ? Verdict.Pass : Verdict.Fail))]);
        GateResult result = await EvaluateAsync(Gate(50, [three, four]));
        Assert.Equal((GateStatus.Passed, 50.0), (result.Status, result.Score));
        Assert.Equal([42.8571428571, 57.1428571428], result.Sections.Select(s => s.Score));
    }

    [Fact]
    public async Task The_score_weighs_checks_within_sections_and_sections_within_the_gate()
    {
        // Tests: 3 of 4 by weight = 75. Security: all = 100. (2*75 + 3*100) / 5 = 90.
        var tests = new GateSectionDefinition("tests", 2, [Check("unit", Verdict.Pass, 3), Check("load", Verdict.Fail, 1)]);
        var security = new GateSectionDefinition("security", 3, [Check("scan", Verdict.Pass)]);
        GateResult result = await EvaluateAsync(Gate(90, [tests, security]));
        Assert.Equal((GateStatus.Passed, 90.0), (result.Status, result.Score));
        Assert.Equal("The readiness score 90 reaches the pass score 90, although 1 of 3 checks did not pass.", result.Reason);

        result = await EvaluateAsync(Gate(90.01m, [tests, security]));
        Assert.Equal(GateStatus.Failed, result.Status);
        Assert.Equal("The readiness score 90 is below the pass score 90.01: 'load' failed: saw Fail.", result.Reason);
    }

    [Fact]
    public async Task A_critical_check_that_fails_fails_the_gate_whatever_the_score()
    {
        GateResult result = await EvaluateAsync(Gate(0, Check("a", Verdict.Pass), Check("b", Verdict.Fail, critical: true), Check("c", Verdict.Fail)));
        Assert.Equal(GateStatus.Failed, result.Status);
        Assert.Equal("The critical check 'b' (1 of 2 that failed, with 'c') failed: saw Fail.", result.Reason);
    }

    [Theory]
    [InlineData(Verdict.NoData, "found nothing to judge")]
    [InlineData(Verdict.Stale, "saw only something old")]
    [InlineData(Verdict.Error, "could not look")]
    [InlineData(Verdict.Inconclusive, "saw too little to judge")]
    public async Task A_critical_check_that_was_not_seen_blocks_the_gate_whatever_the_score(Verdict verdict, string reason)
    {
        GateResult result = await EvaluateAsync(Gate(50, Check("a", Verdict.Pass), Check("b", verdict, critical: true)));
        Assert.Equal(GateStatus.Blocked, result.Status);
        Assert.StartsWith($"The critical check 'b' {reason}", result.Reason, StringComparison.Ordinal);
        Assert.EndsWith($"saw {verdict}.", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_seen_blocks_only_while_it_could_still_make_the_score()
    {
        // 1 of 3 passes; at best 2 of 3.
        var checks = new[] { Check("a", Verdict.Pass), Check("b", Verdict.Fail), Check("c", Verdict.Error) };
        GateResult reachable = await EvaluateAsync(Gate(66, checks));
        Assert.Equal(GateStatus.Blocked, reachable.Status);
        Assert.Equal("The readiness score 33.33 is below the pass score 66, and 'c' could not look; repair that and run the gate again: saw Error.", reachable.Reason);
        Assert.Equal(GateStatus.Failed, (await EvaluateAsync(Gate(67, checks))).Status);
    }

    [Fact]
    public async Task A_score_out_of_reach_fails_the_gate_although_a_critical_check_is_missing()
    {
        GateResult result = await EvaluateAsync(Gate(100, Check("a", Verdict.Fail), Check("b", Verdict.NoData, critical: true)));
        Assert.Equal(GateStatus.Failed, result.Status);
    }

    [Theory]
    [InlineData(Verdict.Fail)]
    [InlineData(Verdict.NoData)]
    [InlineData(Verdict.Error)]
    public async Task An_unmet_prerequisite_skips_the_gate_and_says_which(Verdict verdict)
    {
        int looks = 0;
        var counted = Check("a", Verdict.Pass) with { Check = new Counting(() => looks++) };
        var section = new GateSectionDefinition("all", 1, [counted]);
        GateResult result = await EvaluateAsync(Gate(100, [section], Check("phase 12", Verdict.Pass), Check("approval", verdict), Check("freeze", Verdict.Fail)));
        Assert.Equal((GateStatus.Skipped, 0.0, 0), (result.Status, result.Score, looks));
        Assert.Equal($"The prerequisite 'approval' (1 of 2 that are unmet, with 'freeze') is unmet ({verdict}): saw {verdict}.", result.Reason);
        Evidence skipped = result.Sections.Single().Evidence.Single();
        Assert.Equal((Verdict.Skipped, 0), (skipped.Verdict, skipped.Attempts));
        Assert.Equal(["phase 12", "approval", "freeze", "a"], result.Evidence.Select(e => e.Check));
    }

    [Fact]
    public async Task Progress_is_told_in_the_order_of_the_document()
    {
        var told = new Told();
        var one = new GateSectionDefinition("one", 1, [Check("a", Verdict.Pass), Check("b", Verdict.Pass)]);
        var two = new GateSectionDefinition("two", 1, [Check("c", Verdict.Pass)]);
        await EvaluateAsync(Gate(100, [one, two], Check("first", Verdict.Pass)), told);
        Assert.Equal(["first", "a", "b", "c"], told.Names);
    }

    private sealed class Told : IProgress<Evidence>
    {
        public List<string> Names { get; } = [];

        public void Report(Evidence value) => Names.Add(value.Check);
    }

    private sealed class Counting(Action look) : ReadyOps.Core.Checks.ICheck
    {
        public ValueTask<ReadyOps.Core.Checks.Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
        {
            look();
            return new(ReadyOps.Core.Checks.Observation.Of(Verdict.Pass, "looked"));
        }
    }
}
