using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>The output formats of JSON Schema 2020-12, section 12.4.</summary>
internal static class SchemaOutput
{
    // A tree is nested as deep as schemas are applied within each other, an object and a list for each.
    private const int MostDepth = 1_000 + (2 * Evaluation.MostDepth);

    public static JsonElement Flag(bool valid) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("valid", valid);
        writer.WriteEndObject();
    });

    /// <summary>The output about a text of which there is no value to speak of.</summary>
    public static JsonElement Unread(SchemaOutputFormat format, string error) => format == SchemaOutputFormat.Flag ? Flag(false) : Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("valid", false);
        writer.WriteString("keywordLocation", "");
        writer.WriteString("instanceLocation", "");
        writer.WriteStartArray("errors");
        writer.WriteStartObject();
        writer.WriteBoolean("valid", false);
        writer.WriteString("keywordLocation", "");
        writer.WriteString("instanceLocation", "");
        writer.WriteString("error", error);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>Section 12.4.2.</summary>
    public static JsonElement Basic(Unit root) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("valid", root.Valid);
        writer.WriteStartArray(root.Valid ? "annotations" : "errors");
        WriteFlat(writer, root);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    /// <summary>Section 12.4.3: nodes without children are left out, nodes with one child give way to it.</summary>
    public static JsonElement Detailed(Unit root) => Write(writer =>
    {
        writer.WriteStartObject();
        WritePlace(writer, root);
        WriteChildren(writer, root);
        writer.WriteEndObject();
    });

    private static void WriteFlat(Utf8JsonWriter writer, Unit unit)
    {
        if (unit.Annotation is not null || unit.Message.Length > 0) WriteLeaf(writer, unit);
        foreach (Unit part in unit.Units) WriteFlat(writer, part);
    }

    private static void WriteTree(Utf8JsonWriter writer, Unit unit)
    {
        while (unit.Units is [Unit only] && unit.Message.Length == 0) unit = only;
        if (unit.Units.Count == 0)
        {
            if (unit.Annotation is not null || unit.Message.Length > 0) WriteLeaf(writer, unit);
            return;
        }

        writer.WriteStartObject();
        WritePlace(writer, unit);
        WriteChildren(writer, unit);
        writer.WriteEndObject();
    }

    private static void WriteChildren(Utf8JsonWriter writer, Unit unit)
    {
        if (unit.Units.Count == 0) return;
        writer.WriteStartArray(unit.Valid ? "annotations" : "errors");
        foreach (Unit part in unit.Units) WriteTree(writer, part);
        writer.WriteEndArray();
    }

    private static void WriteLeaf(Utf8JsonWriter writer, Unit unit)
    {
        writer.WriteStartObject();
        WritePlace(writer, unit);
        if (unit.Annotation is { } annotation)
        {
            writer.WritePropertyName("annotation");
            writer.WriteRawValue(annotation);
        }
        else
        {
            writer.WriteString("error", unit.Expected.Length > 0 ? $"{unit.Message}; expected {unit.Expected}" : unit.Message);
        }

        writer.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter writer, Unit unit)
    {
        writer.WriteBoolean("valid", unit.Valid);
        writer.WriteString("keywordLocation", unit.KeywordLocation);
        writer.WriteString("absoluteKeywordLocation", unit.AbsoluteLocation);
        writer.WriteString("instanceLocation", unit.InstanceLocation);
    }

    private static JsonElement Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = MostDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) write(writer);
        using var document = JsonDocument.Parse(buffer.WrittenMemory, new JsonDocumentOptions { MaxDepth = MostDepth });
        return document.RootElement.Clone();
    }
}
