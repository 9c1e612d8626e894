using System.Globalization;

namespace ReadyOps.Core.Tests.Checks;

public sealed class TestsComparisonTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly GateScene _gate = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task New_failures_are_those_that_did_not_fail_when_it_last_passed()
    {
        const string Members = """ "bound": ">= 50%", "newFailures": "== 0" """;
        Evidence first = await RunAsync(Members, "-a", "+b", "+c", "+d");
        Assert.Equal(Verdict.Pass, first.Verdict);
        Assert.Contains("No run before this one passed, so the next is compared with it.", first.Details);
        Assert.Equal(Verdict.Pass, (await RunAsync(Members, "-a", "+b", "+c", "+d")).Verdict);
        Evidence broken = await RunAsync(Members, "-a", "-b", "+c", "+d");
        Assert.Equal((Verdict.Fail, "Number of newly failing tests is 1, which breaks the bound == 0."), (broken.Verdict, broken.Reason));
        Assert.Contains("Newly failing: T.b", broken.Details);
        // Not the second time either: the run to compare with is the last that passed.
        Assert.Equal(Verdict.Fail, (await RunAsync(Members, "-a", "-b", "+c", "+d")).Verdict);
        // A test that is new and fails counts too; one that is mended may not break again.
        Assert.Equal(Verdict.Fail, (await RunAsync(Members, "-e", "+b", "+c", "+d")).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync(Members, "+a", "+b", "+c", "+d")).Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync(Members, "-a", "+b", "+c", "+d")).Verdict);
    }

    [Fact]
    public async Task Without_a_bound_on_it_the_change_is_only_told()
    {
        const string Members = """ "bound": ">= 50%" """;
        await RunAsync(Members, "+a 1", "+b", "+c", "+d");
        Evidence evidence = await RunAsync(Members, "+a 5", "-b", "+c");
        Assert.Equal(Verdict.Pass, evidence.Verdict);
        Assert.Contains("Newly failing: T.b", evidence.Details);
        Assert.Contains("Slower: T.a: 5s, then 1s", evidence.Details);
        Assert.Contains("1 tests fewer than in the last run.", evidence.Details);
    }

    [Theory]
    [InlineData("== 0", Verdict.Fail)]
    [InlineData("<= 1", Verdict.Pass)]
    [InlineData("<= 20%", Verdict.Fail)]
    [InlineData("<= 25%", Verdict.Pass)]
    public async Task Fewer_tests_than_then_are_a_number_or_a_share(string bound, Verdict verdict)
    {
        string members = $$""" "fewer": "{{bound}}" """;
        await RunAsync(members, "+a", "+b", "+c", "+d");
        // 3 of 4: a quarter is gone.
        Assert.Equal(verdict, (await RunAsync(members, "+a", "+b", "+c")).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync(members, "+a", "+b", "+c", "+d", "+e")).Verdict);
    }

    [Fact]
    public async Task Slower_is_told_of_the_tests_that_both_runs_have()
    {
        const string Members = """ "slowdown": "<= 20%" """;
        await RunAsync(Members, "+a 6", "+b 4");
        // 12 s after 10 s is exactly 20%; the new test does not count, however long it takes.
        Evidence kept = await RunAsync(Members, "+a 8", "+b 4", "+c 100");
        Assert.Equal(Verdict.Pass, kept.Verdict);
        Assert.Contains(kept.Details, detail => detail.StartsWith("Pass: Slowdown of the tests is 20% (2 tests in 12s, in the last run 10s)", StringComparison.Ordinal));
        // 135.33 s after 112 s.
        Evidence slow = await RunAsync(Members, "+a 10.5", "+b 4", "+c 120.8333333");
        Assert.Equal(Verdict.Fail, slow.Verdict);
        Assert.StartsWith("Slowdown of the tests 20.833% (3 tests in 135.33s, in the last run 1m52s) is above the bound <= 20%", slow.Reason, StringComparison.Ordinal);
    }

    [Theory]
    // Three times as long, but by less than the noise: 1 s unless said otherwise.
    [InlineData("", "0.4", "1.2", Verdict.Pass)]
    [InlineData(", \"noise\": \"500ms\"", "0.4", "1.2", Verdict.Fail)]
    [InlineData("", "1", "2.1", Verdict.Fail)]
    [InlineData("", "2", "3", Verdict.Pass)]
    [InlineData("", "3", "1", Verdict.Pass)]
    public async Task One_test_may_not_get_slower_by_more_than_its_bound_and_the_noise(string more, string then, string now, Verdict verdict)
    {
        string members = $$""" "testSlowdown": "<= 100%" {{more}}""";
        await RunAsync(members, $"+a {then}", "+b 10");
        Evidence evidence = await RunAsync(members, $"+a {now}", "+b 10");
        Assert.True(evidence.Verdict == verdict, evidence.Reason);
    }

    [Fact]
    public async Task Reports_without_times_tell_nothing_of_slowness()
    {
        const string Members = """ "slowdown": "<= 20%" """;
        await RunAsync(Members, "+a", "+b");
        Assert.Equal((Verdict.NoData, "No test has a time in both runs, so it is not known whether they got slower."), Told(await RunAsync(Members, "+a", "+b")));
    }

    [Fact]
    public async Task A_failure_that_passes_under_the_same_name_stays_one_unless_retries_are_said_to_count()
    {
        Evidence evidence = await RunAsync(""" "bound": ">= 0%" """, "-a", "+a", "+b");
        Assert.Equal(2.0 / 3, evidence.Value);
        Assert.Contains("Failed, and passed under the same name: T.a. If it was run again, 'retried: passed' lets the last result count.", evidence.Details);

        evidence = await RunAsync(""" "retried": "passed" """, "-a", "+a", "+b");
        Assert.Equal((Verdict.Pass, "Pass rate is 100% (2 of 2 tests, 1 flaky), exactly on the bound >= 100%."), Told(evidence));
        Assert.Equal(["Flaky, passed when run again: T.a"], evidence.Details.Take(1));
        // What failed last has failed.
        Assert.Equal(Verdict.Fail, (await RunAsync(""" "retried": "passed" """, "+a", "-a", "+b")).Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync(""" "retried": "passed", "flaky": "== 0" """, "-a", "+a", "+b")).Verdict);
    }

    [Fact]
    public async Task A_test_that_changes_to_and_fro_over_the_runs_is_flaky()
    {
        const string Members = """ "bound": ">= 0%", "flaky": "== 0" """;
        // Of other releases each: there and back is a bug and its fix, and once more is flaky.
        Assert.Equal(Verdict.Pass, (await OfAsync("1", "+a", "+b")).Verdict);
        Assert.Equal(Verdict.Pass, (await OfAsync("2", "-a", "+b")).Verdict);
        Assert.Equal(Verdict.Pass, (await OfAsync("3", "+a", "+b")).Verdict);
        Evidence flaky = await OfAsync("4", "-a", "+b");
        Assert.Equal(Verdict.Fail, flaky.Verdict);
        Assert.Contains("Flaky, changes to and fro over the last runs: T.a", flaky.Details);

        // Of one release twice is enough, because the code is the same.
        Assert.Equal(Verdict.Pass, (await OfAsync("5", "+b", "+c")).Verdict);
        Assert.Equal(Verdict.Pass, (await OfAsync("5", "-c", "+b")).Verdict);
        Assert.Equal(Verdict.Fail, (await OfAsync("5", "+c", "+b")).Verdict);

        Task<Evidence> OfAsync(string release, params string[] tests)
        {
            _gate.Release = release;
            return RunAsync(Members, tests);
        }
    }

    [Fact]
    public async Task Reports_of_an_earlier_run_take_the_place_of_the_last_one()
    {
        _folder.Write("old/r.xml", Report("+a", "+b", "-c"));
        const string Members = """ "bound": ">= 0%", "newFailures": "== 0", "previous": "old/*.xml" """;
        _folder.Write("r.xml", Report("+a", "+b", "-c"));
        Assert.Equal(Verdict.Pass, (await AloneAsync(Members)).Verdict);
        _folder.Write("r.xml", Report("+a", "-b", "-c"));
        Assert.Equal(Verdict.Fail, (await AloneAsync(Members)).Verdict);
        Assert.Equal((Verdict.NoData, "Nothing to compare with: There is no test report at none.xml."), Told(await AloneAsync(Members.Replace("old/*.xml", "none.xml", StringComparison.Ordinal))));
        // Neither a journal nor earlier reports.
        Assert.Equal(Verdict.Inconclusive, (await AloneAsync(""" "bound": ">= 0%", "fewer": "== 0" """)).Verdict);
    }

    [Fact]
    public async Task What_is_remembered_of_a_large_run_stays_within_the_limit()
    {
        string[] tests = [.. Enumerable.Range(0, 20_000).Select(i => $"{(i % 4 == 0 ? '-' : '+')}test-with-a-long-name-{i} {i % 977}.5")];
        const string Members = """ "bound": ">= 70%", "newFailures": "== 0", "slowdown": "<= 1%" """;
        // GateScene holds the limit. The slowest 3,000 are compared; of the 5,000 failures 1,500 are known, and all others seem new.
        Assert.Equal(Verdict.Pass, (await RunAsync(Members, tests)).Verdict);
        Evidence again = await RunAsync(Members, tests);
        Assert.Equal((Verdict.Fail, "Number of newly failing tests is 3500, which breaks the bound == 0."), Told(again));
    }

    [Theory]
    [InlineData("\"newFailures\": \"<= 1%\"", "/newFailures: '<= 1%' does not fit here; expected a bound such as '== 0'")]
    [InlineData("\"slowdown\": \"<= 3\"", "/slowdown: '<= 3' does not fit here")]
    [InlineData("\"fewer\": \"<= 3s\"", "/fewer: '<= 3s' does not fit here")]
    [InlineData("\"retried\": \"yes\"", "/retried: this is 'yes'")]
    [InlineData("\"previous\": []", "/previous: there is no report to read")]
    public void A_document_that_says_nonsense_is_refused(string member, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "t", "type": "tests", "path": "a", {{member}}}"""), p => p.StartsWith(problem, StringComparison.Ordinal));

    private static (Verdict, string) Told(Evidence evidence) => (evidence.Verdict, evidence.Reason);

    // "+name seconds" passed, "-name seconds" failed.
    private static string Report(params string[] tests) => "<testsuite>" + string.Concat(tests.Select(test =>
    {
        string[] parts = test[1..].Split(' ');
        string time = parts.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" time='{parts[1]}'") : "";
        return $"<testcase classname='T' name='{parts[0]}'{time}>{(test[0] == '-' ? "<failure/>" : "")}</testcase>";
    })) + "</testsuite>";

    private Task<Evidence> RunAsync(string members, params string[] tests)
    {
        _folder.Write("r.xml", Report(tests));
        return _gate.RunAsync(Check(members), _folder.Path);
    }

    private Task<Evidence> AloneAsync(string members) => CheckTesting.RunAsync(Check(members), _folder.Path);

    private static string Check(string members) => $$"""{"name": "t", "type": "tests", "path": "r.xml", {{members}}}""";
}
