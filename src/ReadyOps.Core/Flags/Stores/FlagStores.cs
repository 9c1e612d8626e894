using ReadyOps.Core.Documents;
using ReadyOps.Core.Flags.Stores.Redis;

namespace ReadyOps.Core.Flags.Stores;

/// <summary>Opens the flag document that somebody names: a file, or a key of Redis.</summary>
public static class FlagStores
{
    /// <summary>Whether a text names Redis rather than a file: <c>secret:NAME</c>, <c>env:NAME</c>, <c>redis://…</c> or <c>rediss://…</c>.</summary>
    public static bool IsRedis(string location) => new SecretText(location).IsReference || RedisAddress.Is(location);

    /// <summary>Opens it. Nothing is read or made before it is first used.</summary>
    /// <param name="location">A path, <c>redis://host:6379/0?key=flags</c>, or <c>secret:NAME</c> or <c>env:NAME</c> of such an address with a password.</param>
    /// <param name="context">Clock, secrets and log.</param>
    /// <exception cref="ReadyOpsException"><c>FlagPasswordWritten</c>, <c>FlagAddressInvalid</c></exception>
    public static IFlagStore Open(string location, EngineContext context) =>
        IsRedis(location) ? new RedisFlagStore(location, context) : new FileFlagStore(location, context);
}
