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
    public static string Text(JsonElement json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return json.GetRawText();
        }
    }

    /// <summary>A text or a member's name; as it was spelled in JSON, with its quotes, where it holds half of a surrogate pair.</summary>
    public static string Text(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return $"\"{Encoding.UTF8.GetString(json.ValueSpan)}\"";
        }
    }

    /// <summary>
    /// Half of a surrogate pair (<c>"\ud800"</c>) is valid in JSON text but no character, and the writer refuses it. What somebody's
    /// endpoint answered must never stop the journal, so such a value is kept as it was spelled.
    /// </summary>
    private static bool HasOnlyWholeCharacters(JsonElement value)
    {
        string json = value.GetRawText();
        // Only an escape can spell half a pair: bytes that do would not have been read as UTF-8.
        for (int at = json.IndexOf("\\u", StringComparison.Ordinal); at >= 0; at = json.IndexOf("\\u", at + 2, StringComparison.Ordinal))
            if (json.AsSpan(at + 2) is ['d' or 'D', not (>= '0' and <= '7'), ..]) return AreDecoded(value);
        return true;
    }

    private static bool AreDecoded(JsonElement value)
    {
        try
        {
            Utf8JsonReader json = new(Encoding.UTF8.GetBytes(value.GetRawText()), new JsonReaderOptions { MaxDepth = JournalChain.MaxDepth });
            while (json.Read())
                if (json.TokenType is JsonTokenType.PropertyName or JsonTokenType.String) json.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
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
