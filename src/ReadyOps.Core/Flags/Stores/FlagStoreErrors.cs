namespace ReadyOps.Core.Flags.Stores;

/// <summary>What goes wrong with stores of flags, said the same way by all of them.</summary>
internal static class FlagStoreErrors
{
    public const string ConflictId = "FlagConflict";

    public const string UnavailableId = "FlagStoreUnavailable";

    public const string UnknownId = "FlagWriteUnknown";

    public const string MissingId = "FlagStoreMissing";

    public static ReadyOpsException Conflict(string location) => new(
        ConflictId, $"{location} was changed by somebody else since it was read, so nothing was written.", "Read it again and make the change anew.");

    public static ReadyOpsException Missing(string location) => new(
        MissingId, $"There is no flag document at {location}.", "Make one with New-FeatureFlag, or check the place.");

    public static ReadyOpsException Unavailable(string location, Exception cause) => new(
        UnavailableId, $"{location} cannot be reached: {cause.Message}", "What was read last goes on being served; try again once it can be reached.", cause);
}
