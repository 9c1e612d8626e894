namespace ReadyOps;

/// <summary>One share of a <c>fractional</c>.</summary>
public sealed record FlagShare
{
    internal FlagShare()
    {
    }

    /// <summary>The variant.</summary>
    public string Variant { get; internal init; } = "";

    /// <summary>Its weight.</summary>
    public long Weight { get; internal init; }

    /// <summary>Its share in per cent.</summary>
    public double Percent { get; internal init; }

    /// <summary>The first bucket that is its own.</summary>
    public long From { get; internal init; }

    /// <summary>Whether the bucket fell to it.</summary>
    public bool Chosen { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Variant} {Percent:0.###} %");
}
