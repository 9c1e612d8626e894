namespace ReadyOps;

/// <summary>One operator of a targeting as it was evaluated.</summary>
public sealed record FlagStep
{
    internal FlagStep()
    {
    }

    /// <summary>Where it stands in the targeting, as a JSON Pointer: <c>/if/0</c>.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>The operator, for example <c>ends_with</c>.</summary>
    public string Operator { get; internal init; } = "";

    /// <summary>The rule as it is written, in JSON, cut off where it is long.</summary>
    public string Rule { get; internal init; } = "";

    /// <summary>What it came to, in JSON, cut off where it is long.</summary>
    public string Result { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Rule} = {Result}";
}
