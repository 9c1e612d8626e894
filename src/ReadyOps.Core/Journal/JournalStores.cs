using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal.Postgres;

namespace ReadyOps.Core.Journal;

/// <summary>Opens the journals that somebody names: a folder, or a PostgreSQL database by a reference to its connection string.</summary>
public static class JournalStores
{
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    /// <summary>Whether a text names a database rather than a folder: <c>secret:NAME</c>, <c>env:NAME</c> or <c>postgresql://…</c>.</summary>
    public static bool IsDatabase(string location) =>
        new SecretText(location).IsReference || Schemes.Any(scheme => location.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>Opens journals. Nothing is read or made before they are first used.</summary>
    /// <param name="location">A folder, <c>secret:NAME</c> or <c>env:NAME</c> of a connection string, or <c>postgresql://host/database</c> without a password.</param>
    /// <param name="context">Clock, host, secrets and log.</param>
    /// <exception cref="ReadyOpsException"><c>JournalPasswordWritten</c>, <c>JournalAddressInvalid</c></exception>
    public static IJournalStore Open(string location, EngineContext context) =>
        IsDatabase(location) ? new PostgresJournalStore(location, context) : new FolderJournalStore(location, context);
}
