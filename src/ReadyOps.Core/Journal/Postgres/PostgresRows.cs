using Npgsql;
using NpgsqlTypes;

namespace ReadyOps.Core.Journal.Postgres;

/// <summary>Streams as rows: the statements that both the store and its leases use.</summary>
internal static class PostgresRows
{
    /// <summary>A stream's row; <see langword="null"/> where there is none with an event.</summary>
    public static async Task<PostgresStream?> FindAsync(NpgsqlConnection connection, string schema, string stream, bool forUpdate, CancellationToken cancel)
    {
        await using NpgsqlCommand command = new(
            $"SELECT id, events, bytes, first_hash, last_hash, sealed FROM {schema}.streams WHERE name = $1{(forUpdate ? " FOR UPDATE" : "")}", connection)
        {
            Parameters = { new() { Value = stream } },
        };
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await reader.ReadAsync(cancel).ConfigureAwait(false) ? Stream(reader) : null;
    }

    /// <summary>The members of a stream's row in the order of the statements here.</summary>
    public static PostgresStream Stream(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? "" : row.GetString(3), row.IsDBNull(4) ? JournalChain.Genesis : row.GetString(4), row.GetInt64(5));

    /// <summary>Goes over a stream and holds it against its chain, and its end against what its row says.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="row">The stream's row, read before: what it says is there by now.</param>
    /// <param name="known">Where to begin, if that line is still there.</param>
    /// <param name="withData">Whether the lines' data is wanted.</param>
    /// <param name="restart">Told before it begins, and behind which line.</param>
    /// <param name="take">Gets every line that fits.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task<JournalScan> ScanAsync(
        NpgsqlConnection connection, string schema, PostgresStream row, JournalPlace? known, bool withData,
        Action<JournalPlace?> restart, Action<JournalLine> take, CancellationToken cancel)
    {
        JournalPlace? before = known is not null && known.Sequence <= row.Events ? known : null;
        await using NpgsqlCommand command = new(
            $"SELECT line FROM {schema}.events WHERE stream = $1 AND sequence >= $2 AND sequence <= $3 ORDER BY sequence", connection)
        {
            Parameters = { new() { Value = row.Id }, new() { Value = before?.Sequence ?? 1L }, new() { Value = row.Events } },
        };
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false))
        {
            if (before is null || (await reader.ReadAsync(cancel).ConfigureAwait(false) && EndsWith(reader.GetFieldValue<byte[]>(0), before.Hash)))
            {
                restart(before);
                return await ScanAsync(reader, JournalScan.After(before), row, withData, take, cancel).ConfigureAwait(false);
            }
        }

        return await ScanAsync(connection, schema, row, null, withData, restart, take, cancel).ConfigureAwait(false);
    }

    private static async Task<JournalScan> ScanAsync(
        NpgsqlDataReader reader, JournalScan scan, PostgresStream row, bool withData, Action<JournalLine> take, CancellationToken cancel)
    {
        JournalLine? last = null;
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
        {
            scan = scan.Take(reader.GetFieldValue<byte[]>(0), withData, ref last);
            if (scan.Problem is not null) return scan;
            take(last!);
        }

        if (scan.Events < row.Events) return scan.Broken(FormattableString.Invariant($"the database knows {row.Events} lines of it, and this one is not there"));
        return scan.LastHash == row.LastHash ? scan : scan.LastBroken("it is not the last line that the database knows");
    }

    private static bool EndsWith(byte[] line, string hash) =>
        line.Length > JournalChain.SuffixLength && line.AsSpan(line.Length - hash.Length - 2, hash.Length).SequenceEqual(System.Text.Encoding.ASCII.GetBytes(hash));

    /// <summary>
    /// Appends lines, all or none, at the place where the stream is expected to end; returns once they are on the server's disk, also
    /// where the server is set up not to wait for that.
    /// </summary>
    /// <param name="connection">The connection.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="row">The stream as it is expected to be.</param>
    /// <param name="token">The fencing token that it must have; <see langword="null"/> where its row is locked.</param>
    /// <param name="lease">How long the lease lasts from now on.</param>
    /// <param name="lines">The bytes of each line, without line feeds.</param>
    /// <param name="lastHash">The hash of the last.</param>
    /// <param name="firstHash">The hash of the stream's first.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>Whether they were appended: not where the stream ends elsewhere, or another has taken it.</returns>
    public static async Task<bool> AppendAsync(
        NpgsqlConnection connection, string schema, PostgresStream row, long? token, TimeSpan lease,
        IReadOnlyList<byte[]> lines, string firstHash, string lastHash, CancellationToken cancel)
    {
        await using NpgsqlCommand command = new(
            $"""
            WITH mine AS (
                UPDATE {schema}.streams
                SET events = events + $4, bytes = bytes + $5, first_hash = coalesce(first_hash, $6), last_hash = $7,
                    expires = CASE WHEN $3::bigint IS NULL THEN expires ELSE clock_timestamp() + $8 END
                WHERE id = $1 AND events = $2 AND last_hash IS NOT DISTINCT FROM $9 AND ($3::bigint IS NULL OR token = $3)
                  AND (SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)) IS NOT NULL
                RETURNING id)
            INSERT INTO {schema}.events (stream, sequence, line)
            SELECT mine.id, $2 + added.number, added.line FROM mine, unnest($10::bytea[]) WITH ORDINALITY AS added (line, number)
            """, connection)
        {
            Parameters =
            {
                new() { Value = row.Id },
                new() { Value = row.Events },
                new() { Value = (object?)token ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                new() { Value = (long)lines.Count },
                new() { Value = lines.Sum(line => line.Length + 1L) },
                new() { Value = firstHash },
                new() { Value = lastHash },
                new() { Value = lease, NpgsqlDbType = NpgsqlDbType.Interval },
                new() { Value = row.Events == 0 ? DBNull.Value : row.LastHash, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = lines.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            },
        };
        return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false) == lines.Count;
    }

    /// <summary>Whether a line is there, byte for byte.</summary>
    public static async Task<bool> HasAsync(NpgsqlConnection connection, string schema, long stream, long sequence, byte[] line, CancellationToken cancel)
    {
        await using NpgsqlCommand command = new($"SELECT line = $3 FROM {schema}.events WHERE stream = $1 AND sequence = $2", connection)
        {
            Parameters = { new() { Value = stream }, new() { Value = sequence }, new() { Value = line } },
        };
        return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) is true;
    }
}

/// <summary>A stream's row.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Events">How many lines it has.</param>
/// <param name="Bytes">How many bytes they are as a file.</param>
/// <param name="FirstHash">Hash of its first line.</param>
/// <param name="LastHash">Hash of its last line; that of none for an empty one.</param>
/// <param name="Sealed">How many lines it had when it was sealed last.</param>
internal sealed record PostgresStream(long Id, long Events, long Bytes, string FirstHash, string LastHash, long Sealed);
