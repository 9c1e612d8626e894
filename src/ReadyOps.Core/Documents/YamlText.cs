using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReadyOps.Core.Documents;

/// <summary>Writes a tree as YAML in blocks; objects of plain values within a list, and lists of plain values, in one line.</summary>
internal static class YamlText
{
    /// <summary>The document.</summary>
    public static string Write(JsonObject root)
    {
        var text = new StringBuilder();
        Members(text, root, 0, first: false);
        return text.ToString();
    }

    private static void Members(StringBuilder text, JsonObject node, int indent, bool first)
    {
        foreach ((string name, JsonNode? value) in node)
        {
            if (!first) text.Append(' ', indent);
            first = false;
            text.Append(name).Append(':');
            switch (value)
            {
                case JsonObject { Count: > 0 } inner:
                    text.Append('\n');
                    Members(text, inner, indent + 2, first: false);
                    break;
                case JsonArray list when list.Any(item => item is JsonObject or JsonArray):
                    text.Append('\n');
                    foreach (JsonNode? item in list) Item(text, item!, indent);
                    break;
                default:
                    text.Append(' ').Append(Flow(value)).Append('\n');
                    break;
            }
        }
    }

    private static void Item(StringBuilder text, JsonNode item, int indent)
    {
        text.Append(' ', indent).Append("- ");
        bool flat = item is not JsonObject node || (node.Count > 8 && node.All(member => member.Value is JsonValue));
        if (flat) text.Append(Flow(item)).Append('\n');
        else Members(text, item.AsObject(), indent + 2, first: true);
    }

    private static string Flow(JsonNode? value) => value switch
    {
        JsonObject node => $"{{{string.Join(", ", node.Select(member => $"{member.Key}: {Flow(member.Value)}"))}}}",
        JsonArray list => $"[{string.Join(", ", list.Select(Flow))}]",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => YamlScalar.Write(text.GetValue<string>()),
        null => "null",
        _ => value.ToJsonString(),
    };
}
