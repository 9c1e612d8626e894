using System.Buffers;
using System.Text.Json;

namespace ReadyOps.Core.Journal.Postgres;

/// <summary>Keeps the stream <c>catalog</c> in a database: in the transaction that begins a stream, or that seals one.</summary>
/// <param name="database">The database.</param>
/// <param name="context">Clock and host.</param>
internal sealed class PostgresCatalog(PostgresDatabase database, EngineContext context)
{
    /// <summary>Appends to the catalog. The caller's transaction holds its row until the end, so that agents take turns.</summary>
    /// <param name="session">In a transaction.</param>
    /// <param name="type"><see cref="JournalCatalog.StreamOpened"/> or <see cref="JournalCatalog.StreamSealed"/>.</param>
    /// <param name="data">What belongs to it.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task AppendAsync(IPostgresSession session, string type, Dictionary<string, object> data, CancellationToken cancel)
    {
        await session.MakeAsync(JournalCatalog.Stream, cancel).ConfigureAwait(false);
        PostgresStream row = (await session.FindAsync(JournalCatalog.Stream, forUpdate: true, cancel).ConfigureAwait(false))!;
        ArrayBufferWriter<byte> output = new(512);
        JournalEntry entry = new(type, "readyops", JsonSerializer.SerializeToElement(data));
        JournalLine line = JournalChain.Write(output, entry, row.Events + 1, row.LastHash, database.Clock.GetUtcNow(), context.HostName);
        string first = row.Events == 0 ? line.Hash : row.FirstHash;
        byte[] bytes = output.WrittenSpan[..^1].ToArray();
        if (!await session.AppendAsync(row, null, TimeSpan.Zero, [bytes], first, line.Hash, cancel).ConfigureAwait(false))
            throw new InvalidOperationException("The catalog changed while its row was locked.");
    }
}
