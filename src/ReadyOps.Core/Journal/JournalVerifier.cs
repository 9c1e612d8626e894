using System.Globalization;

namespace ReadyOps.Core.Journal;

/// <summary>
/// Holds a stream against its own chain and against the catalog, without a lease and in constant memory. The catalog is to be read
/// first: what it says then, the stream has had for longer.
/// </summary>
/// <param name="catalog">What the catalog says.</param>
/// <param name="stream">The stream.</param>
internal sealed class JournalVerifier(CatalogContent catalog, string stream)
{
    private readonly CatalogedStream? _known = catalog.Streams.GetValueOrDefault(stream);
    private (long Line, string Why)? _contradiction;

    /// <summary>The stream is gone over from its beginning.</summary>
    public void Restart() => _contradiction = null;

    /// <summary>Takes a line that fits its chain.</summary>
    public void Take(JournalLine line) => _contradiction ??= Contradiction(_known, line) is string why ? (line.Sequence, why) : null;

    /// <summary>What it all amounts to.</summary>
    /// <param name="scan">What going over the stream found; <see langword="null"/> where there is none.</param>
    /// <param name="there">The streams that there are.</param>
    public JournalVerification Conclude(JournalScan? scan, Func<IEnumerable<string>> there)
    {
        if (scan is null)
            return Missing(stream, _known is not null);
        if (scan.Problem is not null)
            return Bad(stream, scan, scan.Events + 1, scan.Problem);
        if (_contradiction is not null)
            return Bad(stream, scan, _contradiction.Value.Line, _contradiction.Value.Why);
        long sealedAt = _known is { Seals.Count: > 0 } ? _known.Seals.Keys.Max() : _known is null ? 0 : 1;
        if (sealedAt > scan.Events)
            return Bad(stream, scan, scan.Events + 1, Text($"the catalog knows {sealedAt} lines, and the journal ends before"));
        if (stream == JournalCatalog.Stream)
            return VerifyNamedStreams(catalog, scan, there());
        if (catalog.Problem is not null)
            return Bad(stream, scan, null, $"its lines fit, but the catalog is damaged, so whether all are there cannot be said: {catalog.Problem}");
        return Good(stream, scan, _known is null && scan.Events > 0 ? "; not in the catalog yet, the next to append notes it there" : "");
    }

    private static string? Contradiction(CatalogedStream? known, JournalLine line)
    {
        if (known is null)
            return null;
        if (line.Sequence == 1 && known.FirstHash != line.Hash)
            return "it is not the first line that the catalog knows: the stream was replaced";
        return known.Seals.TryGetValue(line.Sequence, out string? hash) && hash != line.Hash
            ? "it is not the line that the catalog sealed: the stream was rewritten"
            : null;
    }

    private static JournalVerification VerifyNamedStreams(CatalogContent catalog, JournalScan scan, IEnumerable<string> streams)
    {
        HashSet<string> there = new(streams, StringComparer.Ordinal);
        List<string> gone = [.. catalog.Streams.Keys.Where(s => !there.Contains(s)).Order(StringComparer.Ordinal)];
        return gone.Count == 0
            ? Good(JournalCatalog.Stream, scan, "")
            : Bad(JournalCatalog.Stream, scan, null, $"its lines fit, but streams that it names are gone: {string.Join(", ", gone)}");
    }

    private static JournalVerification Missing(string stream, bool cataloged) => new()
    {
        Stream = stream,
        Valid = false,
        BadLine = cataloged ? 1 : null,
        Reason = cataloged ? "The catalog names this stream, and it is gone." : "There is no such stream.",
        LastHash = JournalChain.Genesis,
    };

    private static JournalVerification Bad(string stream, JournalScan scan, long? line, string why) => new()
    {
        Stream = stream,
        Valid = false,
        Events = line is long bad ? Math.Min(scan.Events, bad - 1) : scan.Events,
        BadLine = line,
        Reason = line is null ? Text($"{char.ToUpperInvariant(why[0])}{why[1..]}.") : Text($"Line {line} does not fit: {why}."),
        LastHash = line <= scan.Events ? "" : scan.LastHash,
    };

    private static JournalVerification Good(string stream, JournalScan scan, string note)
    {
        string torn = scan.TornBytes > 0
            ? Text($"; behind them {scan.TornBytes} bytes of an append under way or broken off, which nobody was told of")
            : "";
        return new JournalVerification
        {
            Stream = stream,
            Valid = true,
            Events = scan.Events,
            Reason = Text($"All {scan.Events} lines fit{torn}{note}."),
            LastHash = scan.LastHash,
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
