namespace ReadyOps.Core.Flags;

/// <summary>How a flag document is read and evaluated.</summary>
public sealed record FlagSetOptions
{
    /// <summary>
    /// Takes what flagd takes: what flagd only warns of (a rule that its schema does not allow, an unknown operator) is a warning
    /// here too, and such a flag answers with the error that flagd answers with. For those who only read flags.
    /// </summary>
    public static FlagSetOptions AsFlagd { get; } = new() { Strict = false };

    /// <summary>
    /// Whether everything that is wrong with a document makes it unusable, as it should for those who write one. Otherwise only what flagd
    /// itself refuses does, and all else goes to <see cref="FlagSet.Warnings"/>.
    /// </summary>
    public bool Strict { get; init; } = true;

    /// <summary>How <c>fractional</c> deals out, unless the set says otherwise by <c>readyops.bucketing</c> in its metadata.</summary>
    public FlagBucketing Bucketing { get; init; } = FlagBucketing.V2;

    /// <summary>Gives <c>$flagd.timestamp</c> where the caller gives no time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
