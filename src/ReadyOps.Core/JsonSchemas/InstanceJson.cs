using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Values of an instance as JSON again.</summary>
internal static class InstanceJson
{
    private const int LongestShown = 200;
    private const int MostNodesShown = 100;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The value in JSON, numbers as they were written.</summary>
    public static string Json(this JsonInstance instance, int node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options)) Write(writer, instance, node);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The value in JSON, cut off where it is long.</summary>
    public static string ShortJson(this JsonInstance instance, int node)
    {
        ref TapeNode value = ref instance.Nodes[node];
        if (value.Next - node > MostNodesShown) return value.Kind == TapeKind.Object ? "{…}" : "[…]";
        string json = instance.Json(node);
        return json.Length <= LongestShown ? json : $"{json[..(LongestShown - 1)]}…";
    }

    private static void Write(Utf8JsonWriter writer, JsonInstance instance, int node)
    {
        switch (instance.Nodes[node].Kind)
        {
            case TapeKind.Object:
                writer.WriteStartObject();
                foreach (int name in instance.Names(node))
                {
                    writer.WritePropertyName(instance.Bytes(name));
                    Write(writer, instance, name + 1);
                }

                writer.WriteEndObject();
                break;
            case TapeKind.Array:
                writer.WriteStartArray();
                foreach (int item in instance.Items(node)) Write(writer, instance, item);
                writer.WriteEndArray();
                break;
            case TapeKind.String:
                writer.WriteStringValue(instance.Bytes(node));
                break;
            default:
                writer.WriteRawValue(instance.Bytes(node), skipInputValidation: true);
                break;
        }
    }
}
