using System.Globalization;
using System.Xml;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>Reads test reports in one pass, whatever tool wrote them: the root element says which format it is.</summary>
internal static class TestReportReader
{
    private static readonly XmlReportKind Kind = new("TestReportInvalid", "test report",
        "TRX (<TestRun>), JUnit (<testsuites>, <testsuite>) and NUnit (<test-run>, <test-results>) are read.");

    /// <summary>Adds what a report says.</summary>
    /// <param name="stream">The report.</param>
    /// <param name="file">What to call it.</param>
    /// <param name="report">Takes it in.</param>
    /// <exception cref="ReadyOpsException"><c>TestReportInvalid</c>: says file, line and column.</exception>
    public static void Read(ReportStream stream, string file, TestReport report) => XmlReport.Read(stream, file, Kind, root => root switch
    {
        "testsuites" or "testsuite" => new JUnitFormat(report, file),
        "TestRun" => new TrxFormat(report, file),
        "test-run" or "test-results" => new NUnitFormat(report, file),
        _ => null,
    });
}

/// <summary>One format of test reports.</summary>
internal abstract class TestFormat(TestReport report, string file) : XmlFormat
{
    private const int LongestName = 4096;

    protected TestReport Report { get; } = report;

    protected string File { get; } = file;

    protected static int Count(XmlReader xml, string attribute) =>
        int.TryParse(xml.GetAttribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0;

    /// <summary>A name that is kept while what it names is read, and may not be all of a file.</summary>
    protected static string Short(string name) => name.Length <= LongestName ? name : name[..LongestName];

    /// <summary>A duration in seconds as JUnit and NUnit write it, <c>0.25</c> or <c>1,234.5</c>; NaN when there is none.</summary>
    protected static double Seconds(XmlReader xml, string attribute) =>
        double.TryParse(xml.GetAttribute(attribute), NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double seconds)
        && double.IsFinite(seconds) ? seconds : double.NaN;
}
