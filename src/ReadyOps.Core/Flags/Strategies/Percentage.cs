using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>A share of those who have a targeting key.</summary>
/// <param name="Percent">The share, in per cent (0–100), in steps of 0.001.</param>
public sealed record Percentage(decimal Percent) : FlagStrategy
{
    /// <inheritdoc/>
    public override string Name => "percentage";

    internal override JsonNode Rule() => ShareRule(Percent);

    internal override IEnumerable<(string Name, JsonValue Value)> Parameters() => [("percent", JsonValue.Create(Percent))];

    internal override string? Problem() => base.Problem() ?? ShareProblem(Percent);

    internal override string Describe() => Percents(Percent);
}
