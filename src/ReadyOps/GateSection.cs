namespace ReadyOps;

/// <summary>One weighted section of a gate, judged.</summary>
public sealed record GateSection
{
    internal GateSection()
    {
    }

    /// <summary>Name of the section.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Its weight against the other sections.</summary>
    public double Weight { get; internal init; } = 1;

    /// <summary>Weighted share of its checks that passed, 0–100.</summary>
    public double Score { get; internal init; }

    /// <summary>What its checks saw, in the order of the document.</summary>
    public IReadOnlyList<Evidence> Evidence { get; internal init => field = value.AsArray(); } = [];
}
