using System.Text.Json;

namespace ReadyOps.Core.Journal;

/// <summary>What the catalog says.</summary>
internal sealed class CatalogContent
{
    private readonly Dictionary<string, CatalogedStream> _streams = new(StringComparer.Ordinal);

    /// <summary>The streams that there should be.</summary>
    public IReadOnlyDictionary<string, CatalogedStream> Streams => _streams;

    /// <summary>What does not fit in the catalog itself; <see langword="null"/> when all does.</summary>
    public string? Problem { get; set; }

    /// <summary>Reads the catalog as far as it fits.</summary>
    public static CatalogContent Read(JournalStore store, CancellationToken cancel)
    {
        List<JournalLine> lines = [];
        JournalScan? scan = store.TryScan(JournalCatalog.Stream, null, withData: true, _ => lines.Clear(), lines.Add, cancel);
        CatalogContent content = Fold(lines);
        content.Problem = scan?.Problem;
        return content;
    }

    /// <summary>What lines of the catalog amount to.</summary>
    public static CatalogContent Fold(IEnumerable<JournalLine> lines)
    {
        CatalogContent content = new();
        content.Add(lines);
        return content;
    }

    /// <summary>Takes in further lines of the catalog.</summary>
    public void Add(IEnumerable<JournalLine> lines)
    {
        foreach (JournalLine line in lines)
        {
            if (line.Type == JournalCatalog.StreamOpened)
                _streams.TryAdd(Text(line, "stream"), new CatalogedStream(Text(line, "hash"), []));
            else if (line.Type == JournalCatalog.StreamSealed && _streams.TryGetValue(Text(line, "stream"), out CatalogedStream? known))
                known.Seals[line.Data.GetProperty("sequence").GetInt64()] = Text(line, "hash");
        }
    }

    private static string Text(JournalLine line, string name) =>
        line.Data.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

/// <summary>What the catalog says of one stream.</summary>
/// <param name="FirstHash">Hash of its first line.</param>
/// <param name="Seals">Hash by sequence, each time that it was sealed.</param>
internal sealed record CatalogedStream(string FirstHash, Dictionary<long, string> Seals);
