using System.Globalization;
using System.Xml;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// NUnit's XML: version 3 (<c>test-run</c>) and version 2 (<c>test-results</c>), which Pester writes. A warning or an inconclusive
/// result ran and did not pass. A suite that failed while none of its cases did, or in its tear-down, is a failure of its own.
/// </summary>
internal sealed class NUnitFormat(TestReport report, string file) : TestFormat(report, file)
{
    private readonly Stack<Suite> _suites = new();
    private readonly int _failedBefore = report.NotPassed;
    private int _claimed;

    public override void Begin(XmlReader xml)
    {
        switch (xml.LocalName)
        {
            case "test-run" or "test-results":
                _claimed = Count(xml, "failed") + Count(xml, "failures") + Count(xml, "errors");
                Push(xml);
                break;
            case "test-suite":
                Push(xml);
                break;
            case "test-case":
                string result = ResultOf(xml);
                Report.Add(NameOf(xml), OutcomeOf(result), result is "Failed" or "Failure" or "Passed" or "Success" ? "" : result,
                    Seconds(xml, xml.GetAttribute("duration") is null ? "time" : "duration"));
                break;
        }
    }

    public override void End(string element)
    {
        if (!_suites.TryPeek(out Suite? suite) || suite.Element != element) return;
        _suites.Pop();
        bool silent = Report.NotPassed == suite.FailedBefore;
        if (suite.Failed && (silent || suite.Site == "TearDown"))
            Report.Add(suite.Name, TestOutcome.NotPassed, suite.Site.Length > 0 ? $"the suite itself, {suite.Site}" : "the suite itself");
    }

    public override void Finish()
    {
        int failed = Report.NotPassed - _failedBefore;
        if (_claimed > failed)
            Report.Doubt(string.Create(CultureInfo.InvariantCulture, $"{File} counts {_claimed} failures, and its test cases show {failed}."));
    }

    private void Push(XmlReader xml)
    {
        bool failed = OutcomeOf(xml.GetAttribute("result") ?? "Passed") == TestOutcome.NotPassed && xml.GetAttribute("result") is not ("Inconclusive" or "Warning");
        _suites.Push(new Suite(xml.LocalName, Short(NameOf(xml)), failed, xml.GetAttribute("site") ?? "", Report.NotPassed));
    }

    private static string NameOf(XmlReader xml) => xml.GetAttribute("fullname") ?? xml.GetAttribute("name") ?? "(no name)";

    // Before NUnit 2.5 there were two Booleans instead of one word.
    private static string ResultOf(XmlReader xml) => xml.GetAttribute("result") ?? (xml.GetAttribute("executed"), xml.GetAttribute("success")) switch
    {
        ("False", _) => "Skipped",
        (_, "True") => "Success",
        _ => "Failure",
    };

    private static TestOutcome OutcomeOf(string result) => result switch
    {
        "Passed" or "Success" => TestOutcome.Passed,
        "Skipped" or "Ignored" => TestOutcome.Skipped,
        _ => TestOutcome.NotPassed,
    };

    private sealed record Suite(string Element, string Name, bool Failed, string Site, int FailedBefore);
}
