using System.Security.Cryptography;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Compiled schemas by their content and by all else that they depend on. What was not used for longest makes room.</summary>
internal static class SchemaCache
{
    private const int Most = 128;

    // A compiled schema takes a few times the room of its text.
    private const long MostBytes = 32 * 1024 * 1024;

    private static readonly object Gate = new();
    private static readonly Dictionary<Key, LinkedListNode<Entry>> Known = [];
    private static readonly LinkedList<Entry> ByUse = new();
    private static long bytes;

    public static JsonSchema GetOrAdd(ReadOnlySpan<byte> utf8, SchemaOptions options, Func<JsonSchema> compile)
    {
        var key = new Key(Convert.ToHexString(SHA256.HashData(utf8)), options);
        Key alone = key with { Options = options with { Registry = null } };
        lock (Gate)
        {
            if (Find(alone) is { } same) return same;
            if (options.Registry is not null && Find(key) is { } found) return found;
        }

        // Two threads may compile one schema at once; that costs time once and no wrong answer.
        JsonSchema schema = compile();
        var entry = new Entry(schema.StandsAlone ? alone : key, schema, utf8.Length);
        lock (Gate)
        {
            if (!Known.TryAdd(entry.Key, new LinkedListNode<Entry>(entry))) return schema;
            ByUse.AddFirst(Known[entry.Key]);
            bytes += entry.Bytes;
            while (ByUse.Last is { } oldest && (Known.Count > Most || bytes > MostBytes))
            {
                ByUse.RemoveLast();
                Known.Remove(oldest.Value.Key);
                bytes -= oldest.Value.Bytes;
            }
        }

        return schema;
    }

    private static JsonSchema? Find(Key key)
    {
        if (!Known.TryGetValue(key, out LinkedListNode<Entry>? found)) return null;
        ByUse.Remove(found);
        ByUse.AddFirst(found);
        return found.Value.Schema;
    }

    // Registries and formats compare by reference: another one may hold other schemas.
    private sealed record Key(string Content, SchemaOptions Options);

    private sealed record Entry(Key Key, JsonSchema Schema, int Bytes);
}
