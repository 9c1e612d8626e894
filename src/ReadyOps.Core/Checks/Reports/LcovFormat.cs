using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// The tracefiles of lcov (geninfo(1)), as lcov 1 and 2, Istanbul, coverlet, Rust's and Dart's tools write them. The folder of a file is
/// its package. The totals of a record (<c>LF</c>, <c>LH</c>) are only held against its lines.
/// </summary>
internal sealed class LcovFormat
{
    private const int LongestLine = 64 * 1024;
    private const int MaxAliases = 1_000_000;

    private readonly CoverageMap _map;
    private readonly string _name;
    private readonly Dictionary<string, ulong> _aliases = new(StringComparer.Ordinal);
    private CoveredFile? _file;
    private string _path = "";
    private CoveredFile _record = new();
    private (long Found, long Hit) _claimed = (-1, -1);
    private int _number;

    private LcovFormat(CoverageMap map, string name)
    {
        _map = map;
        _name = name;
    }

    /// <summary>Reads a tracefile.</summary>
    public static void Read(ReportStream stream, string name, CoverageMap map)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024, leaveOpen: true);
        var format = new LcovFormat(map, name);
        char[] line = new char[LongestLine];
        int length = 0;
        int next;
        while ((next = reader.Read()) >= 0)
        {
            if (next == '\n')
            {
                stream.NextPiece();
                format.Line(line.AsSpan(0, length));
                length = 0;
            }
            else if (length < LongestLine)
            {
                line[length++] = (char)next;
            }
            else
            {
                throw format.Broken("it has a line of more than 64 KiB");
            }
        }

        if (length > 0) format.Line(line.AsSpan(0, length));
        if (format._file is not null) throw format.Broken("it ends in the middle of a record");
    }

    /// <summary>Whether a count of executions is above zero; some tools write exponents, and gcc has written negative ones.</summary>
    public static bool TryHits(ReadOnlySpan<char> text, out bool hit)
    {
        bool ok = double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double count);
        hit = ok && count > 0;
        return ok && double.IsFinite(count);
    }

    private void Line(ReadOnlySpan<char> line)
    {
        _number++;
        line = line.Trim();
        if (line.IsEmpty || line[0] == '#') return;
        if (line.SequenceEqual("end_of_record"))
        {
            EndRecord();
            return;
        }

        int colon = line.IndexOf(':');
        if (colon < 0) throw Broken(_number == 1 ? "it begins like no coverage report" : $"'{Judge.Cut(line.ToString())}' is no line of an lcov tracefile");
        ReadOnlySpan<char> value = line[(colon + 1)..];
        switch (line[..colon])
        {
            case "SF":
                BeginRecord(value);
                break;
            case "DA":
                DataLine(value);
                break;
            case "BRDA":
                Branch(value);
                break;
            case "FNDA" or "FNA":
                Function(line[..colon], value);
                break;
            case "FN" or "FNL":
                Declare(line[..colon], value);
                break;
            case "LF":
                _claimed.Found = Whole(value);
                break;
            case "LH":
                _claimed.Hit = Whole(value);
                break;
            case { Length: >= 2 and <= 8 } key when !key.ContainsAnyExceptInRange('A', 'Z'):
                // A name of the test, a total of something else, or whatever a later lcov adds.
                break;
            default:
                throw Broken($"'{Judge.Cut(line.ToString())}' is no line of an lcov tracefile");
        }
    }

    private void BeginRecord(ReadOnlySpan<char> value)
    {
        if (_file is not null) throw Broken("a record begins in the middle of another");
        // Files without a name would count as one.
        if (value.IsEmpty) throw Broken("a record names no file");
        _path = value.ToString().Replace('\\', '/');
        int slash = _path.LastIndexOf('/');
        _file = _map.File(slash > 0 ? _path[..slash] : ".", _path);
        _record = new CoveredFile();
        _claimed = (-1, -1);
        _aliases.Clear();
    }

    // lcov merges what it appends, so the totals are those of this record and not of the file.
    private void EndRecord()
    {
        CoveredFile file = InRecord();
        // What the record took is given back, but for what it added to the file.
        _map.Grow(file.Merge(_record) - _record.Entries);
        CoverageCount lines = _record.Count(CoverageMetric.Line);
        if ((_claimed.Found >= 0 && _claimed.Found != lines.Total) || (_claimed.Hit >= 0 && _claimed.Hit != lines.Covered))
            _map.Doubt(string.Create(CultureInfo.InvariantCulture, $"{_name}: the record of {Judge.Cut(_path)} claims {_claimed.Hit} of {_claimed.Found} lines, and has {lines.Covered} of {lines.Total}."));
        _file = null;
    }

    // DA:line,hits[,checksum]
    private void DataLine(ReadOnlySpan<char> value)
    {
        InRecord();
        int comma = value.IndexOf(',');
        if (comma < 0 || !TryLine(value[..comma], out int line)) throw Broken($"'DA:{Judge.Cut(value.ToString())}' names no line");
        ReadOnlySpan<char> hits = value[(comma + 1)..];
        int second = hits.IndexOf(',');
        if (second >= 0) hits = hits[..second];
        if (!TryHits(hits, out bool hit)) throw Broken($"'DA:{Judge.Cut(value.ToString())}' has no count");
        _map.Grow(_record.Line(line, hit));
    }

    // BRDA:line,block,branch,taken; the branch may be an expression with commas in it.
    private void Branch(ReadOnlySpan<char> value)
    {
        InRecord();
        int comma = value.IndexOf(',');
        int last = value.LastIndexOf(',');
        if (comma < 0 || last == comma || !TryLine(value[..comma], out int line)) throw Broken($"'BRDA:{Judge.Cut(value.ToString())}' is not like 'BRDA:line,block,branch,taken'");
        ReadOnlySpan<char> taken = value[(last + 1)..];
        bool hit = false;
        if (!taken.SequenceEqual("-") && !TryHits(taken, out hit)) throw Broken($"'BRDA:{Judge.Cut(value.ToString())}' has no count");
        _map.Grow(_record.Branch(line, (uint)StableHash.Of(value[(comma + 1)..last].ToString()), hit));
    }

    // lcov 1 counts by name, FNDA:hits,name; lcov 2 by index, FNL:index,line[,end] and FNA:index,hits,name, several names to an index.
    private void Function(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
    {
        InRecord();
        int comma = value.IndexOf(',');
        if (comma < 0) throw Broken($"'{key}:{Judge.Cut(value.ToString())}' names no function");
        bool byIndex = key.SequenceEqual("FNA");
        ReadOnlySpan<char> hits = value[..comma];
        ulong function = StableHash.Of(value[(comma + 1)..].ToString());
        if (byIndex)
        {
            ReadOnlySpan<char> rest = value[(comma + 1)..];
            int second = rest.IndexOf(',');
            hits = second < 0 ? rest : rest[..second];
            function = _aliases.GetValueOrDefault(value[..comma].ToString(), StableHash.Of(value[..comma].ToString()));
        }

        if (!TryHits(hits, out bool hit)) throw Broken($"'{key}:{Judge.Cut(value.ToString())}' has no count");
        _map.Grow(_record.Method(function, hit));
    }

    // FN:line[,end],name and FNL:index,line[,end]; the name of a C++ function has commas of its own.
    private void Declare(ReadOnlySpan<char> key, ReadOnlySpan<char> value)
    {
        InRecord();
        int comma = value.IndexOf(',');
        if (comma < 0) throw Broken($"'{key}:{Judge.Cut(value.ToString())}' is cut off");
        ReadOnlySpan<char> rest = value[(comma + 1)..];
        if (key.SequenceEqual("FNL"))
        {
            if (_aliases.Count < MaxAliases) _aliases[value[..comma].ToString()] = StableHash.Of(rest.ToString());
            return;
        }

        int second = rest.IndexOf(',');
        if (second > 0 && TryLine(rest[..second], out _)) rest = rest[(second + 1)..];
        // A function that no FNDA tells of was not run.
        _map.Grow(_record.Method(StableHash.Of(rest.ToString()), covered: false));
    }

    private CoveredFile InRecord() => _file ?? throw Broken("something is counted before any file is named (SF)");

    private long Whole(ReadOnlySpan<char> value)
    {
        InRecord();
        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : throw Broken($"'{Judge.Cut(value.ToString())}' is no count");
    }

    private static bool TryLine(ReadOnlySpan<char> text, out int line) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out line);

    private ReadyOpsException Broken(string why) => new(CoverageReader.ErrorId,
        string.Create(CultureInfo.InvariantCulture, $"{_name}:{_number} cannot be read as a coverage report: {why}."), CoverageReader.Known);
}
