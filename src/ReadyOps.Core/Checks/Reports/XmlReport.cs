using System.Globalization;
using System.Xml;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// Reads XML reports in one pass and in memory that does not grow with them: nothing is fetched, no entity is expanded, and depth,
/// names and the size of a tag are limited.
/// </summary>
internal static class XmlReport
{
    /// <summary>How deep elements may be nested.</summary>
    public const int MaxDepth = 256;

    private const int MaxNames = 10_000;
    private const int TextPiece = 4096;

    /// <summary>Reads a report.</summary>
    /// <param name="stream">The report.</param>
    /// <param name="file">What to call it.</param>
    /// <param name="settings">What kind of report it must be.</param>
    /// <param name="formatOf">The format that begins with an element of that name, or <see langword="null"/> when none does.</param>
    /// <exception cref="ReadyOpsException">It is no such report: says file, line and column.</exception>
    public static void Read(ReportStream stream, string file, XmlReportKind settings, Func<string, XmlFormat?> formatOf)
    {
        using XmlReader xml = XmlReader.Create(stream, SettingsFor(settings));
        try
        {
            xml.MoveToContent();
            XmlFormat format = formatOf(xml.LocalName) ?? throw new ReadyOpsException(settings.ErrorId,
                $"{file} begins with <{Judge.Cut(xml.LocalName)}>, which is no {settings.What}.", settings.Known);
            char[] piece = new char[TextPiece];
            do
            {
                stream.NextPiece();
                if (xml.Depth > MaxDepth) throw new XmlException($"elements are nested more than {MaxDepth} deep", null, Line(xml), 1);
                switch (xml.NodeType)
                {
                    case XmlNodeType.Element:
                        bool empty = xml.IsEmptyElement;
                        format.Begin(xml);
                        // The reader may stand on an attribute now, and the name has to be that of the element.
                        xml.MoveToElement();
                        if (empty) format.End(xml.LocalName);
                        break;
                    case XmlNodeType.EndElement:
                        format.End(xml.LocalName);
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA:
                        ReadText(xml, stream, format, piece);
                        break;
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
            if (why.Contains("DTD", StringComparison.Ordinal)) why = $"it has a document type definition (DTD), which no {settings.What} needs and which could pull in anything";
            throw new ReadyOpsException(settings.ErrorId, $"{file}{place} cannot be read as XML: {Judge.Cut(why.TrimEnd('.'))}.", "See whether the run that writes it was cut off.", e);
        }
    }

    // Always in pieces, wanted or not: as a whole a log of 100 MB would have to fit into memory.
    private static void ReadText(XmlReader xml, ReportStream stream, XmlFormat format, char[] piece)
    {
        bool wanted = format.WantsText;
        int length;
        while ((length = xml.ReadValueChunk(piece, 0, piece.Length)) > 0)
        {
            stream.NextPiece();
            if (wanted) format.Text(piece.AsSpan(0, length));
        }
    }

    private static XmlReaderSettings SettingsFor(XmlReportKind kind) => new()
    {
        // Nothing is fetched and nothing expanded, so neither entity bombs nor references to other files can do anything. Where a
        // DTD is ignored, an entity that it declares is unknown, and using one an error.
        DtdProcessing = kind.IgnoreDtd ? DtdProcessing.Ignore : DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = ReportStream.MaxBytes,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        // Reports quote terminal output, and not every tool leaves out the escape codes that XML forbids.
        CheckCharacters = false,
        NameTable = new LimitedNames(),
    };

    private static int Line(XmlReader xml) => (xml as IXmlLineInfo)?.LineNumber ?? 0;

    // The reader keeps every name that it meets; a real format has a few dozen.
    private sealed class LimitedNames : NameTable
    {
        private int _count;

        public override string Add(char[] key, int start, int len) => Get(key, start, len) ?? New(base.Add(key, start, len));

        private string New(string name) => ++_count <= MaxNames ? name : throw new XmlException($"it has more than {MaxNames} different names of elements and attributes");
    }
}

/// <summary>What a reader of reports expects.</summary>
/// <param name="ErrorId">The id of the error when it is something else.</param>
/// <param name="What">What it is called: <c>test report</c>.</param>
/// <param name="Known">Which formats are read, as a sentence.</param>
internal sealed record XmlReportKind(string ErrorId, string What, string Known)
{
    /// <summary>Whether a DTD is passed over; otherwise it is refused.</summary>
    public bool IgnoreDtd { get; init; }
}
