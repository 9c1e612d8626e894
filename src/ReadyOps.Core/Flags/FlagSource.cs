using System.Globalization;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Documents;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Flags;

/// <summary>
/// A flag document as a row of values, with the place of each. JSON is read once; YAML becomes JSON, and its values, which stand in the
/// same order, keep the places they were written at.
/// </summary>
internal sealed class FlagSource : IDisposable
{
    private FlagSource(JsonInstance values, JsonInstance places, byte[] json, ProblemList problems)
    {
        (Values, Places, Json, Problems) = (values, places, json, problems);
    }

    public JsonInstance Values { get; }

    /// <summary>The same values with the places they were written at.</summary>
    public JsonInstance Places { get; }

    public byte[] Json { get; }

    /// <summary>What was wrong with it so far.</summary>
    public ProblemList Problems { get; }

    public TapeNode this[int node] => Values.Nodes[node];

    /// <exception cref="DocumentException">It is neither JSON nor YAML.</exception>
    public static FlagSource Read(ReadOnlyMemory<byte> utf8, string file)
    {
        var problems = new ProblemList(file);
        ReadOnlySpan<byte> text = utf8.Span;
        if (text.StartsWith("\uFEFF"u8)) text = text[3..];
        if (!IsYaml(text, file))
        {
            byte[] own = text.ToArray();
            JsonInstance values = JsonInstance.Parse(own.AsSpan(), file);
            return new FlagSource(values, values, own, problems);
        }

        DocumentNode root = DocumentLoader.ReadTree(utf8, problems);
        problems.ThrowIfAny();
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(DocumentJson.ToJson(root));
        return new FlagSource(JsonInstance.Parse(json.AsSpan(), file), JsonInstance.FromDocument(root, file), json, problems);
    }

    public (int Line, int Column) Place(int node) => Places.Place(node);

    /// <summary>The place of a value as it is kept: of YAML its line and column; of JSON its offset, since a document may be one long line.</summary>
    public FlagPlace Keep(int node)
    {
        if (ReferenceEquals(Values, Places)) return new FlagPlace(0, Values.Nodes[node].Source);
        (int line, int column) = Places.Place(node);
        return new FlagPlace(line, column);
    }

    public string Text(int node) => Values.String(node);

    /// <summary>The value of a member, or -1.</summary>
    public int Member(int node, ReadOnlySpan<byte> name)
    {
        if (Values.Nodes[node].Kind != TapeKind.Object) return -1;
        int end = Values.Nodes[node].Next;
        for (int at = node + 1; at < end; at = Values.Nodes[at + 1].Next)
            if (Values.Bytes(at).SequenceEqual(name)) return at + 1;
        return -1;
    }

    /// <summary>Where a value or a member name stands, as a JSON Pointer; found out only where something is to be said about it.</summary>
    public string PathOf(int node)
    {
        var path = new StringBuilder();
        int at = 0;
        while (at != node && Child(at, node, path) is var child && child >= 0) at = child;
        return path.ToString();
    }

    /// <summary>Notes a problem at a value, unless something is known to be wrong there.</summary>
    public void Problem(ProblemList problems, int node, string message, string expected = "")
    {
        // Nobody would see it, and to find out where it stands costs time.
        if (problems.IsFull) return;
        (int line, int column) = Place(node);
        if (!problems.AnyAt(line, column)) problems.Add(line, column, PathOf(node), message, expected);
    }

    private int Child(int around, int node, StringBuilder path)
    {
        int index = 0;
        bool named = Values.Nodes[around].Kind == TapeKind.Object;
        for (int at = around + 1; at < Values.Nodes[around].Next; at = Values.Nodes[at].Next, index++)
        {
            int name = at;
            if (named) at++;
            if (node >= Values.Nodes[at].Next) continue;
            path.Append('/').Append(named ? Escape(Text(name)) : index.ToString(CultureInfo.InvariantCulture));
            return node == name ? -1 : at;
        }

        return -1;
    }

    private static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    public void Dispose()
    {
        Values.Dispose();
        if (!ReferenceEquals(Values, Places)) Places.Dispose();
    }

    private static bool IsYaml(ReadOnlySpan<byte> text, string file)
    {
        string extension = Path.GetExtension(file).ToLowerInvariant();
        if (extension is ".yaml" or ".yml") return true;
        if (extension == ".json") return false;
        int first = text.IndexOfAnyExcept(" \t\r\n"u8);
        return first < 0 || text[first] is not ((byte)'{' or (byte)'[');
    }
}

/// <summary>Where a flag is written.</summary>
/// <param name="Line">Its line, from 1; 0 where only the offset is known.</param>
/// <param name="Column">Its column, from 1, or its offset in the JSON.</param>
internal readonly record struct FlagPlace(int Line, int Column)
{
    public (int Line, int Column) In(ReadOnlySpan<byte> json) => Line > 0 ? (Line, Column) : SourceText.Place(json, Column);
}
