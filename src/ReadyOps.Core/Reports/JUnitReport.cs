using System.Globalization;
using System.Text;
using System.Xml;

namespace ReadyOps.Core.Reports;

/// <summary>
/// JUnit's XML: a suite for each section, a test case for each check. A check that failed is a failure; one that could not see is an
/// error; one that was not run is skipped. Valid by the schema of Ant's task (windyroad/JUnit-Schema, but for <c>skipped</c>, which
/// that one lacks) and by that of Jenkins (junit-10.xsd).
/// </summary>
internal static class JUnitReport
{
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
    };

    public static string Write(IReadOnlyList<GateResult> results, GateReportOptions options)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, Settings))
        {
            xml.WriteStartElement("testsuites");
            int id = 0;
            foreach (GateResult result in results)
                foreach ((string name, IReadOnlyList<Evidence> cases) in SuitesOf(result)) WriteSuite(xml, result, name, cases, id++, options);
            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static IEnumerable<(string Name, IReadOnlyList<Evidence> Cases)> SuitesOf(GateResult result)
    {
        if (!GateReport.Explains(result))
            yield return ("decision", [GateReport.Decision(result, "the gate itself", "gate-decision")]);
        if (result.Prerequisites.Count > 0) yield return ("prerequisites", result.Prerequisites);
        foreach (GateSection section in result.Sections) yield return (section.Name, section.Evidence);
    }

    private static void WriteSuite(XmlWriter xml, GateResult result, string name, IReadOnlyList<Evidence> cases, int id, GateReportOptions options)
    {
        string gate = ReportText.Name(result.Gate), section = ReportText.Name(name);
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", $"{gate} / {section}");
        xml.WriteAttributeString("package", gate);
        xml.WriteAttributeString("id", Text(id));
        xml.WriteAttributeString("tests", Text(cases.Count));
        xml.WriteAttributeString("failures", Text(cases.Count(one => ElementOf(one.Verdict) == "failure")));
        xml.WriteAttributeString("errors", Text(cases.Count(one => ElementOf(one.Verdict) == "error")));
        xml.WriteAttributeString("skipped", Text(cases.Count(one => ElementOf(one.Verdict) == "skipped")));
        xml.WriteAttributeString("time", Seconds(TimeSpan.FromTicks(cases.Sum(one => one.Duration.Ticks))));
        // The schema wants no zone here, and a host where the result knows of none.
        xml.WriteAttributeString("timestamp", result.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        xml.WriteAttributeString("hostname", "localhost");

        xml.WriteStartElement("properties");
        Property(xml, "gate", result.Gate);
        Property(xml, "release", result.Release);
        Property(xml, "status", ReportText.Status(result));
        Property(xml, "reason", result.Reason);
        Property(xml, "score", ReportText.Number(result.Score));
        Property(xml, "passScore", ReportText.Number(result.PassScore));
        Property(xml, "digest", result.Digest);
        Property(xml, "journal", result.JournalReference);
        xml.WriteEndElement();

        foreach (Evidence evidence in cases) WriteCase(xml, evidence, $"{gate}.{section}", options);
        xml.WriteElementString("system-out", string.Concat(cases.Select(one => ReportText.Line(one.ToString()) + "\n")));
        xml.WriteElementString("system-err", "");
        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, Evidence evidence, string type, GateReportOptions options)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", ReportText.Name(evidence.Check));
        xml.WriteAttributeString("classname", type);
        xml.WriteAttributeString("time", Seconds(evidence.Duration));
        if (ElementOf(evidence.Verdict) is { } element)
        {
            xml.WriteStartElement(element);
            xml.WriteAttributeString("message", ReportText.Line(evidence.Reason));
            xml.WriteAttributeString("type", evidence.Verdict.ToString());
            xml.WriteString(ReportText.Lines(string.Join('\n', Body(evidence, options))));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static IEnumerable<string> Body(Evidence evidence, GateReportOptions options)
    {
        yield return evidence.ToString();
        foreach (string detail in evidence.Details) yield return detail;
        if (evidence.NextStep.Length > 0) yield return $"Next: {evidence.NextStep}";
        if (ReportText.PlaceText(evidence.Source, options) is { Length: > 0 } place) yield return $"At {place}";
    }

    private static string? ElementOf(Verdict verdict) => verdict switch
    {
        Verdict.Pass => null,
        Verdict.Fail => "failure",
        Verdict.Skipped => "skipped",
        _ => "error",
    };

    private static void Property(XmlWriter xml, string name, string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        xml.WriteStartElement("property");
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("value", ReportText.Line(value));
        xml.WriteEndElement();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => Math.Max(0, time.TotalSeconds).ToString("0.000", CultureInfo.InvariantCulture);
}
