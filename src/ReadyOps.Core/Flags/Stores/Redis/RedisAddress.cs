namespace ReadyOps.Core.Flags.Stores.Redis;

/// <summary>Where a flag document lives in Redis: <c>redis://user:password@host:6379/0?key=flags</c>, or <c>rediss://</c> over TLS.</summary>
internal sealed record RedisAddress
{
    public const string Example = "redis://flags.example.net:6379/0?key=shop-flags";

    /// <summary>The host.</summary>
    public required string Host { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>Whether it is spoken to over TLS.</summary>
    public required bool Tls { get; init; }

    /// <summary>Who signs in; <see langword="null"/> for the default user.</summary>
    public string? User { get; init; }

    /// <summary>The password, never to be shown; <see langword="null"/> for none.</summary>
    public string? Password { get; init; }

    /// <summary>The number of the database.</summary>
    public required int Database { get; init; }

    /// <summary>The key of the document.</summary>
    public required string Key { get; init; }

    /// <summary>The same without what is secret.</summary>
    public string Display => $"{(Tls ? "rediss" : "redis")}://{Host}:{Port}/{Database}?key={Key}";

    /// <summary>Whether a text names Redis.</summary>
    public static bool Is(string location) =>
        location.StartsWith("redis://", StringComparison.OrdinalIgnoreCase) || location.StartsWith("rediss://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads one that is written out where others see it: it may not hold a password.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagPasswordWritten</c>, <c>FlagAddressInvalid</c></exception>
    public static RedisAddress ReadWritten(string location)
    {
        RedisAddress address = Read(location, "the address of the flags");
        return address.Password is null ? address : throw new ReadyOpsException(
            "FlagPasswordWritten", $"The address of the flags, {address.Display}, is written out with its password.", "Put the whole address into a secret or an environment variable, and name that: secret:NAME or env:NAME.");
    }

    /// <summary>Reads one.</summary>
    /// <param name="text">The text; never repeated in a message, for it may hold a password.</param>
    /// <param name="name">What to call it in a message.</param>
    /// <exception cref="ReadyOpsException"><c>FlagAddressInvalid</c></exception>
    public static RedisAddress Read(string text, string name)
    {
        if (!Is(text) || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Host.Length == 0) throw Invalid(name, "it is no address of Redis");
        string[] who = uri.UserInfo.Split(':', 2);
        if (who is [{ Length: > 0 }]) throw Invalid(name, "it names a user and no password");
        string path = uri.AbsolutePath.Trim('/');
        int database = 0;
        if (path.Length > 0 && (!int.TryParse(path, out database) || database < 0)) throw Invalid(name, "behind the host it has something else than the number of a database");
        string? key = null;
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            if (parts[0] != "key" || parts.Length < 2) throw Invalid(name, $"there is no option '{parts[0]}'");
            key = Uri.UnescapeDataString(parts[1]);
        }

        if (string.IsNullOrEmpty(key)) throw Invalid(name, "it names no key");
        return new RedisAddress
        {
            Host = uri.Host,
            Port = uri.Port > 0 ? uri.Port : 6379,
            Tls = uri.Scheme == "rediss",
            User = who.Length > 1 && who[0].Length > 0 ? Uri.UnescapeDataString(who[0]) : null,
            Password = who.Length > 1 ? Uri.UnescapeDataString(who[1]) : null,
            Database = database,
            Key = key,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Display;

    private static ReadyOpsException Invalid(string name, string why) =>
        new("FlagAddressInvalid", $"The flags cannot be found by {name}: {why}.", $"Write it as {Example}, and a password only into a secret.");
}
