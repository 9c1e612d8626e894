namespace ReadyOps;

/// <summary>What kept a flag from having a value, in the words of OpenFeature.</summary>
public static class FlagErrorCode
{
    /// <summary>There is no flag of that key.</summary>
    public const string FlagNotFound = "FLAG_NOT_FOUND";

    /// <summary>The targeting cannot be evaluated: an unknown operator, or a value of a type that its operator does not take.</summary>
    public const string ParseError = "PARSE_ERROR";

    /// <summary>The value is of another type than the one asked for, or does not fit into it without loss.</summary>
    public const string TypeMismatch = "TYPE_MISMATCH";

    /// <summary>The targeting named a variant that the flag does not have.</summary>
    public const string General = "GENERAL";

    /// <summary>No flags have been read yet.</summary>
    public const string ProviderNotReady = "PROVIDER_NOT_READY";

    /// <summary>No flags can be read, for a reason that somebody must remove: a wrong password, a wrong address.</summary>
    public const string ProviderFatal = "PROVIDER_FATAL";

    /// <summary>The context has no targeting key, and the flag needs one.</summary>
    public const string TargetingKeyMissing = "TARGETING_KEY_MISSING";

    /// <summary>The context cannot be used.</summary>
    public const string InvalidContext = "INVALID_CONTEXT";
}
