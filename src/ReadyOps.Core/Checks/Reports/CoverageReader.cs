using System.Text;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>Reads coverage reports in one pass: Cobertura's XML and the tracefiles of lcov; the first bytes say which it is.</summary>
internal static class CoverageReader
{
    /// <summary>The error of everything that is no coverage report.</summary>
    public const string ErrorId = "CoverageReportInvalid";

    /// <summary>Which formats are read.</summary>
    public const string Known = "Cobertura (<coverage>) and lcov are read; most tools write one of them.";

    // Cobertura's own reports name its DTD.
    private static readonly XmlReportKind Kind = new(ErrorId, "coverage report", Known) { IgnoreDtd = true };

    /// <summary>Adds what a report says.</summary>
    /// <param name="stream">The report.</param>
    /// <param name="file">What to call it.</param>
    /// <param name="total">Takes it in.</param>
    /// <exception cref="ReadyOpsException"><c>CoverageReportInvalid</c>: says file and line.</exception>
    public static void Read(ReportStream stream, string file, CoverageMap total)
    {
        var map = new CoverageMap();
        if (IsXml(stream.Peek(1024))) XmlReport.Read(stream, file, Kind, root => root == "coverage" ? new CoberturaFormat(map, file) : null);
        else LcovFormat.Read(stream, file, map);
        total.Merge(map);
    }

    private static bool IsXml(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(Encoding.Unicode.Preamble) || head.StartsWith(Encoding.BigEndianUnicode.Preamble)) return true;
        if (head.StartsWith(Encoding.UTF8.Preamble)) head = head[3..];
        head = head.TrimStart(" \t\r\n"u8);
        return head.IsEmpty || head[0] == '<';
    }
}
