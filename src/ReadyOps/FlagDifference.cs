namespace ReadyOps;

/// <summary>What a change does to one member of one flag.</summary>
public sealed record FlagDifference
{
    internal FlagDifference()
    {
    }

    /// <summary>The key of the flag; empty for what the flags share (<c>$evaluators</c>, <c>metadata</c> of the set).</summary>
    public string Flag { get; internal init; } = "";

    /// <summary>
    /// The member: <c>state</c>, <c>defaultVariant</c>, <c>targeting</c>, <c>variants.on</c>, <c>metadata.readyops.owner</c>; empty where
    /// the whole flag was added or removed.
    /// </summary>
    public string Member { get; internal init; } = "";

    /// <summary>What it was, in JSON; <see langword="null"/> where there was nothing.</summary>
    public string? Before { get; internal init; }

    /// <summary>What it is, in JSON; <see langword="null"/> where there is nothing any more.</summary>
    public string? After { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Flag}{(Flag.Length > 0 && Member.Length > 0 ? "." : "")}{Member}: {Before ?? "(none)"} -> {After ?? "(none)"}";
}
