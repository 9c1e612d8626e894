using System.Security.Cryptography;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Compiled schemas by their content and by all else that they depend on. What was not used for longest makes room.</summary>
internal static class SchemaCache
{
    private const int Most = 128;

    private static readonly object Gate = new();
    private static readonly Dictionary<Key, LinkedListNode<(Key Key, JsonSchema Schema)>> Known = [];
    private static readonly LinkedList<(Key Key, JsonSchema Schema)> ByUse = new();

    public static JsonSchema GetOrAdd(ReadOnlySpan<byte> utf8, SchemaOptions options, Func<JsonSchema> compile)
    {
        var key = new Key(Convert.ToHexString(SHA256.HashData(utf8)), options);
        lock (Gate)
        {
            if (Known.TryGetValue(key, out LinkedListNode<(Key Key, JsonSchema Schema)>? found))
            {
                ByUse.Remove(found);
                ByUse.AddFirst(found);
                return found.Value.Schema;
            }
        }

        // Two threads may compile one schema at once; that costs time once and no wrong answer.
        JsonSchema schema = compile();
        lock (Gate)
        {
            if (Known.ContainsKey(key)) return schema;
            Known.Add(key, ByUse.AddFirst((key, schema)));
            if (Known.Count <= Most) return schema;
            Known.Remove(ByUse.Last!.Value.Key);
            ByUse.RemoveLast();
        }

        return schema;
    }

    // Registries and formats compare by reference: another one may hold other schemas.
    private sealed record Key(string Content, SchemaOptions Options);
}
