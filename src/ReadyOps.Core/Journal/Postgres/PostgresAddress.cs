using System.Globalization;
using Npgsql;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Journal.Postgres;

/// <summary>A connection string as it is used: libpq's URI (<c>postgresql://user:password@host:5432/database?sslmode=require</c>) or Npgsql's pairs.</summary>
/// <param name="ConnectionString">For Npgsql. Holds the password: never to be shown.</param>
/// <param name="Display">Where it leads: host, port and database.</param>
/// <param name="Schema">The schema of the tables.</param>
/// <param name="LeaseTime">How long a lease lasts that is not renewed.</param>
internal sealed record PostgresAddress(string ConnectionString, string Display, string Schema, TimeSpan LeaseTime)
{
    private const string DefaultSchema = "readyops";
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
        // Nothing of ours stays in a session, so there is nothing to reset; and an act must not wait for a dead peer for long.
        pairs.NoResetOnClose = true;
        // Not ContainsKey: that tells of every setting that there could be.
        if (!pairs.Keys.OfType<string>().Contains("Command Timeout", StringComparer.OrdinalIgnoreCase)) pairs.CommandTimeout = 15;
        string schema = own.GetValueOrDefault("schema", DefaultSchema);
        if (schema.Length is 0 or > 63 || !schema.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') || char.IsAsciiDigit(schema[0]))
            throw Invalid(name, "its schema is not a name of lower-case letters, digits and '_'");
        string display = string.Create(CultureInfo.InvariantCulture, $"postgresql://{pairs.Host}:{pairs.Port}/{pairs.Database}");
        return new PostgresAddress(pairs.ConnectionString, schema == DefaultSchema ? display : $"{display}?schema={schema}", schema, LeaseOf(own, name));
    }

    private static TimeSpan LeaseOf(Dictionary<string, string> own, string name)
    {
        if (!own.TryGetValue("lease", out string? text)) return DefaultLease;
        return Quantities.TryParseDuration(text, out TimeSpan lease) && lease >= TimeSpan.FromSeconds(1) && lease <= TimeSpan.FromHours(1)
            ? lease : throw Invalid(name, "its lease is not a duration from 1s to 1h");
    }

    private static NpgsqlConnectionStringBuilder ReadUri(string text, string name, Dictionary<string, string> own)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("postgresql" or "postgres"))
            throw Invalid(name, "it begins like a URL and is not a postgresql:// one");
        NpgsqlConnectionStringBuilder pairs = new();
        if (uri.Host.Length > 0) pairs.Host = uri.IdnHost.Trim('[', ']');
        if (uri.Port > 0) pairs.Port = uri.Port;
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
