namespace ReadyOps.Core.Journal.Postgres;

/// <summary>Goes over a stream's rows.</summary>
internal static class PostgresRows
{
    /// <summary>Goes over a stream and holds it against its chain, and its end against what its row says.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="row">The stream's row, read before: what it says is there by now.</param>
    /// <param name="known">Where to begin, if that line is still there.</param>
    /// <param name="withData">Whether the lines' data is wanted.</param>
    /// <param name="restart">Told before it begins, and behind which line.</param>
    /// <param name="take">Gets every line that fits.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<JournalScan> ScanAsync(
        IPostgresSession session, PostgresStream row, JournalPlace? known, bool withData,
        Action<JournalPlace?> restart, Action<JournalLine> take, CancellationToken cancel)
    {
        JournalPlace? before = known is not null && known.Sequence <= row.Events ? known : null;
        await using (IAsyncEnumerator<byte[]> lines = session.LinesAsync(row.Id, before?.Sequence ?? 1L, row.Events, cancel).GetAsyncEnumerator(cancel))
        {
            if (before is null || (await lines.MoveNextAsync().ConfigureAwait(false) && EndsWith(lines.Current, before.Hash)))
            {
                restart(before);
                return await ScanAsync(lines, JournalScan.After(before), row, withData, take).ConfigureAwait(false);
            }
        }

        return await ScanAsync(session, row, null, withData, restart, take, cancel).ConfigureAwait(false);
    }

    private static async Task<JournalScan> ScanAsync(IAsyncEnumerator<byte[]> lines, JournalScan scan, PostgresStream row, bool withData, Action<JournalLine> take)
    {
        JournalLine? last = null;
        while (await lines.MoveNextAsync().ConfigureAwait(false))
        {
            scan = scan.Take(lines.Current, withData, ref last);
            if (scan.Problem is not null) return scan;
            take(last!);
        }

        if (scan.Events < row.Events) return scan.Broken(FormattableString.Invariant($"the database knows {row.Events} lines of it, and this one is not there"));
        return scan.LastHash == row.LastHash ? scan : scan.LastBroken("it is not the last line that the database knows");
    }

    private static bool EndsWith(byte[] line, string hash) =>
        line.Length > JournalChain.SuffixLength && line.AsSpan(line.Length - hash.Length - 2, hash.Length).SequenceEqual(System.Text.Encoding.ASCII.GetBytes(hash));
}
