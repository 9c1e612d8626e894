using System.Globalization;
using System.Text;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

public sealed class TestsCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, double, string, string[]> Samples => new()
    {
        // 3 of 4 that ran.
        { TestReportSamples.Pytest, 0.75, "3 of 4 tests, 1 skipped", ["Failed: tests.test_cart.test_total[USD]"] },
        // 2 of 3.
        { TestReportSamples.Surefire, 2.0 / 3, "2 of 3 tests, 1 skipped, 1 flaky", ["Failed: shop.OrderTest.cancels", "Flaky, passed when run again: shop.OrderTest.ships"] },
        // 3 of 5: the data-driven result counts by its two rows.
        { TestReportSamples.Trx, 0.6, "3 of 5 tests, 1 skipped", ["Failed: Shop.CartTests.Totals", "Failed: Shop.CartTests.Waits (Timeout)"] },
        // 2 of 4.
        { TestReportSamples.NUnit3, 0.5, "2 of 4 tests, 1 skipped", ["Failed: Shop.CartTests.Totals", "Failed: Shop.CartTests.Assumes (Inconclusive)"] },
        // 1 of 2.
        { TestReportSamples.Pester, 0.5, "1 of 2 tests, 1 skipped", ["Failed: Cart.totals"] },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task The_report_of_each_tool_is_counted_by_its_cases(string report, double rate, string counts, string[] details)
    {
        _folder.Write("report.xml", report);
        Evidence evidence = await RunAsync("");
        Assert.Equal(Verdict.Fail, evidence.Verdict);
        Assert.Equal(rate, evidence.Value);
        Assert.Contains($"({counts})", evidence.Reason, StringComparison.Ordinal);
        Assert.Equal(details, evidence.Details);
        Assert.Equal(Unit.Ratio, evidence.Unit);

        // The same report passes a bound that its rate keeps: nothing in it is doubtful.
        string kept = (Math.Floor(rate * 100) - 1).ToString(CultureInfo.InvariantCulture);
        Assert.Equal(Verdict.Pass, (await RunAsync($$""", "bound": ">= {{kept}}%" """)).Verdict);
    }

    [Fact]
    public async Task All_passed_is_a_pass()
    {
        _folder.Write("report.xml", TestReportSamples.Gotestsum);
        Evidence evidence = await RunAsync("");
        Assert.Equal((Verdict.Pass, "Pass rate is 100% (3 of 3 tests), exactly on the bound >= 100%."), (evidence.Verdict, evidence.Reason));
    }

    [Fact]
    public async Task Several_reports_of_several_tools_are_one()
    {
        _folder.Write("out/a/junit.xml", TestReportSamples.Gotestsum);
        _folder.Write("out/a/b/pytest.xml", TestReportSamples.Pytest);
        _folder.Write("out/unit.trx", TestReportSamples.Trx);
        _folder.Write("out/notes.txt", "not a report");
        // 3 + 3 + 3 passed of 3 + 4 + 5.
        Evidence evidence = await RunAsync(""", "bound": ">= 75%" """, """["out/**/*.xml", "out/*.trx"]""");
        Assert.Equal((Verdict.Pass, 0.75), (evidence.Verdict, evidence.Value));
        Assert.Contains("9 of 12", evidence.Reason, StringComparison.Ordinal);
        // A report that two patterns find counts once.
        Assert.Contains("3 of 3", (await RunAsync("", """["out/a/*.xml", "out/a/junit.xml", "out/*/j?nit.xml"]""")).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""<testsuites tests="5" failures="0"></testsuites>""", "No test ran.")]
    [InlineData("""<testsuite tests="1"><testcase name="a"><skipped/></testcase></testsuite>""", "No test ran, 1 skipped.")]
    [InlineData("""<testsuite><testcase name="a" status="notrun" result="suppressed"/></testsuite>""", "No test ran, 1 skipped.")]
    [InlineData("""<TestRun><ResultSummary outcome="Completed"/></TestRun>""", "No test ran.")]
    [InlineData("""<test-run result="Passed"/>""", "No test ran.")]
    public async Task An_empty_report_is_no_data(string report, string reason)
    {
        _folder.Write("report.xml", report);
        Evidence evidence = await RunAsync("");
        Assert.Equal((Verdict.NoData, reason), (evidence.Verdict, evidence.Reason));
    }

    [Fact]
    public async Task No_report_is_no_data_even_when_another_pattern_finds_some()
    {
        _folder.Write("report.xml", TestReportSamples.Gotestsum);
        Evidence evidence = await RunAsync("", """["report.xml", "none/*.xml"]""");
        Assert.Equal((Verdict.NoData, "There is no test report at none/*.xml."), (evidence.Verdict, evidence.Reason));
    }

    [Fact]
    public async Task Fewer_tests_than_the_minimum_fail()
    {
        _folder.Write("report.xml", TestReportSamples.Gotestsum);
        Evidence evidence = await RunAsync(""", "minimum": 4 """);
        Assert.Equal((Verdict.Fail, "Only 3 tests ran, and at least 4 must."), (evidence.Verdict, evidence.Reason));
        Assert.Equal(Verdict.Pass, (await RunAsync(""", "minimum": 3 """)).Verdict);
    }

    [Theory]
    [InlineData("""<TestRun><Results><UnitTestResult testName="a" outcome="Passed"/></Results><ResultSummary outcome="Aborted"/></TestRun>""", "the run ended as Aborted")]
    [InlineData("""<TestRun><Results><UnitTestResult testName="a" outcome="Passed"/></Results></TestRun>""", "has no summary")]
    [InlineData("""<TestRun><Results><UnitTestResult testName="a" outcome="Passed"/></Results><ResultSummary outcome="Failed"/></TestRun>""", "the run itself failed")]
    [InlineData("""<TestRun><Results><UnitTestResult testName="a" outcome="Passed"/></Results><ResultSummary outcome="Completed"><RunInfos><RunInfo outcome="Warning"><Text>The active test run was aborted. Reason: Test host process crashed</Text></RunInfo></RunInfos></ResultSummary></TestRun>""", "the run was aborted or crashed")]
    [InlineData("""<TestRun><Results><UnitTestResult testName="a" outcome="Passed"/></Results><ResultSummary outcome="Completed"><Counters total="2" failed="1"/></ResultSummary></TestRun>""", "counts 1 failures, and its results show 0")]
    [InlineData("""<testsuites><testsuite name="s" errors="1"><testcase name="a"/></testsuite></testsuites>""", "the suite 's' counts 1 failures and errors, and its test cases show 0")]
    [InlineData("""<test-run result="Passed" failed="2"><test-case name="a" result="Passed"/></test-run>""", "counts 2 failures, and its test cases show 0")]
    public async Task A_report_that_does_not_tell_all_never_passes(string report, string reason)
    {
        _folder.Write("report.xml", report);
        Evidence evidence = await RunAsync(""", "bound": ">= 0%" """);
        Assert.Equal(Verdict.Inconclusive, evidence.Verdict);
        Assert.Contains(reason, evidence.Reason, StringComparison.Ordinal);
    }

    [Theory]
    // The suite itself broke, and its cases do not show it.
    [InlineData("""<testsuite name="s"><testcase name="a"/><error message="set-up"/></testsuite>""", "Failed: s (the suite itself)")]
    [InlineData("""<test-run result="Failed"><test-suite fullname="F" result="Failed" site="TearDown"><test-case name="a" result="Passed"/></test-suite></test-run>""", "Failed: F (the suite itself, TearDown)")]
    [InlineData("""<test-run result="Failed"><test-suite fullname="F" result="Failed" label="Invalid"/><test-case name="a" result="Passed"/></test-run>""", "Failed: F (the suite itself)")]
    // Outcomes that are no pass.
    [InlineData("""<TestRun><Results><UnitTestResult testName="a"/></Results><ResultSummary outcome="Failed"/></TestRun>""", "Failed: a (Error)")]
    [InlineData("""<TestRun><Results><UnitTestResult testName="a" outcome="PassedButRunAborted"/></Results><ResultSummary outcome="Failed"/></TestRun>""", "Failed: a (PassedButRunAborted)")]
    [InlineData("""<TestRun><Results><UnitTestResult testName="a" outcome="Failed"><InnerResults><UnitTestResult testName="b" outcome="Passed"/></InnerResults></UnitTestResult></Results><ResultSummary outcome="Failed"/></TestRun>""", "Failed: a")]
    [InlineData("""<test-run><test-case name="a" result="Warning"/></test-run>""", "Failed: a (Warning)")]
    [InlineData("""<test-results><test-case name="a" executed="True" success="False"/></test-results>""", "Failed: a (Failure)")]
    [InlineData("""<testsuites><testsuite name="o"><testsuite name="i"><testcase classname="C" name="a"><error/></testcase></testsuite></testsuite></testsuites>""", "Failed: C.a")]
    [InlineData("""<testsuite><testcase name="a" status="fail"/></testsuite>""", "Failed: a")]
    [InlineData("""<testsuite><testcase name="a"><skipped/><failure/></testcase></testsuite>""", "Failed: a")]
    public async Task Whatever_did_not_pass_is_named(string report, string detail)
    {
        _folder.Write("report.xml", report);
        Evidence evidence = await RunAsync("");
        Assert.Equal(Verdict.Fail, evidence.Verdict);
        Assert.Equal(detail.Replace(" (Failure)", "", StringComparison.Ordinal), evidence.Details[0]);
    }

    [Fact]
    public async Task Failures_are_named_up_to_fifty_and_counted_beyond()
    {
        var report = new StringBuilder("<testsuite>");
        for (int i = 0; i < 120; i++) report.Append(CultureInfo.InvariantCulture, $"<testcase name='t{i}'><failure/></testcase>");
        _folder.Write("report.xml", report.Append("</testsuite>").ToString());
        Evidence evidence = await RunAsync("");
        Assert.Equal(51, evidence.Details.Count);
        Assert.Equal(("Failed: t0", "Failed: t49", "And 70 more failed."), (evidence.Details[0], evidence.Details[49], evidence.Details[50]));
    }

    [Theory]
    [InlineData("<testsuite><testcase name='a'/>", "report.xml:1:")]
    [InlineData("", "report.xml")]
    [InlineData("{}", "report.xml:1:1")]
    [InlineData("<html><body/></html>", "report.xml begins with <html>, which is no test report.")]
    [InlineData("""<!DOCTYPE testsuite [<!ENTITY x SYSTEM "file:///etc/hostname">]><testsuite><testcase name="&x;"/></testsuite>""", "report.xml cannot be read as XML: it has a document type definition (DTD)")]
    [InlineData("""<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><testsuite name="&b;"/>""", "report.xml cannot be read as XML: it has a document type definition (DTD)")]
    public async Task What_is_not_a_whole_report_is_an_error_with_its_place(string text, string reason)
    {
        _folder.Write("report.xml", text);
        Evidence evidence = await RunAsync("");
        Assert.Equal(Verdict.Error, evidence.Verdict);
        Assert.StartsWith(reason, evidence.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_report_is_stale()
    {
        var clock = new ManualClock();
        _folder.Write("report.xml", TestReportSamples.Gotestsum, clock.GetUtcNow() + TimeSpan.FromHours(1));
        Assert.Equal(Verdict.Inconclusive, (await RunAsync(""", "maxAge": "2h" """, context: new EngineContext { Clock = clock })).Verdict);
        _folder.Write("report.xml", TestReportSamples.Gotestsum, clock.GetUtcNow() - TimeSpan.FromHours(3));
        Assert.Equal(Verdict.Stale, (await RunAsync(""", "maxAge": "2h" """, context: new EngineContext { Clock = clock })).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync(""", "maxAge": "3h" """, context: new EngineContext { Clock = clock })).Verdict);
    }

    [Fact]
    public async Task A_folder_link_that_leads_back_up_is_not_followed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Making a link needs a privilege on Windows.");
        _folder.Write("out/report.xml", TestReportSamples.Gotestsum);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "out", "loop"), _folder.Path);
        Assert.Contains("3 of 3", (await RunAsync("", "\"**/*.xml\"")).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "bound": ">= 98" """, ": ")]
    [InlineData(""" "path": "a", "bound": "<= 98%" """, "/bound: '<= 98%' is kept by the worst there can be; ")]
    [InlineData(""" "path": "a", "bound": "!= 100%" """, "/bound: '!= 100%' is kept by the worst there can be")]
    [InlineData(""" "path": "a", "newFailures": ">= 0" """, "/newFailures: '>= 0' is kept by the worst there can be; ")]
    [InlineData(""" "path": "a", "bound": ">= 98" """, "/bound: '>= 98' is not on a share of tests")]
    [InlineData(""" "path": "a", "minimum": 0 """, "/minimum: this is '0'")]
    [InlineData(""" "path": [] """, "/path: there is no report to read")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "t", "type": "tests", {{members}}}"""), p => p.StartsWith(problem, StringComparison.Ordinal));

    private Task<Evidence> RunAsync(string members, string path = "\"report.xml\"", EngineContext? context = null) =>
        CheckTesting.RunAsync($$"""{"name": "t", "type": "tests", "path": {{path}} {{members}}}""", _folder.Path, context);
}
