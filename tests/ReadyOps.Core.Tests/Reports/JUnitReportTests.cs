using System.Text;
using System.Xml;
using System.Xml.Linq;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Checks.Reports;
using ReadyOps.Core.Reports;

namespace ReadyOps.Core.Tests.Reports;

public sealed class JUnitReportTests
{
    [Fact]
    public void Sections_are_suites_and_checks_are_test_cases()
    {
        XElement[] suites = [.. Read(ReportTesting.Write(GateReportFormat.JUnit, ReportTesting.Failed())).Elements()];
        Assert.Equal(["production / prerequisites", "production / tests", "production / world"], suites.Select(suite => (string)suite.Attribute("name")!));
        Assert.Equal(["1 0 0 0", "2 1 0 0", "4 0 4 0"], suites.Select(Counts));
        XElement load = suites[1].Elements("testcase").Last();
        Assert.Equal(("load", "production.tests", "0.012"), ((string)load.Attribute("name")!, (string)load.Attribute("classname")!, (string)load.Attribute("time")!));
        Assert.Equal("Fail", (string)load.Element("failure")!.Attribute("type")!);
        Assert.Equal("p95 620.5ms is above the bound < 500ms by 120.5ms.", (string)load.Element("failure")!.Attribute("message")!);
        Assert.Equal("load: Fail: p95 620.5ms is above the bound < 500ms by 120.5ms.\nFailed: checkout\nNext: Look at it.\nAt deploy/gate.yaml:16", load.Element("failure")!.Value);
        Assert.Equal(["NoData", "Stale", "Error", "Inconclusive"], suites[2].Descendants("error").Select(error => (string)error.Attribute("type")!));
        Assert.Equal("2.4.0", (string)suites[0].Descendants("property").Single(one => (string)one.Attribute("name")! == "release").Attribute("value")!);
    }

    [Fact]
    public void A_gate_that_did_not_look_shows_why_and_skips_the_rest()
    {
        XElement[] suites = [.. Read(ReportTesting.Write(GateReportFormat.JUnit, ReportTesting.Skipped())).Elements()];
        Assert.Equal(["1 1 0 0", "1 0 0 1"], suites.Select(Counts));
    }

    [Fact]
    public void A_gate_that_could_not_be_asked_is_an_error_and_not_an_empty_report()
    {
        XElement suite = Read(ReportTesting.Write(GateReportFormat.JUnit, ReportTesting.Passed(), ReportTesting.Unasked())).Elements().Last();
        Assert.Equal("1 0 1 0", Counts(suite));
        Assert.Equal("The gate could not be asked.", (string)suite.Descendants("error").Single().Attribute("message")!);
    }

    [Fact]
    public void A_result_that_has_gone_stale_is_an_error()
    {
        XElement report = Read(ReportTesting.Write(GateReportFormat.JUnit, ReportTesting.Stale()));
        Assert.Equal("Stale", (string)report.Descendants("error").Single().Attribute("type")!);
        Assert.StartsWith("The gate is Passed, stale since 2026-11-21 13:00:00Z.", (string)report.Descendants("error").Single().Attribute("message")!, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_report_is_valid_and_the_reader_of_reports_counts_the_same() => Check.QuickThrowOnFailure(Prop.ForAll(ReportTesting.HostileResults.ToArbitrary(), result =>
    {
        string text = ReportTesting.Write(GateReportFormat.JUnit, result);
        XElement[] cases = [.. Read(text).Descendants("testcase")];
        var read = new TestReport();
        using var stream = new ReportStream(new MemoryStream(Encoding.UTF8.GetBytes(text)), "gate.xml", TestContext.Current.CancellationToken);
        TestReportReader.Read(stream, "gate.xml", read);
        int extra = GateReport.Explains(result) ? 0 : 1;
        return read.Doubts.Count == 0
            && read.Passed == result.Evidence.Count(one => one.Verdict == Verdict.Pass)
            && read.Skipped == result.Evidence.Count(one => one.Verdict == Verdict.Skipped)
            && read.NotPassed == result.Evidence.Count - read.Passed - read.Skipped + extra
            && (result.Status == GateStatus.Passed || read.NotPassed > 0)
            && cases.Skip(extra).Select(one => (string)one.Attribute("name")!).SequenceEqual(result.Evidence.Select(one => ReportText.Name(one.Check)));
    }));

    private static string Counts(XElement suite) =>
        string.Join(' ', ((string[])["tests", "failures", "errors", "skipped"]).Select(name => (string)suite.Attribute(name)!));

    // Reads strictly, as XML 1.0 has it, and holds it against the schema.
    private static XElement Read(string text)
    {
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, DtdProcessing = DtdProcessing.Prohibit };
        using Stream xsd = typeof(JUnitReportTests).Assembly.GetManifestResourceStream("junit.xsd")!;
        using var schema = XmlReader.Create(xsd);
        settings.Schemas.Add(null, schema);
        using var xml = XmlReader.Create(new StringReader(text), settings);
        return XElement.Load(xml);
    }
}
