using System.Collections.Concurrent;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>The published meta-schemas, which come with the program.</summary>
internal static class Metaschemas
{
    private const string Prefix = "ReadyOps.Metaschemas/";

    private static readonly ConcurrentDictionary<string, JsonInstance?> Values = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<SchemaDraft, JsonSchema> Compiled = new();

    /// <summary>The meta-schema of a URI without fragment, or <see langword="null"/>.</summary>
    public static JsonInstance? Find(string uri) => Name(uri) is { } name ? Values.GetOrAdd(name, Read) : null;

    /// <summary>What a schema of a draft must fit.</summary>
    public static JsonSchema For(SchemaDraft draft) => Compiled.GetOrAdd(draft, known =>
    {
        string uri = Dialect.Of(known).MetaschemaUri;
        return SchemaCompiler.Compile(Find(uri)!, uri, new SchemaOptions(), isTrusted: true);
    });

    private static string? Name(string uri)
    {
        foreach (string scheme in new[] { "http://", "https://" })
        {
            string start = $"{scheme}json-schema.org/";
            if (!uri.StartsWith(start, StringComparison.Ordinal)) continue;
            string path = uri[start.Length..];
            if (path == "draft-07/schema") return "draft-07/schema.json";
            if (scheme == "https://" && path.StartsWith("draft/20", StringComparison.Ordinal)) return $"draft{path["draft/".Length..]}.json";
        }

        return null;
    }

    private static JsonInstance? Read(string name)
    {
        using Stream? stream = typeof(Metaschemas).Assembly.GetManifestResourceStream(Prefix + name);
        if (stream is null) return null;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return JsonInstance.Parse(bytes, name);
    }
}
