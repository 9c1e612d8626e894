using System.Globalization;
using System.Xml;

namespace ReadyOps.Core.Checks;

/// <summary>Reads test reports in one pass, whatever tool wrote them: the root element says which format it is.</summary>
internal static class TestReportReader
{
    /// <summary>The largest report that is read.</summary>
    public const long MaxBytes = 64L * 1024 * 1024;

    // No DTD and nothing fetched, so neither entity bombs nor references to other files can do anything.
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = MaxBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        // Reports quote terminal output, and not every tool leaves out the escape codes that XML forbids.
        CheckCharacters = false,
    };

    /// <summary>Adds what a report says.</summary>
    /// <param name="stream">The report.</param>
    /// <param name="file">What to call it.</param>
    /// <param name="report">Takes it in.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="ReadyOpsException"><c>TestReportInvalid</c>: says file, line and column.</exception>
    public static void Read(Stream stream, string file, TestReport report, CancellationToken cancel)
    {
        using XmlReader xml = XmlReader.Create(stream, Settings);
        try
        {
            xml.MoveToContent();
            TestFormat format = xml.LocalName switch
            {
                "testsuites" or "testsuite" => new JUnitFormat(report, file),
                "TestRun" => new TrxFormat(report, file),
                "test-run" or "test-results" => new NUnitFormat(report, file),
                _ => throw new ReadyOpsException("TestReportInvalid", $"{file} begins with <{Judge.Cut(xml.LocalName)}>, which is no test report.",
                    "TRX (<TestRun>), JUnit (<testsuites>, <testsuite>) and NUnit (<test-run>, <test-results>) are read."),
            };
            do
            {
                cancel.ThrowIfCancellationRequested();
                if (xml.NodeType == XmlNodeType.Element)
                {
                    bool empty = xml.IsEmptyElement;
                    format.Begin(xml);
                    if (empty) format.End(xml.LocalName);
                }
                else if (xml.NodeType == XmlNodeType.EndElement)
                {
                    format.End(xml.LocalName);
                }
                else if (xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
                {
                    format.Text(xml);
                }
            }
            while (xml.Read());
            format.Finish();
        }
        catch (XmlException e)
        {
            string place = e.LineNumber > 0 ? string.Create(CultureInfo.InvariantCulture, $":{e.LineNumber}:{e.LinePosition}") : "";
            string why = e.Message.IndexOf(" Line ", StringComparison.Ordinal) is > 0 and int end ? e.Message[..end] : e.Message;
            // The runtime's own sentence tells a programmer how to switch the protection off.
            if (why.Contains("DTD", StringComparison.Ordinal)) why = "it has a document type definition (DTD), which no test report needs and which could pull in anything";
            throw new ReadyOpsException("TestReportInvalid", $"{file}{place} cannot be read as XML: {why.TrimEnd('.')}.", "See whether the run that writes it was cut off.", e);
        }
    }
}

/// <summary>One format of test reports, fed element by element.</summary>
internal abstract class TestFormat(TestReport report, string file)
{
    protected TestReport Report { get; } = report;

    protected string File { get; } = file;

    /// <summary>An element begins.</summary>
    public abstract void Begin(XmlReader xml);

    /// <summary>An element ends.</summary>
    public abstract void End(string element);

    /// <summary>Text within an element; not read unless it matters, because logs are long.</summary>
    public virtual void Text(XmlReader xml)
    {
    }

    /// <summary>The document ended.</summary>
    public virtual void Finish()
    {
    }

    protected static int Count(XmlReader xml, string attribute) =>
        int.TryParse(xml.GetAttribute(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 0;
}
