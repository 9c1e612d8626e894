using System.Text.Json;

namespace ReadyOps.Core.Documents;

/// <summary>A tree to JSON and back, so that a journal holds the very document that a rollout runs by.</summary>
public static class DocumentJson
{
    /// <summary>The tree as a JSON element; numbers as they were written, members in their order.</summary>
    public static JsonElement ToJson(DocumentNode node)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, node);
        return JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length)).RootElement;
    }

    /// <summary>The tree of a JSON element. It has no places, and nothing in it is expanded again.</summary>
    public static DocumentNode FromJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new DocumentNode { Kind = NodeKind.Object, Members = MembersOf(element) },
        JsonValueKind.Array => new DocumentNode { Kind = NodeKind.Array, Items = ItemsOf(element) },
        JsonValueKind.String => new DocumentNode { Kind = NodeKind.String, Text = element.GetString()! },
        JsonValueKind.Number => new DocumentNode { Kind = NodeKind.Number, Text = element.GetRawText() },
        JsonValueKind.True => new DocumentNode { Kind = NodeKind.Boolean, Text = "true" },
        JsonValueKind.False => new DocumentNode { Kind = NodeKind.Boolean, Text = "false" },
        _ => new DocumentNode { Kind = NodeKind.Null, Text = "null" },
    };

    private static List<DocumentMember> MembersOf(JsonElement element)
    {
        var members = new List<DocumentMember>();
        foreach (JsonProperty member in element.EnumerateObject()) members.Add(new DocumentMember(member.Name, 0, 0, FromJson(member.Value)));
        return members;
    }

    private static DocumentNode[] ItemsOf(JsonElement element)
    {
        var items = new DocumentNode[element.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in element.EnumerateArray()) items[i++] = FromJson(item);
        return items;
    }

    private static void Write(Utf8JsonWriter writer, DocumentNode node)
    {
        switch (node.Kind)
        {
            case NodeKind.Object:
                writer.WriteStartObject();
                foreach (DocumentMember member in node.Members)
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case NodeKind.Array:
                writer.WriteStartArray();
                foreach (DocumentNode item in node.Items) Write(writer, item);
                writer.WriteEndArray();
                break;
            case NodeKind.String:
                writer.WriteStringValue(node.Text);
                break;
            case NodeKind.Number:
                writer.WriteRawValue(node.Text);
                break;
            case NodeKind.Boolean:
                writer.WriteBooleanValue(node.Text == "true");
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
