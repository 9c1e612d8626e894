using System.Collections.Concurrent;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Documents;

/// <summary>The published schemas of documents, <c>module/schemas</c>: the very files that editors complete by.</summary>
public static class DocumentSchemas
{
    private static readonly ConcurrentDictionary<string, JsonSchema> Compiled = new(StringComparer.Ordinal);

    /// <summary>Our own formats, which always assert.</summary>
    internal static readonly Dictionary<string, SchemaFormat> Formats = new()
    {
        ["readyops-duration"] = new(text => Quantities.TryParseDuration(text, out _) ? "" : $"this is '{text}'", Quantities.DurationExpected),
        ["readyops-share"] = new(text => Quantities.TryParsePercent(text, out _) ? "" : $"this is '{text}'", Quantities.PercentExpected),
        ["readyops-size"] = new(text => IsSize(text) ? "" : $"this is '{text}'", "a size such as 512, 10kB or 1MiB"),
        ["readyops-bound"] = new(text => Quantities.TryParseBound(text, out _, out string problem) ? "" : problem, Quantities.BoundExpected),
    };

    /// <summary>The kinds that have a schema.</summary>
    public static IReadOnlyList<string> Kinds => DocumentHeader.Kinds;

    /// <summary>The schema of a kind, compiled once.</summary>
    public static JsonSchema For(string kind) => Compiled.GetOrAdd(kind, known => JsonSchema.Compile(Read(known), new SchemaOptions { File = FileOf(known), Formats = Formats }));

    /// <summary>The schema of a kind as it is published, in JSON.</summary>
    public static byte[] Read(string kind)
    {
        using Stream stream = typeof(DocumentSchemas).Assembly.GetManifestResourceStream(FileOf(kind))
            ?? throw new ArgumentException($"There is no schema for the kind '{kind}'.", nameof(kind));
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string FileOf(string kind) => $"readyops-{kind.ToLowerInvariant()}.schema.json";

    private static bool IsSize(string text) =>
        Quantities.TryParseNumber(text, out double size, out Unit unit) && unit is Unit.None or Unit.Bytes && size >= 0 && size == Math.Floor(size);
}
