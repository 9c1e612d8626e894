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
    private readonly JsonInstance _places;

    private FlagSource(JsonInstance values, JsonInstance places, byte[] json, ProblemList problems)
    {
        (Values, _places, Json, Problems) = (values, places, json, problems);
    }

    public JsonInstance Values { get; }

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

    public (int Line, int Column) Place(int node) => _places.Place(node);

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

    public void Dispose()
    {
        Values.Dispose();
        if (!ReferenceEquals(Values, _places)) _places.Dispose();
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
