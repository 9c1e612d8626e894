namespace ReadyOps.Core.Journal.Postgres;

/// <summary>The statements that leases rest on. Their conditions are the fence: what no longer holds is refused by the database.</summary>
internal static class PostgresStatements
{
    /// <summary>
    /// Whoever is told that something is kept is told so once it is on the server's disk, and on those of the standbys that the server was
    /// told to wait for, however the role and the database are set up.
    /// </summary>
    private const string Flushed =
        "(SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'on' ELSE current_setting('synchronous_commit') END, true)) IS NOT NULL";

    /// <summary>Takes a lease: $1 name, $2 owner, $3 holder, $4 lease.</summary>
    public static string Take(string schema) =>
        $"""
        INSERT INTO {schema}.streams AS s (name, token, owner, holder, expires)
        SELECT $1::text, 1, $2::uuid, $3::text, clock_timestamp() + $4::interval WHERE {Flushed}
        ON CONFLICT (name) DO UPDATE SET token = s.token + 1, owner = $2, holder = $3, expires = clock_timestamp() + $4
        WHERE s.expires IS NULL OR s.expires <= clock_timestamp() OR s.owner = $2
        RETURNING id, events, bytes, first_hash, last_hash, sealed, token, clock_timestamp()
        """;

    /// <summary>Renews a lease: $1 name, $2 token, $3 lease, $4 owner.</summary>
    public static string Renew(string schema) => $"UPDATE {schema}.streams SET expires = clock_timestamp() + $3 WHERE name = $1 AND owner = $4 AND token = $2 AND {Flushed}";

    /// <summary>Gives a lease back: $1 name, $2 token, $3 owner.</summary>
    public static string GiveBack(string schema) => $"UPDATE {schema}.streams SET expires = NULL, holder = NULL, owner = NULL WHERE name = $1 AND owner = $3 AND token = $2";

    /// <summary>
    /// Whether a line is there, byte for byte: $1 id, $2 sequence, $3 the line. Changes the row to the same, so that the answer waits for the
    /// disks that the line itself has to be on: a server that crashed shows lines that its standby never got.
    /// </summary>
    public static string Has(string schema) =>
        $"UPDATE {schema}.streams SET sealed = sealed WHERE id = $1 AND EXISTS (SELECT FROM {schema}.events WHERE stream = $1 AND sequence = $2 AND line = $3) AND {Flushed}";

    /// <summary>Keeps something beside a stream, without waiting for the disk: $1 name, $2 what.</summary>
    public static string KeepSnapshot(string schema) =>
        $"""
        INSERT INTO {schema}.snapshots AS k (stream, snapshot) SELECT id, $2 FROM {schema}.streams
        WHERE name = $1 AND (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL
        ON CONFLICT (stream) DO UPDATE SET snapshot = excluded.snapshot
        """;

    /// <summary>
    /// Appends: $1 id, $2 number of lines that are there, $3 token, $4 how many are added, $5 their bytes, $6 hash of the first of all,
    /// $7 hash of the last, $8 lease, $9 hash of the last that is there, $10 the lines, $11 owner.
    /// </summary>
    public static string Append(string schema) =>
        $"""
        WITH mine AS (
            UPDATE {schema}.streams
            SET events = events + $4, bytes = bytes + $5, first_hash = coalesce(first_hash, $6), last_hash = $7,
                expires = CASE WHEN $3::bigint IS NULL THEN expires ELSE clock_timestamp() + $8 END
            WHERE id = $1 AND events = $2 AND last_hash IS NOT DISTINCT FROM $9 AND ($3::bigint IS NULL OR token = $3)
              AND ($3::bigint IS NULL OR owner = $11)
              AND {Flushed}
            RETURNING id)
        INSERT INTO {schema}.events (stream, sequence, line)
        SELECT mine.id, $2 + added.number, added.line FROM mine, unnest($10::bytea[]) WITH ORDINALITY AS added (line, number)
        """;
}
