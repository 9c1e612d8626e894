using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>Those on a list first, then a share of the others.</summary>
/// <param name="Allowed">Who has the variant whatever the share is.</param>
/// <param name="Percent">The share of the others, in per cent (0–100), in steps of 0.001.</param>
public sealed record Canary(IReadOnlyList<FlagAudience> Allowed, decimal Percent = 0) : FlagStrategy
{
    /// <inheritdoc/>
    public override string Name => "canary";

    internal override JsonNode Rule()
    {
        var parts = new List<JsonNode>();
        foreach (FlagAudience audience in Allowed)
        {
            parts.Add(audience.Condition());
            parts.Add(Variant);
        }

        parts.Add(ShareRule(Percent));
        return If([.. parts]);
    }

    internal override IEnumerable<(string Name, JsonValue Value)> Parameters() =>
        [("percent", JsonValue.Create(Percent)), ("allow", JsonValue.Create(JsonSerializer.Serialize(Allowed, FlagAudience.Json)))];

    internal override string? Problem() => base.Problem() ?? SlotProblem() ?? ShareProblem(Percent)
        ?? (Allowed.Count == 0 ? "there is nobody on its list" : Allowed.Select(audience => audience.Problem()).FirstOrDefault(problem => problem is not null));

    internal override string Describe() => $"canary: {string.Join(", ", Allowed)}{(Percent > 0 ? $", then {Percents(Percent)}" : "")}";

    /// <inheritdoc/>
    public bool Equals(Canary? other) => other is not null && base.Equals(other) && Percent == other.Percent && Allowed.SequenceEqual(other.Allowed);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Percent, Allowed.Count);
}
