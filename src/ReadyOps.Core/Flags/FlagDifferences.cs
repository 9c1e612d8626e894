using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags;

/// <summary>What two flag documents differ in, flag by flag and member by member.</summary>
internal static class FlagDifferences
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The differences, in the order of the flags of the document before, then of those that are new.</summary>
    /// <param name="before">The document before; <see langword="null"/> for none.</param>
    /// <param name="after">The document after.</param>
    /// <param name="only">The only flag to look at, or <see langword="null"/> for all.</param>
    public static IReadOnlyList<FlagDifference> Between(ReadOnlyMemory<byte>? before, ReadOnlyMemory<byte> after, string? only = null)
    {
        IReadOnlyDictionary<string, JsonObject> old = before is { } bytes ? Read(bytes, only) : new Dictionary<string, JsonObject>();
        IReadOnlyDictionary<string, JsonObject> now = Read(after, only);
        var differences = new List<FlagDifference>();
        foreach ((string key, JsonObject was) in old)
        {
            if (now.TryGetValue(key, out JsonObject? flag)) Compare(key, "", was, flag, differences);
            else differences.Add(new FlagDifference { Flag = key, Before = Text(was) });
        }

        CompareShared(before, after, differences);
        differences.AddRange(now.Where(flag => !old.ContainsKey(flag.Key)).Select(flag => new FlagDifference { Flag = flag.Key, After = Text(flag.Value) }));
        return differences;
    }

    private static void CompareShared(ReadOnlyMemory<byte>? before, ReadOnlyMemory<byte> after, List<FlagDifference> differences)
    {
        JsonNode? was = before is { } bytes ? JsonNode.Parse(bytes.Span) : null;
        JsonNode? now = JsonNode.Parse(after.Span);
        foreach (string name in (string[])["$evaluators", "metadata"])
            Compare("", name + ".", was?[name] as JsonObject ?? [], now?[name] as JsonObject ?? [], differences);
    }

    private static void Compare(string key, string path, JsonObject was, JsonObject now, List<FlagDifference> differences)
    {
        foreach (string name in was.Select(member => member.Key).Union(now.Select(member => member.Key)))
        {
            (bool had, bool has) = (was.ContainsKey(name), now.ContainsKey(name));
            (JsonNode? old, JsonNode? value) = (was[name], now[name]);
            if (had == has && JsonNode.DeepEquals(old, value)) continue;
            // Variants and metadata are told one by one; a rule is told as a whole.
            if (path.Length == 0 && name is "variants" or "metadata" && old is JsonObject oldMembers && value is JsonObject members)
                Compare(key, name + ".", oldMembers, members, differences);
            else
                differences.Add(new FlagDifference { Flag = key, Member = path + name, Before = had ? Text(old) : null, After = has ? Text(value) : null });
        }
    }

    private static string Text(JsonNode? value) => value?.ToJsonString(Plain) ?? "null";

    private static Dictionary<string, JsonObject> Read(ReadOnlyMemory<byte> utf8, string? only)
    {
        var editor = new FlagEditor(utf8, "");
        var flags = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (string key in only is null ? editor.Keys : [only]) flags[key] = editor.Find(key) ?? [];
        return flags;
    }
}
