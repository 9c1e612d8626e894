using System.Globalization;
using System.Xml;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// Cobertura's XML, as coverlet, coverage.py, gcovr, Istanbul, PHPUnit and others write it. Rates are made of the lines; those that the
/// report claims are only held against them.
/// </summary>
internal sealed class CoberturaFormat(CoverageMap map, string file) : XmlFormat
{
    // Tools round to two digits, and do not agree on what to count of lines that several classes share.
    private const double Tolerance = 0.02;

    private readonly List<string> _sources = [];
    private double _claimed = double.NaN;
    private string _source = "";
    private bool _inSource;
    private string _package = "";
    private string _class = "";
    private uint _classHash;
    private CoveredFile? _file;
    private ulong _method;
    private bool _inMethod;
    private bool _methodHasLines;
    private bool _methodCovered;

    public override bool WantsText => _inSource;

    public override void Text(ReadOnlySpan<char> piece)
    {
        if (_source.Length + piece.Length < 4096) _source = string.Concat(_source, piece);
    }

    public override void Begin(XmlReader xml)
    {
        switch (xml.LocalName)
        {
            case "coverage":
                _claimed = Share(xml, "line-rate");
                break;
            case "source":
                _inSource = true;
                _source = "";
                break;
            case "package":
                _package = xml.GetAttribute("name") is { Length: > 0 } name ? name : "(no name)";
                break;
            case "class":
                _class = xml.GetAttribute("name") ?? "";
                _classHash = (uint)StableHash.Of(_class);
                // Without its file a class is told apart by its name: lines of two classes must not count as the same.
                _file = map.File(_package, xml.GetAttribute("filename") is { Length: > 0 } source ? PathOf(source) : $"(class {_class})");
                break;
            case "method" when _file is not null:
                _inMethod = true;
                _methodHasLines = _methodCovered = false;
                _method = StableHash.Of(_class, xml.GetAttribute("name"), xml.GetAttribute("signature"));
                break;
            case "line" when _file is not null:
                Line(xml, _file);
                break;
        }
    }

    public override void End(string element)
    {
        switch (element)
        {
            case "source":
                _inSource = false;
                if (_source.Trim() is { Length: > 0 } source && _sources.Count < 100) _sources.Add(source);
                break;
            case "method" when _inMethod && _file is not null:
                _inMethod = false;
                if (_methodHasLines) map.Grow(_file.Method(_method, _methodCovered));
                break;
            case "class":
                _file = null;
                break;
        }
    }

    public override void Finish()
    {
        double counted = map.Whole(CoverageMetric.Line).Rate;
        if (double.IsNaN(counted) || double.IsNaN(_claimed) || Math.Abs(counted - _claimed) <= Tolerance) return;
        map.Doubt(string.Create(CultureInfo.InvariantCulture, $"{file} claims a line rate of {_claimed * 100:0.##}%, and its lines make {counted * 100:0.##}%."));
    }

    private void Line(XmlReader xml, CoveredFile covered)
    {
        string number = xml.GetAttribute("number") ?? "";
        string hits = xml.GetAttribute("hits") ?? "";
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int line)) throw Broken(xml, $"the line number '{Judge.Cut(number)}' is none");
        if (!LcovFormat.TryHits(hits, out bool hit)) throw Broken(xml, $"the hits '{Judge.Cut(hits)}' of line {number} are no count");
        map.Grow(covered.Line(line, hit));
        if (_inMethod)
        {
            _methodHasLines = true;
            _methodCovered |= hit;
        }

        // "50% (1/2)": which of them it was is not told everywhere, so the first ones stand for those that were taken. A line may have
        // decisions in several classes, that of a lambda for example.
        string? conditions = xml.GetAttribute("condition-coverage");
        if (conditions is null || conditions.IndexOf('(') is not (>= 0 and int open)) return;
        ReadOnlySpan<char> counts = conditions.AsSpan(open + 1).TrimEnd(") ");
        int slash = counts.IndexOf('/');
        if (slash < 0 || !int.TryParse(counts[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out int taken)
            || !int.TryParse(counts[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int all) || taken > all || all > 100_000)
        {
            throw Broken(xml, $"the condition coverage '{Judge.Cut(conditions)}' of line {number} is not like '50% (1/2)'");
        }

        for (int branch = 0; branch < all; branch++) map.Grow(covered.Branch(line, _classHash + (uint)branch, branch < taken));
    }

    // Reports name files from a root of their own each; only whole paths tell whether two of them mean the same file.
    private string PathOf(string name)
    {
        string path = name.Replace('\\', '/');
        if (path.StartsWith('/') || (path.Length > 1 && path[1] == ':') || _sources.Count == 0) return path;
        string sources = string.Join('|', _sources).Replace('\\', '/');
        return sources.EndsWith('/') ? sources + path : $"{sources}/{path}";
    }

    private static double Share(XmlReader xml, string attribute) =>
        double.TryParse(xml.GetAttribute(attribute), NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate is >= 0 and <= 1 ? rate : double.NaN;

    private static XmlException Broken(XmlReader xml, string what) => xml is IXmlLineInfo place && place.HasLineInfo()
        ? new XmlException(what, null, place.LineNumber, place.LinePosition)
        : new XmlException(what);
}
