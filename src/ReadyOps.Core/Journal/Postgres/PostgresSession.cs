using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace ReadyOps.Core.Journal.Postgres;

/// <summary>The statements, over a connection of Npgsql's.</summary>
/// <param name="address">Where to.</param>
internal sealed class PostgresSession(PostgresAddress address) : IPostgresSession
{
    private const string Columns = "id, events, bytes, first_hash, last_hash, sealed";

    private readonly NpgsqlConnection _connection = new(address.ConnectionString);
    private readonly string _schema = address.QuotedSchema;
    private NpgsqlTransaction? _transaction;

    public Task OpenAsync(CancellationToken cancel) => _connection.OpenAsync(cancel);

    public Task EnsureAsync(CancellationToken cancel) => PostgresSchema.EnsureAsync(_connection, address, cancel);

    public void Forget() => NpgsqlConnection.ClearPool(_connection);

    // Not as the role or the database is set up: whoever waited for a row is to see what was done to it meanwhile.
    public async Task BeginAsync(CancellationToken cancel) =>
        _transaction = await _connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancel).ConfigureAwait(false);

    public Task CommitAsync(CancellationToken cancel) => _transaction!.CommitAsync(cancel);

    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null) await _transaction.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    public async Task<DateTime> ClockAsync(CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command("SELECT clock_timestamp()");
        return (DateTime)(await command.ExecuteScalarAsync(cancel).ConfigureAwait(false))!;
    }

    public async Task<IReadOnlyList<JournalStamp>> StampsAsync(string prefix, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command($"SELECT name, last_hash FROM {_schema}.streams WHERE events > 0 AND starts_with(name, $1) ORDER BY name", Is(prefix));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        List<JournalStamp> stamps = [];
        while (await reader.ReadAsync(cancel).ConfigureAwait(false)) stamps.Add(new JournalStamp(reader.GetString(0), reader.GetString(1)));
        return stamps;
    }

    public async Task<PostgresStream?> FindAsync(string stream, bool forUpdate, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command($"SELECT {Columns} FROM {_schema}.streams WHERE name = $1{(forUpdate ? " FOR UPDATE" : "")}", Is(stream));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await reader.ReadAsync(cancel).ConfigureAwait(false) ? Stream(reader) : null;
    }

    public async Task MakeAsync(string stream, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command($"INSERT INTO {_schema}.streams (name) VALUES ($1) ON CONFLICT (name) DO NOTHING", Is(stream));
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<byte[]> LinesAsync(long stream, long from, long to, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command(
            $"SELECT line FROM {_schema}.events WHERE stream = $1 AND sequence >= $2 AND sequence <= $3 ORDER BY sequence", Is(stream), Is(from), Is(to));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        while (await reader.ReadAsync(cancel).ConfigureAwait(false)) yield return reader.GetFieldValue<byte[]>(0);
    }

    public async Task<IReadOnlyList<byte[]>> LinesAfterAsync(string stream, long sequence, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command(
            $"SELECT line FROM {_schema}.events e JOIN {_schema}.streams s ON s.id = e.stream WHERE s.name = $1 AND sequence > $2 ORDER BY sequence LIMIT 500", Is(stream), Is(sequence));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        List<byte[]> lines = [];
        while (await reader.ReadAsync(cancel).ConfigureAwait(false)) lines.Add(reader.GetFieldValue<byte[]>(0));
        return lines;
    }

    public async Task<byte[]?> LineAsync(string stream, bool last, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command(
            $"SELECT line FROM {_schema}.events e JOIN {_schema}.streams s ON s.id = e.stream AND e.sequence = {(last ? "s.events" : "1")} WHERE s.name = $1", Is(stream));
        return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) as byte[];
    }

    public async Task<bool> HasAsync(long stream, long sequence, byte[] line, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command(PostgresStatements.Has(_schema), Is(stream), Is(sequence), Is(line));
        return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false) == 1;
    }

    public async Task<PostgresTaken?> TakeAsync(string stream, Guid owner, string holder, TimeSpan lease, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command(PostgresStatements.Take(_schema), Is(stream), Is(owner), Is(holder), Span(lease));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        return await reader.ReadAsync(cancel).ConfigureAwait(false) ? new PostgresTaken(Stream(reader), reader.GetInt64(6), reader.GetDateTime(7)) : null;
    }

    public async Task<string?> HolderAsync(string stream, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command($"SELECT holder FROM {_schema}.streams WHERE name = $1", Is(stream));
        return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) as string;
    }

    public async Task<bool> RenewAsync(string stream, PostgresFence fence, TimeSpan lease, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command(PostgresStatements.Renew(_schema), Is(stream), Is(fence.Token), Span(lease), Is(fence.Owner));
        return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false) == 1;
    }

    public async Task GiveBackAsync(string stream, PostgresFence fence, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command(PostgresStatements.GiveBack(_schema), Is(stream), Is(fence.Token), Is(fence.Owner));
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    public async Task<bool> AppendAsync(
        PostgresStream row, PostgresFence? fence, TimeSpan lease, IReadOnlyList<byte[]> lines, string firstHash, string lastHash, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command(
            PostgresStatements.Append(_schema),
            Is(row.Id),
            Is(row.Events),
            new() { Value = (object?)fence?.Token ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
            Is((long)lines.Count),
            Is(lines.Sum(line => line.Length + 1L)),
            Is(firstHash),
            Is(lastHash),
            Span(lease),
            new() { Value = row.Events == 0 ? DBNull.Value : row.LastHash, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = lines.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea },
            new() { Value = (object?)fence?.Owner ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        return await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false) == lines.Count;
    }

    public async Task NoteSealedAsync(long stream, long sequence, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command($"UPDATE {_schema}.streams SET sealed = $2 WHERE id = $1", Is(stream), Is(sequence));
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    public async Task<byte[]?> SnapshotAsync(string stream, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command($"SELECT snapshot FROM {_schema}.snapshots k JOIN {_schema}.streams s ON s.id = k.stream WHERE s.name = $1", Is(stream));
        return await command.ExecuteScalarAsync(cancel).ConfigureAwait(false) as byte[];
    }

    public async Task KeepSnapshotAsync(string stream, byte[]? snapshot, CancellationToken cancel)
    {
        await using NpgsqlCommand command = snapshot is null
            ? Command($"DELETE FROM {_schema}.snapshots k USING {_schema}.streams s WHERE s.id = k.stream AND s.name = $1", Is(stream))
            : Command(PostgresStatements.KeepSnapshot(_schema), Is(stream), Is(snapshot));
        // Behind a tick, whose lease is held meanwhile.
        command.CommandTimeout = 5;
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    public async Task<string?> RiskAsync(CancellationToken cancel)
    {
        try
        {
            await using NpgsqlCommand command = Command(
                "SELECT current_setting('fsync', true), current_setting('synchronous_standby_names', true) = '' AND EXISTS (SELECT FROM pg_catalog.pg_stat_replication)");
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
            await reader.ReadAsync(cancel).ConfigureAwait(false);
            if (reader[0] is "off") return "it does not flush to its disk (fsync = off), so a crash can lose what it confirmed. Set fsync = on.";
            return reader[1] is true
                ? "it has standbys and waits for none, so what it confirmed last is lost when one takes its place. Set synchronous_standby_names; docs/journal.md says what can happen otherwise."
                : null;
        }
        catch (PostgresException e) when (!PostgresErrors.IsLost(e))
        {
            // It does not let itself be asked.
            return null;
        }
    }

    /// <summary>The members of a stream's row in the order of the statements here.</summary>
    private static PostgresStream Stream(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? "" : row.GetString(3), row.IsDBNull(4) ? JournalChain.Genesis : row.GetString(4), row.GetInt64(5));

    private static NpgsqlParameter Is(object value) => new() { Value = value };

    private static NpgsqlParameter Span(TimeSpan span) => new() { Value = span, NpgsqlDbType = NpgsqlDbType.Interval };

    private NpgsqlCommand Command(string text, params NpgsqlParameter[] parameters)
    {
        NpgsqlCommand command = new(text, _connection);
        foreach (NpgsqlParameter parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }
}
