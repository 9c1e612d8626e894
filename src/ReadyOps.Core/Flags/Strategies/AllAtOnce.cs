using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>Everybody has the variant, or nobody: no targeting, only the default variant.</summary>
/// <param name="On">Whether everybody has it.</param>
public sealed record AllAtOnce(bool On) : FlagStrategy
{
    /// <inheritdoc/>
    public override string Name => "all-at-once";

    internal override string Default => On ? Variant : Stable;

    internal override JsonNode? Rule() => null;

    internal override IEnumerable<(string Name, JsonValue Value)> Parameters() => [];

    internal override string? Problem() => base.Problem() ?? SlotProblem();

    internal override string Describe() => $"all at once: {Default}";
}
