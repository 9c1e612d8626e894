using System.Text;
using System.Text.Json;

namespace ReadyOps.Core.Journal;

/// <summary>JSON values as they go into a line.</summary>
internal static class JournalJson
{
    /// <summary>Writes a value without white space and with as few escapes as JSON allows.</summary>
    public static void WriteCompact(Utf8JsonWriter writer, JsonElement value)
    {
        if (HasOnlyWholeCharacters(value))
            value.WriteTo(writer);
        else
            writer.WriteRawValue(WithoutWhiteSpace(value.GetRawText()), skipInputValidation: true);
    }

    /// <summary>A value that was read off a line before, and so is known to be one.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> utf8)
    {
        Utf8JsonReader json = new(utf8, new JsonReaderOptions { MaxDepth = JournalChain.MaxDepth });
        return JsonElement.ParseValue(ref json);
    }

    /// <summary>A text; as it was spelled in JSON, with its quotes, where it holds half of a surrogate pair.</summary>
    public static string Text(JsonElement json) => TryDecode(json.GetString, out string? text) ? text! : json.GetRawText();

    /// <summary>A member's name; as it was spelled in JSON, with its quotes, where it holds half of a surrogate pair.</summary>
    public static string Name(JsonProperty property) =>
        TryDecode(() => property.Name, out string? name) ? name! : property.ToString().Split("\":", 2)[0] + '"';

    /// <summary>
    /// Half of a surrogate pair (<c>"\ud800"</c>) is valid in JSON text but no character, and the writer refuses it. What somebody's
    /// endpoint answered must never stop the journal, so such a value is kept as it was spelled.
    /// </summary>
    private static bool HasOnlyWholeCharacters(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().All(p => TryDecode(() => p.Name, out _) && HasOnlyWholeCharacters(p.Value)),
        JsonValueKind.Array => value.EnumerateArray().All(HasOnlyWholeCharacters),
        JsonValueKind.String => TryDecode(value.GetString, out _),
        _ => true,
    };

    private static bool TryDecode(Func<string?> decode, out string? text)
    {
        try
        {
            text = decode();
            return true;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }

    private static string WithoutWhiteSpace(string json)
    {
        StringBuilder compact = new(json.Length);
        bool inString = false;
        for (int i = 0; i < json.Length; i++)
        {
            char c = json[i];
            if (!inString && c is ' ' or '\t' or '\r' or '\n')
                continue;
            compact.Append(c);
            if (inString && c == '\\')
                compact.Append(json[++i]);
            else if (c == '"')
                inString = !inString;
        }
        return compact.ToString();
    }
}
