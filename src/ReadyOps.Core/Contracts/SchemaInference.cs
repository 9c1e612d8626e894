using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Contracts;

/// <summary>
/// Makes a schema (draft 2020-12) out of samples: types, required members, enums of few values, formats. It accepts every sample it
/// was made of, formats asserted; what it leaves open is for a person to tighten.
/// </summary>
/// <param name="options">What to infer.</param>
public sealed class SchemaInference(SchemaInferenceOptions options)
{
    private const int MostDepth = 128;

    private readonly SampleShape _root = new();

    /// <summary>How many samples it has seen.</summary>
    public int Samples { get; private set; }

    /// <summary>Takes in one sample.</summary>
    /// <param name="utf8">Its JSON.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <exception cref="DocumentException">It is no JSON, or has a name twice in an object.</exception>
    public void Add(ReadOnlyMemory<byte> utf8, string file = "")
    {
        // Read as the validator will read it, so that nothing is inferred from what it would refuse.
        using (JsonInstance.Parse(utf8, file))
        {
        }

        using JsonDocument sample = JsonDocument.Parse(utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8, new JsonDocumentOptions { MaxDepth = JsonInstance.MostDepth });
        _root.Add(sample.RootElement);
        Samples++;
    }

    /// <summary>Takes in a file: one sample, or one a line where the file is named <c>.jsonl</c> or <c>.ndjson</c>.</summary>
    /// <exception cref="DocumentException">A sample is no JSON.</exception>
    /// <exception cref="ReadyOpsException"><c>SampleUnreadable</c></exception>
    public async Task AddFileAsync(string file, CancellationToken cancel)
    {
        try
        {
            if (JsonLines.IsName(file)) await AddLinesAsync(file, cancel).ConfigureAwait(false);
            else Add(AsJson(await JsonLines.ReadWholeAsync(file, JsonInstance.MostBytes, cancel).ConfigureAwait(false), file), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReadyOpsException("SampleUnreadable", $"{file} cannot be read: {e.Message.TrimEnd('.')}.", "See that the file is there and that you may read it.", e);
        }
    }

    /// <summary>The schema as indented JSON.</summary>
    /// <exception cref="ReadyOpsException"><c>SamplesMissing</c>: there was none.</exception>
    public byte[] ToSchema()
    {
        if (Samples == 0) throw new ReadyOpsException("SamplesMissing", "There is no sample to infer a contract from.", "Give at least one document that is as it should be.");
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 }))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            if (options.Title.Length > 0) writer.WriteString("title", options.Title);
            writer.WriteString("description", string.Create(CultureInfo.InvariantCulture, $"Inferred from {Samples} sample{(Samples == 1 ? "" : "s")}: a starting point to be tightened by hand."));
            WriteKeywords(writer, _root);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private async Task AddLinesAsync(string file, CancellationToken cancel)
    {
        FileStream stream = await JsonLines.OpenAsync(file, cancel).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await foreach ((ReadOnlyMemory<byte> text, long line) in JsonLines.ReadAsync(stream, file, cancel).ConfigureAwait(false))
            {
                try
                {
                    Add(text, file);
                }
                catch (DocumentException broken)
                {
                    throw new DocumentException([.. broken.Problems.Select(problem => problem with { Line = (int)Math.Min(line, int.MaxValue) })]);
                }
            }
        }
    }

    private static ReadOnlyMemory<byte> AsJson(ArraySegment<byte> bytes, string file)
    {
        if (!SchemaFile.IsYaml(file)) return bytes;
        using JsonInstance sample = SchemaFile.Read(bytes, file);
        return Encoding.UTF8.GetBytes(sample.Json(0));
    }

    private void WriteKeywords(Utf8JsonWriter writer, SampleShape shape)
    {
        // A schema that is nested deeper could not be read again; what is there is left open.
        if (writer.CurrentDepth > MostDepth) return;
        WriteTypes(writer, shape);
        WriteText(writer, shape);
        if (shape.Objects > 0) WriteObject(writer, shape);
        if (shape.Items is { } items) WriteNested(writer, "items", items);
    }

    private static void WriteTypes(Utf8JsonWriter writer, SampleShape shape)
    {
        IReadOnlyList<string> types = shape.Types;
        if (types.Count == 1) writer.WriteString("type", types[0]);
        if (types.Count <= 1) return;
        writer.WriteStartArray("type");
        foreach (string type in types) writer.WriteStringValue(type);
        writer.WriteEndArray();
    }

    // An enum speaks of every type at once, so it is only for texts, with null beside them.
    private void WriteText(Utf8JsonWriter writer, SampleShape shape)
    {
        if (shape.Texts == 0) return;
        if (shape.Format is { } format)
        {
            writer.WriteString("format", format);
            return;
        }

        bool alone = shape.Types.All(type => type is "string" or "null");
        if (!alone || shape.Values is not { } values || values.Count > options.MostEnumValues || shape.Texts < 4 * values.Count || shape.Texts < 8) return;
        writer.WriteStartArray("enum");
        foreach (string value in values.Order(StringComparer.Ordinal)) writer.WriteStringValue(value);
        if (shape.Types.Contains("null")) writer.WriteNullValue();
        writer.WriteEndArray();
    }

    private void WriteObject(Utf8JsonWriter writer, SampleShape shape)
    {
        if (shape.AsMap() is { } map)
        {
            WriteNested(writer, "additionalProperties", map);
            return;
        }

        string[] required = [.. shape.Members.Where(member => member.Value.Seen == shape.Objects).Select(member => member.Key)];
        if (required.Length > 0)
        {
            writer.WriteStartArray("required");
            foreach (string name in required) writer.WriteStringValue(name);
            writer.WriteEndArray();
        }

        if (shape.Members.Count > 0)
        {
            writer.WriteStartObject("properties");
            foreach ((string name, SampleShape member) in shape.Members) WriteNested(writer, name, member);
            writer.WriteEndObject();
        }

        if (options.Closed) writer.WriteBoolean("additionalProperties", false);
    }

    private void WriteNested(Utf8JsonWriter writer, string name, SampleShape shape)
    {
        writer.WriteStartObject(name);
        WriteKeywords(writer, shape);
        writer.WriteEndObject();
    }
}

/// <summary>What <see cref="SchemaInference"/> infers.</summary>
public sealed record SchemaInferenceOptions
{
    /// <summary>What the schema is called; empty for nothing.</summary>
    public string Title { get; init; } = "";

    /// <summary>Whether members that no sample has are refused.</summary>
    public bool Closed { get; init; }

    /// <summary>How many different texts make an enum at most, where each was seen four times on average; 0 for no enums.</summary>
    public int MostEnumValues { get; init; } = 8;
}
