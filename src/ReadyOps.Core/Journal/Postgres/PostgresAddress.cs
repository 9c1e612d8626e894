using System.Globalization;
using System.Text;
using Npgsql;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Journal.Postgres;

/// <summary>A connection string as it is used: libpq's URI (<c>postgresql://user:password@host:5432/database?sslmode=require</c>) or Npgsql's pairs.</summary>
/// <param name="ConnectionString">For Npgsql. Holds the password: never to be shown.</param>
/// <param name="Display">Where it leads: hosts, ports and database.</param>
/// <param name="Schema">The schema of the tables.</param>
/// <param name="LeaseTime">How long a lease lasts that is not renewed.</param>
internal sealed record PostgresAddress(string ConnectionString, string Display, string Schema, TimeSpan LeaseTime)
{
    private const string DefaultSchema = "readyops";

    // What PostgreSQL cuts off names behind, in silence.
    private const int LongestName = 63;
    private const string Example = "postgresql://readyops@db.example/readyops?sslmode=verify-full";

    private static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(30);

    // libpq's names where they differ from Npgsql's.
    private static readonly Dictionary<string, string> Keywords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application_name"] = "Application Name",
        ["connect_timeout"] = "Timeout",
        ["dbname"] = "Database",
        ["host"] = "Host",
        ["passfile"] = "Passfile",
        ["password"] = "Password",
        ["port"] = "Port",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslmode"] = "SSL Mode",
        ["sslpassword"] = "SSL Password",
        ["sslrootcert"] = "Root Certificate",
        ["target_session_attrs"] = "Target Session Attributes",
        ["user"] = "Username",
    };

    /// <summary>The schema as it stands in a statement: whatever its name is made of, and whatever word it is.</summary>
    public string QuotedSchema => $"\"{Schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <inheritdoc/>
    public override string ToString() => Display;

    /// <summary>Reads one that is written out where others see it: it may not hold a password.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalPasswordWritten</c>, <c>JournalAddressInvalid</c></exception>
    public static PostgresAddress ReadWritten(string text)
    {
        PostgresAddress address = Read(text, "it");
        NpgsqlConnectionStringBuilder pairs = new(address.ConnectionString);
        if (pairs.Password is null && pairs.SslPassword is null) return address;
        throw new ReadyOpsException("JournalPasswordWritten", $"The address of the journals, {address.Display}, is written out with its password.",
            "Keep the whole connection string as a secret and name that: secret:NAME or env:NAME.");
    }

    /// <summary>Reads one.</summary>
    /// <param name="text">The text; never repeated in a message, for it may hold a password.</param>
    /// <param name="name">What to call it in a message.</param>
    /// <exception cref="ReadyOpsException"><c>JournalAddressInvalid</c></exception>
    public static PostgresAddress Read(string text, string name)
    {
        Dictionary<string, string> own = new(StringComparer.OrdinalIgnoreCase);
        NpgsqlConnectionStringBuilder pairs = text.Contains("://", StringComparison.Ordinal) ? ReadUri(text, name, own) : ReadPairs(text, name, own);
        if (string.IsNullOrEmpty(pairs.Host)) throw Invalid(name, "it names no host");
        if (string.IsNullOrEmpty(pairs.Database)) throw Invalid(name, "it names no database");
        pairs.ApplicationName ??= "ReadyOps";
        // Nothing of ours stays in a session, where a pooler may give each transaction another one; so there is nothing to reset either.
        pairs.NoResetOnClose = true;
        pairs.MaxAutoPrepare = 0;
        pairs.Multiplexing = false;
        // What was acknowledged is not for the caller's transaction to take back.
        pairs.Enlist = false;
        // A commit that waits for a standby and is cancelled counts as done to PostgreSQL. Who is tired of waiting hangs up instead.
        pairs.CancellationTimeout = -1;
        bool several = pairs.Host.Contains(',', StringComparison.Ordinal);
        // Of one host there is nothing to choose, and Npgsql refuses to be told so; that it is a standby is said by the server.
        pairs.TargetSessionAttributes = several ? pairs.TargetSessionAttributes ?? "primary" : null;
        // An act must not wait for a dead peer for long, nor for one where another may be alive.
        if (!IsSet(pairs, "Command Timeout")) pairs.CommandTimeout = 15;
        if (several && !IsSet(pairs, "Timeout")) pairs.Timeout = 5;
        string schema = own.GetValueOrDefault("schema", DefaultSchema);
        if (Encoding.UTF8.GetByteCount(schema) is 0 or > LongestName || schema.Any(char.IsControl) || schema.StartsWith("pg_", StringComparison.OrdinalIgnoreCase))
            throw Invalid(name, "its schema is not a name that PostgreSQL takes: of 1 to 63 bytes, without control characters, and not beginning with 'pg_'");
        string hosts = string.Join(',', pairs.Host.Split(',').Select(host => HasPort(host) ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{pairs.Port}")));
        string display = $"postgresql://{hosts}/{pairs.Database}";
        return new PostgresAddress(pairs.ConnectionString, schema == DefaultSchema ? display : $"{display}?schema={Uri.EscapeDataString(schema)}", schema, LeaseOf(own, name));
    }

    // Not ContainsKey: that tells of every setting that there could be.
    private static bool IsSet(NpgsqlConnectionStringBuilder pairs, string key) => pairs.Keys.OfType<string>().Contains(key, StringComparer.OrdinalIgnoreCase);

    private static TimeSpan LeaseOf(Dictionary<string, string> own, string name)
    {
        if (!own.TryGetValue("lease", out string? text)) return DefaultLease;
        return Quantities.TryParseDuration(text, out TimeSpan lease) && lease >= TimeSpan.FromSeconds(1) && lease <= TimeSpan.FromHours(1)
            ? lease : throw Invalid(name, "its lease is not a duration from 1s to 1h");
    }

    private static NpgsqlConnectionStringBuilder ReadUri(string text, string name, Dictionary<string, string> own)
    {
        // Of several hosts .NET knows nothing: it is shown one in their place.
        (int from, int to) = HostsOf(text);
        string[] hosts = text[from..to].Split(',');
        bool several = hosts.Length > 1;
        if (!Uri.TryCreate(several ? $"{text[..from]}several{text[to..]}" : text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("postgresql" or "postgres"))
            throw Invalid(name, "it begins like a URL and is not a postgresql:// one");
        NpgsqlConnectionStringBuilder pairs = new();
        if (several) pairs.Host = string.Join(',', hosts.Select(host => HostOf(host, name)));
        else if (uri.Host.Length > 0) pairs.Host = uri.IdnHost.Trim('[', ']');
        if (!several && uri.Port > 0) pairs.Port = uri.Port;
        if (uri.AbsolutePath.Length > 1) pairs.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        string[] who = uri.UserInfo.Split(':', 2);
        if (who[0].Length > 0) pairs.Username = Uri.UnescapeDataString(who[0]);
        if (who.Length > 1) pairs.Password = Uri.UnescapeDataString(who[1]);
        foreach (string member in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = member.Split('=', 2);
            string key = Uri.UnescapeDataString(pair[0]), value = Uri.UnescapeDataString(pair.ElementAtOrDefault(1) ?? "");
            if (key is "schema" or "lease") own[key] = value;
            else Set(pairs, key, value, name);
        }

        return pairs;
    }

    /// <summary>Where the hosts of a URI stand: behind the user, before path and query.</summary>
    private static (int From, int To) HostsOf(string text)
    {
        int from = text.IndexOf("://", StringComparison.Ordinal) + 3, to = text.IndexOfAny(['/', '?', '#'], from);
        if (to < 0) to = text.Length;
        return (Math.Max(from, text.LastIndexOf('@', to - 1, to - from) + 1), to);
    }

    /// <summary>One of several hosts as Npgsql writes it.</summary>
    private static string HostOf(string text, string name) =>
        Uri.TryCreate($"postgresql://{text}", UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 && uri.AbsolutePath.Length <= 1 && uri.UserInfo.Length == 0
            ? (uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost) + (uri.Port > 0 ? string.Create(CultureInfo.InvariantCulture, $":{uri.Port}") : "")
            : throw Invalid(name, "it names several hosts, and one of them is none");

    private static bool HasPort(string host) => Uri.TryCreate($"postgresql://{host}", UriKind.Absolute, out Uri? uri) && uri.Port > 0;

    private static NpgsqlConnectionStringBuilder ReadPairs(string text, string name, Dictionary<string, string> own)
    {
        System.Data.Common.DbConnectionStringBuilder all = new();
        try
        {
            all.ConnectionString = text;
        }
        catch (ArgumentException)
        {
            throw Invalid(name, "it is neither a postgresql:// URL nor pairs of 'Keyword=value' joined by ';'");
        }

        NpgsqlConnectionStringBuilder pairs = new();
        foreach (string key in all.Keys!)
        {
            if (key is "schema" or "lease") own[key] = all[key].ToString()!;
            else Set(pairs, key, all[key].ToString()!, name);
        }

        return pairs;
    }

    private static void Set(NpgsqlConnectionStringBuilder pairs, string key, string value, string name)
    {
        // libpq writes verify-full where Npgsql has VerifyFull.
        if (key.Equals("sslmode", StringComparison.OrdinalIgnoreCase)) value = value.Replace("-", "", StringComparison.Ordinal);
        try
        {
            pairs[Keywords.GetValueOrDefault(key, key)] = value;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException or OverflowException)
        {
            throw Invalid(name, pairs.ContainsKey(key) || Keywords.ContainsKey(key) || Suggestion.Nearest(key, Keywords.Keys.Concat(Keywords.Values)) is not null
                ? $"'{key}' is no setting of a connection, or not with this value"
                // It may be the rest of a password that has a ';' or a '?' in it.
                : "it has a setting that is none of a connection; what a password has of ; and = is to be in quotes, and of : / ? # & and @ to be written as %3A, %2F and so on");
        }
    }

    private static ReadyOpsException Invalid(string name, string why) => new("JournalAddressInvalid",
        $"The address of the journals cannot be used ({name}): {why}.", $"Write it as {Example}, and the password only into a secret.");
}
