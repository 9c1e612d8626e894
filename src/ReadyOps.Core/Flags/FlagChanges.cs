using System.Text.Json;
using System.Text.Json.Nodes;
using ReadyOps.Core.Flags.Stores;

namespace ReadyOps.Core.Flags;

/// <summary>Which flags say something else, or may, after another document took the place of one.</summary>
internal static class FlagChanges
{
    /// <summary>What the new document brought; of the first one, every flag is new.</summary>
    public static FeatureFlagsChangedEventArgs Between(FlagSet? before, ReadOnlyMemory<byte> document, FlagSet now, FlagStoreContent content)
    {
        if (before is null) return new FeatureFlagsChangedEventArgs { Version = content.Version, Added = now.Keys };
        bool shared = Shared(before, document) != Shared(now, content.Utf8);
        return new FeatureFlagsChangedEventArgs
        {
            Version = content.Version,
            Added = [.. now.Keys.Where(key => !before.Contains(key))],
            Removed = [.. before.Keys.Where(key => !now.Contains(key))],
            Changed = [.. now.Keys.Where(key => before.Contains(key) && (shared || !Same(before.Find(key)!.Json, now.Find(key)!.Json)))],
        };
    }

    private static bool Same(string before, string now) => before == now || JsonNode.DeepEquals(JsonNode.Parse(before), JsonNode.Parse(now));

    /// <summary>What all flags of a document have in common: its shared rules and the metadata of the set.</summary>
    private static string Shared(FlagSet flags, ReadOnlyMemory<byte> document)
    {
        string metadata = string.Join('\n', flags.Metadata.Select(member => $"{member.Key}={member.Value}"));
        try
        {
            using JsonDocument json = JsonDocument.Parse(document.Span.StartsWith("\uFEFF"u8) ? document[3..] : document);
            return metadata + (json.RootElement.TryGetProperty("$evaluators", out JsonElement shared) ? JsonSerializer.Serialize(shared) : "");
        }
        catch (JsonException)
        {
            // YAML: whether its shared rules are others cannot be told so, and its whole text stands for them.
            return metadata + System.Text.Encoding.UTF8.GetString(document.Span);
        }
    }
}
