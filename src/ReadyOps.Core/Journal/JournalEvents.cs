using System.Text;
using System.Text.Json;

namespace ReadyOps.Core.Journal;

/// <summary>Lines of a journal as users receive them.</summary>
public static class JournalEvents
{
    /// <summary>A line as an event, with its data as plain values: texts, numbers, booleans, lists and dictionaries.</summary>
    public static JournalEvent ToContract(string stream, JournalLine line) => new()
    {
        Stream = stream,
        Sequence = line.Sequence,
        Time = line.Time,
        Actor = line.Actor,
        Host = line.Host,
        Type = line.Type,
        Data = Members(line),
        PreviousHash = line.PreviousHash,
        Hash = line.Hash,
    };

    private static Dictionary<string, object?> Members(JournalLine line)
    {
        // Off the bytes: each event of each tick comes by here.
        Utf8JsonReader json = new(line.DataUtf8.Span, new JsonReaderOptions { MaxDepth = JournalChain.MaxDepth });
        return !line.DataUtf8.IsEmpty && json.Read() && json.TokenType == JsonTokenType.StartObject ? Members(ref json) : new(StringComparer.Ordinal);
    }

    private static Dictionary<string, object?> Members(ref Utf8JsonReader json)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            string name = JournalJson.Text(ref json);
            json.Read();
            members[name] = Plain(ref json);
        }

        return members;
    }

    private static object?[] Items(ref Utf8JsonReader json)
    {
        var items = new List<object?>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray) items.Add(Plain(ref json));
        return [.. items];
    }

    private static object? Plain(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.StartObject => Members(ref json),
        JsonTokenType.StartArray => Items(ref json),
        JsonTokenType.String => JournalJson.Text(ref json),
        JsonTokenType.Number => json.TryGetInt64(out long whole) ? whole : json.TryGetDouble(out double number) ? number : Encoding.UTF8.GetString(json.ValueSpan),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => null,
    };
}
