using System.Data;
using System.Globalization;
using Npgsql;

namespace ReadyOps.Core.Journal.Postgres;

/// <summary>The tables, and how they come to be. Each version is one migration; a migration that was released never changes.</summary>
internal static class PostgresSchema
{
    /// <summary>What this version of ReadyOps needs.</summary>
    public static readonly int Version = Migrations.Length;

    // Any number will do, as long as all agree on it: the first bytes of SHA-256("readyops").
    private const long MigrationLock = 0x2c52_a0d1_7b3e_4f11;

    private static string[] Migrations =>
    [
        """
        CREATE TABLE {0}.streams (
            id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name       text COLLATE "C" NOT NULL UNIQUE,
            events     bigint NOT NULL DEFAULT 0,
            bytes      bigint NOT NULL DEFAULT 0,
            first_hash text,
            last_hash  text,
            sealed     bigint NOT NULL DEFAULT 0,
            token      bigint NOT NULL DEFAULT 0,
            owner      uuid,
            holder     text,
            expires    timestamptz
        );
        CREATE TABLE {0}.events (
            stream   bigint NOT NULL REFERENCES {0}.streams (id),
            sequence bigint NOT NULL CHECK (sequence > 0),
            line     bytea NOT NULL,
            PRIMARY KEY (stream, sequence)
        );
        """,
        """
        CREATE TABLE {0}.snapshots (
            stream   bigint PRIMARY KEY REFERENCES {0}.streams (id) ON DELETE CASCADE,
            snapshot bytea NOT NULL
        );
        """,
    ];

    /// <summary>The oldest tables that can be used as they are; what is newer in them only saves time.</summary>
    private const int Oldest = 1;

    /// <summary>Makes or updates the tables where that is needed. Whoever may not make them can use those that are there.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalSchemaUnknown</c>, <c>JournalSchemaDenied</c>, <c>JournalPoolerUnfit</c></exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, PostgresAddress address, CancellationToken cancel)
    {
        int? there = null;
        try
        {
            // In a transaction also where nothing is to be made: whether one can be had is to be known before it is needed.
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel).ConfigureAwait(false);
            int found = await FoundAsync(connection, address, cancel).ConfigureAwait(false);
            there = found;
            if (found < Version)
            {
                await RunAsync(connection, $"SELECT pg_advisory_xact_lock({MigrationLock.ToString(CultureInfo.InvariantCulture)})", cancel).ConfigureAwait(false);
                // Another may have been quicker.
                found = await FoundAsync(connection, address, cancel).ConfigureAwait(false);
            }

            if (found == 0)
            {
                // IF NOT EXISTS asks for the right to make schemas first, also where there is nothing to make.
                if (!await ExistsAsync(connection, "FROM pg_catalog.pg_namespace WHERE nspname = $1", address, cancel).ConfigureAwait(false))
                    await RunAsync(connection, $"CREATE SCHEMA {address.QuotedSchema}", cancel).ConfigureAwait(false);
                await RunAsync(connection, $"CREATE TABLE IF NOT EXISTS {address.QuotedSchema}.migrations (version int PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())", cancel).ConfigureAwait(false);
            }

            for (; found < Version; found++)
            {
                await RunAsync(connection, Migrations[found].Replace("{0}", address.QuotedSchema, StringComparison.Ordinal), cancel).ConfigureAwait(false);
                await RunAsync(connection, string.Create(CultureInfo.InvariantCulture, $"INSERT INTO {address.QuotedSchema}.migrations (version) VALUES ({found + 1})"), cancel).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancel).ConfigureAwait(false);
        }
        catch (PostgresException e) when (PostgresErrors.IsStatementPooling(e))
        {
            throw new ReadyOpsException("JournalPoolerUnfit", $"The pooler at {address.Display} gives each statement another connection ({e.MessageText}), and journals need transactions.",
                "Set pool_mode = transaction (or session) for this database in PgBouncer, or name the server itself.", e);
        }
        catch (PostgresException e) when (there >= Oldest && e.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            // Those that are there will do.
        }
        catch (PostgresException e) when (there is not null && e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new ReadyOpsException("JournalSchemaDenied", $"The tables of the journals are not in {address.Display} yet, and this role may not make them: {e.MessageText}.",
                "Let their owner use them once, for example with Get-DeploymentJournal, and grant this role what docs/journal.md lists.", e);
        }
    }

    private static async Task<int> FoundAsync(NpgsqlConnection connection, PostgresAddress address, CancellationToken cancel)
    {
        // Not to_regclass: it answers from a cache that, in a transaction, may not have heard of tables made a moment ago.
        if (!await ExistsAsync(connection, "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'migrations'", address, cancel).ConfigureAwait(false)) return 0;
        await using NpgsqlCommand command = new($"SELECT coalesce(max(version), 0) FROM {address.QuotedSchema}.migrations", connection);
        int found = (int)(await command.ExecuteScalarAsync(cancel).ConfigureAwait(false))!;
        if (found <= Version) return found;
        throw new ReadyOpsException("JournalSchemaUnknown",
            string.Create(CultureInfo.InvariantCulture, $"The tables in {address.Display} are of version {found}; this ReadyOps knows up to {Version}."), "Use a newer ReadyOps.");
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string what, PostgresAddress address, CancellationToken cancel)
    {
        await using NpgsqlCommand command = new($"SELECT EXISTS (SELECT {what})", connection) { Parameters = { new() { Value = address.Schema } } };
        return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) is true;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }
}
