using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>
/// How a flag reaches its users. Compiled to plain targeting, so that any flagd serves it without us; its parameters are kept
/// in flat metadata, so that it can be read back. The variant that is brought out always stands first in its <c>fractional</c>: whoever has
/// it keeps it while the share grows.
/// </summary>
public abstract record FlagStrategy
{
    private protected FlagStrategy()
    {
    }

    /// <summary>The variant that is brought out.</summary>
    public string Variant { get; init; } = "on";

    /// <summary>The variant of everybody else; the flag's default.</summary>
    public string Stable { get; init; } = "off";

    /// <summary>What it is called in metadata.</summary>
    public abstract string Name { get; }

    /// <summary>Its rule in JsonLogic, or <see langword="null"/> where the default variant says it all.</summary>
    internal abstract JsonNode? Rule();

    /// <summary>The default variant.</summary>
    internal virtual string Default => Stable;

    /// <summary>Its parameters as flat metadata, without the prefix.</summary>
    internal abstract IEnumerable<(string Name, JsonValue Value)> Parameters();

    /// <summary>What is wrong with it, in a sentence; <see langword="null"/> where nothing is.</summary>
    internal virtual string? Problem() => Variant == Stable ? $"'{Variant}' is both the variant that is brought out and that of everybody else" : null;

    /// <summary>The rule of a share: nobody, everybody, or a part of those who have a targeting key.</summary>
    private protected JsonNode ShareRule(decimal percent)
    {
        if (percent <= 0) return Stable;
        if (percent >= 100) return Variant;
        int weight = (int)decimal.Round(percent * 1000, MidpointRounding.ToZero);
        return Fractional(weight, 100_000 - weight);
    }

    private protected JsonObject Fractional(JsonNode weight, JsonNode rest) =>
        new() { ["fractional"] = new JsonArray(new JsonArray(Variant, weight), new JsonArray(Stable, rest)) };

    private protected static JsonObject Var(string name) => new() { ["var"] = name };

    private protected static JsonObject If(params JsonNode[] parts) => new() { ["if"] = new JsonArray([.. parts]) };

    private protected static string? ShareProblem(decimal percent, string what) => percent is < 0 or > 100 ? $"{what} of {percent}% is none" : null;
}
