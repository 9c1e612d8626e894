namespace ReadyOps;

/// <summary>What changed about one check between two results of a gate.</summary>
public sealed record GateChange
{
    internal GateChange()
    {
    }

    /// <summary>Name of the check.</summary>
    public string Check { get; internal init; } = "";

    /// <summary>Whether its verdict changed: it turned. Otherwise only its value did.</summary>
    public bool Turned => Before != After;

    /// <summary>Its verdict before; <see langword="null"/> when it was not there yet.</summary>
    public Verdict? Before { get; internal init; }

    /// <summary>Its verdict after; <see langword="null"/> when it is gone.</summary>
    public Verdict? After { get; internal init; }

    /// <summary>What it saw before, in base units.</summary>
    public object? ValueBefore { get; internal init; }

    /// <summary>What it saw after, in base units.</summary>
    public object? ValueAfter { get; internal init; }

    /// <summary>What the value counts.</summary>
    public Unit Unit { get; internal init; }

    /// <summary>The bound that the later value was held against.</summary>
    public Bound? Bound { get; internal init; }

    /// <summary>Why it says what it says after; before, when it is gone.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>The journal event of the earlier result, <c>stream#sequence</c>.</summary>
    public string From { get; internal init; } = "";

    /// <summary>The journal event of the later result, <c>stream#sequence</c>.</summary>
    public string To { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Check}: {Before?.ToString() ?? "absent"} → {After?.ToString() ?? "gone"}";
}
