using System.Buffers;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// A JSON value read once, ready to be validated any number of times: all of its values in one array, all of its texts in another, both
/// taken from a pool until <see cref="Dispose"/>. Lines and columns are found out when something is to be said about a value.
/// An object that has a name twice is refused, because it means different things to different readers.
/// </summary>
public sealed class JsonInstance : IDisposable
{
    /// <summary>How deep values may be nested.</summary>
    public const int MostDepth = 512;

    /// <summary>How many bytes a text may have: 256 MiB.</summary>
    public const int MostBytes = 256 * 1024 * 1024;

    // A buffer of this size or less is kept with an instance that is used again.
    private const int KeptBytes = 4 * 1024 * 1024;

    [ThreadStatic]
    private static JsonInstance? spare;

    private (int Line, int Column)[]? _places;
    private List<int>? _lines;

    internal JsonInstance(string file) => File = file;

    /// <summary>The file, as the caller named it; empty where there is none.</summary>
    public string File { get; private set; }

    internal TapeNode[] Nodes { get; set; } = [];

    internal int Count { get; set; }

    internal byte[] Text { get; set; } = [];

    internal int TextLength { get; set; }

    internal int SourceLength { get; set; }

    internal ReadOnlySpan<byte> Source => Text.AsSpan(0, SourceLength);

    /// <summary>Reads a JSON text (RFC 8259, in UTF-8). The bytes are not needed afterwards.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <exception cref="DocumentException">It is no JSON, has a name twice in an object, or is nested too deep or too large.</exception>
    public static JsonInstance Parse(ReadOnlyMemory<byte> utf8, string file = "") => Parse(utf8.Span, file);

    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte}, string)"/>
    public static JsonInstance Parse(ReadOnlySpan<byte> utf8, string file = "")
    {
        var instance = new JsonInstance(file);
        instance.Load(utf8);
        return instance;
    }

    /// <summary>The value of a document in YAML or JSON, with the places that it was written at.</summary>
    public static JsonInstance FromDocument(DocumentNode document, string file = "")
    {
        ArgumentNullException.ThrowIfNull(document);
        var instance = new JsonInstance(file);
        var builder = new TapeBuilder(instance);
        var places = new List<(int, int)>();
        Add(ref builder, document, places);
        builder.Finish();
        instance._places = [.. places];
        return instance;
    }

    /// <summary>The value of an element; places are those in its text.</summary>
    /// <exception cref="DocumentException">It has a name twice in an object, or is nested too deep.</exception>
    public static JsonInstance FromElement(JsonElement element, string file = "")
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) element.WriteTo(writer);
        return Parse(buffer.WrittenMemory, file);
    }

    /// <summary>Reads another text into the same buffers, which spares their allocation. What was read before is gone.</summary>
    /// <exception cref="DocumentException">As in <see cref="Parse(ReadOnlyMemory{byte}, string)"/>; the instance then holds nothing.</exception>
    public void Load(ReadOnlySpan<byte> utf8)
    {
        Count = TextLength = SourceLength = 0;
        _places = null;
        _lines = null;
        if (utf8.Length > MostBytes) throw Problem(0, 0, "the text is larger than 256 MiB");
        if (utf8.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
        try
        {
            new TapeBuilder(this).Read(utf8);
        }
        catch (JsonException exception)
        {
            Count = 0;
            throw Refuse(JsonSyntax.Describe(utf8, exception));
        }
        catch (TapeException exception)
        {
            Count = 0;
            (int line, int column) = SourceText.Place(utf8, exception.Offset);
            throw Problem(line, column, exception.Message);
        }
    }

    /// <summary>Gives the buffers back. The instance may be loaded again.</summary>
    public void Dispose()
    {
        if (Nodes.Length > 0) ArrayPool<TapeNode>.Shared.Return(Nodes);
        if (Text.Length > 0) ArrayPool<byte>.Shared.Return(Text);
        (Nodes, Text, Count, TextLength, SourceLength) = ([], [], 0, 0, 0);
        (_places, _lines) = (null, null);
    }

    /// <summary>An instance of this thread's own that keeps its buffers from one text to the next.</summary>
    internal static JsonInstance Rent()
    {
        JsonInstance instance = spare ?? new JsonInstance("");
        spare = null;
        return instance;
    }

    internal static void Return(JsonInstance instance)
    {
        if (instance.Text.Length > KeptBytes || instance.Nodes.Length > KeptBytes / 16) instance.Dispose();
        spare = instance;
    }

    internal ReadOnlySpan<byte> Bytes(int node) => Text.AsSpan(Nodes[node].Start, Nodes[node].Length);

    internal string String(int node) => Encoding.UTF8.GetString(Bytes(node));

    /// <summary>Line and column of a node, from 1; zeros where no source is known.</summary>
    internal (int Line, int Column) Place(int node)
    {
        int source = Nodes[node].Source;
        if (_places is not null) return _places[source];
        _lines ??= LineStarts();
        int line = _lines.BinarySearch(source);
        if (line < 0) line = ~line - 1;
        return (line + 1, SourceText.Place(Source[_lines[line]..], source - _lines[line]).Column);
    }

    private List<int> LineStarts()
    {
        var starts = new List<int> { 0 };
        ReadOnlySpan<byte> source = Source;
        for (int i = 0; i < source.Length; i++)
            if (source[i] == '\n' || (source[i] == '\r' && (i + 1 == source.Length || source[i + 1] != '\n'))) starts.Add(i + 1);
        return starts;
    }

    private DocumentException Problem(int line, int column, string message) => new ProblemList(File).Fatal(line, column, message);

    private DocumentException Refuse((int Line, int Column, string Message, string Expected) problem) =>
        new ProblemList(File).Fatal(problem.Line, problem.Column, problem.Message, problem.Expected);

    private static void Add(ref TapeBuilder builder, DocumentNode node, List<(int, int)> places)
    {
        int source = places.Count;
        places.Add((node.Line, node.Column));
        switch (node.Kind)
        {
            case NodeKind.Object:
                int start = builder.Open(TapeKind.Object, source);
                foreach (DocumentMember member in node.Members)
                {
                    places.Add((member.Line, member.Column));
                    builder.Name(member.Name, places.Count - 1);
                    Add(ref builder, member.Value, places);
                }

                builder.Close(start);
                break;
            case NodeKind.Array:
                int begin = builder.Open(TapeKind.Array, source);
                foreach (DocumentNode item in node.Items) Add(ref builder, item, places);
                builder.Close(begin);
                break;
            default:
                builder.Scalar(KindOf(node), node.Text, source);
                break;
        }
    }

    private static TapeKind KindOf(DocumentNode node) => node.Kind switch
    {
        NodeKind.String => TapeKind.String,
        NodeKind.Number => node.Text.AsSpan().IndexOfAny(".eE") < 0 ? TapeKind.Integer : TapeKind.Number,
        NodeKind.Boolean => node.Text == "true" ? TapeKind.True : TapeKind.False,
        _ => TapeKind.Null,
    };
}
