using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace ReadyOps.Core.Journal.Postgres;

/// <summary>What failures of a connection or of the server mean, and what to do about them.</summary>
internal static class PostgresErrors
{
    /// <summary>Whether the server may only be away or busy for a moment, so that the same may be tried again.</summary>
    public static bool IsLost(Exception e) => Behind(e) switch
    {
        // Its shutdown, its crash, its start; what was idle for too long; what waited for too long; one that is no primary, yet or any more.
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "57P05" or "25P03" or "57014" or "55P03" or "25006" } => true,
        // Class 08 are connections.
        PostgresException server => server.IsTransient || server.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException client => client.IsTransient || IsNoHost(client) || client.InnerException is IOException or SocketException or TimeoutException,
        Exception other => other is SocketException or TimeoutException or IOException,
    };

    /// <summary>Whether user, password or the way to sign in was refused.</summary>
    public static bool IsSignInRefused(Exception e) => Behind(e) is PostgresException { SqlState: "28P01" or "28000" };

    /// <summary>Whether the server itself refused a statement, so that nothing of it was done.</summary>
    public static bool IsRefused(Exception e) => e is PostgresException server && !server.SqlState.StartsWith("08", StringComparison.Ordinal) && server.SqlState is not ("57P01" or "57P02" or "57P05");

    /// <summary>Whether a pooler says that it hands each statement to another connection.</summary>
    public static bool IsStatementPooling(PostgresException e) => e.MessageText.Contains("statement pooling", StringComparison.Ordinal);

    /// <summary>Why, with what lies behind: a failed handshake alone says nothing.</summary>
    public static string Reason(Exception e)
    {
        e = Behind(e);
        string reason = ((e as PostgresException)?.MessageText ?? e.Message).TrimEnd('.');
        return e.InnerException is { } cause && !reason.Contains(cause.Message, StringComparison.Ordinal) ? $"{reason}: {Reason(cause)}" : reason;
    }

    /// <summary>What to do.</summary>
    public static string NextStep(Exception e) => Behind(e) switch
    {
        PostgresException { SqlState: "42501" } => "Grant this role what docs/journal.md lists.",
        PostgresException { SqlState: "28P01" or "28000" } => "Check user and password in the connection string, and what pg_hba.conf of the server allows from here.",
        PostgresException { SqlState: "3D000" } => "Make that database, or correct its name in the connection string.",
        PostgresException { SqlState: "25006" } => "This is a standby, or role or database are set to default_transaction_read_only. Name the primary, or all hosts: postgresql://one,two/database goes to whichever is the primary.",
        PostgresException { SqlState: "57014" or "55P03" or "25P03" } => "Give this role more time: ALTER ROLE … SET statement_timeout, lock_timeout or idle_in_transaction_session_timeout.",
        PostgresException { SqlState: "53300" } => "Raise max_connections of the server or the limit of role or database, or put a pooler in front of it.",
        PostgresException { SqlState: "53100" } => "Make room on the server's disk.",
        PostgresException { SqlState: "08P01" } => "A pooler such as PgBouncer says so: check its log and its settings; docs/journal.md names those that matter.",
        PostgresException { SqlState: "XX001" or "XX002" } => "The server found damage in its files. Restore it from a backup.",
        NpgsqlException client when client.InnerException is AuthenticationException || client.Message.Contains("SSL", StringComparison.Ordinal) =>
            "Check sslmode, and in sslrootcert the authority that signed the server's certificate; the name in it must be the host's.",
        NpgsqlException client when IsNoHost(client) => "None of the hosts is a primary that answers. Check that one was promoted, and that this machine reaches it.",
        _ => "Check that PostgreSQL runs there, that this machine reaches it, and that the connection string is right.",
    };

    // Npgsql tells it by the text alone.
    private static bool IsNoHost(Exception e) => e.Message.Contains("suitable host", StringComparison.Ordinal);

    /// <summary>Of several hosts that all failed, the one whose failure will not pass by itself, if there is one.</summary>
    private static Exception Behind(Exception e) =>
        e is NpgsqlException { InnerException: AggregateException { InnerExceptions: var each } } ? each.FirstOrDefault(one => !IsLost(one)) ?? each[0] : e;
}
