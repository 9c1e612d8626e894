namespace ReadyOps;

/// <summary>Why a flag has the value that it has, in the words of OpenFeature.</summary>
public static class FlagReason
{
    /// <summary>The flag has no targeting: everybody gets the default variant.</summary>
    public const string Static = "STATIC";

    /// <summary>The targeting named no variant, or there is no default variant: the default variant or, without one, the caller's own default.</summary>
    public const string Default = "DEFAULT";

    /// <summary>The targeting named the variant, by a rule or by a share.</summary>
    public const string TargetingMatch = "TARGETING_MATCH";

    /// <summary>The flag is switched off: the caller's own default counts.</summary>
    public const string Disabled = "DISABLED";

    /// <summary>Something is wrong, which the error code names: the caller's own default counts.</summary>
    public const string Error = "ERROR";
}
