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
        Data = Members(line.Data),
        PreviousHash = line.PreviousHash,
        Hash = line.Hash,
    };

    private static Dictionary<string, object?> Members(JsonElement value)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (value.ValueKind != JsonValueKind.Object) return members;
        foreach (JsonProperty member in value.EnumerateObject()) members[JournalJson.Name(member)] = Plain(member.Value);
        return members;
    }

    private static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Members(value),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToArray(),
        JsonValueKind.String => JournalJson.Text(value),
        JsonValueKind.Number => value.TryGetInt64(out long whole) ? whole : value.TryGetDouble(out double number) ? number : value.GetRawText(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
