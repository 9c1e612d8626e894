using System.Globalization;
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

    /// <summary>The slot in a group of flags that never meet; <see langword="null"/> for none.</summary>
    public FlagSlot? Slot { get; init; }

    /// <summary>What it is called in metadata.</summary>
    public abstract string Name { get; }

    /// <summary>Its rule in JsonLogic, or <see langword="null"/> where the default variant says it all.</summary>
    internal abstract JsonNode? Rule();

    /// <summary>The default variant.</summary>
    internal virtual string Default => Stable;

    /// <summary>Its parameters as flat metadata, without the prefix.</summary>
    internal abstract IEnumerable<(string Name, JsonValue Value)> Parameters();

    /// <summary>What is wrong with it, in a sentence; <see langword="null"/> where nothing is.</summary>
    internal virtual string? Problem() => Variant == Stable ? $"'{Variant}' is both the variant that is brought out and that of everybody else" : Slot?.Problem();

    /// <summary>What it does, in a few words.</summary>
    internal abstract string Describe();

    /// <summary>The rule of a share: nobody, everybody, or a part of those who have a targeting key.</summary>
    private protected JsonNode ShareRule(decimal percent)
    {
        if (percent <= 0) return Stable;
        if (percent >= 100 && Slot is null) return Variant;
        return Fractional(Thousandths(percent), 100_000, Thousandths(Slot?.From ?? 0), (total, weight) => total - weight.GetValue<long>());
    }

    /// <summary>A share between the variant and the stable one; within its slot where it has one.</summary>
    /// <param name="weight">The weight of the variant.</param>
    /// <param name="total">The sum of weights.</param>
    /// <param name="before">The weight of what lies before the slot.</param>
    /// <param name="subtract">Takes the weight of the variant away from a sum.</param>
    private protected JsonNode Fractional(JsonNode weight, long total, long before, Func<long, JsonNode, JsonNode> subtract)
    {
        JsonArray[] shares = [new(Variant, weight), new(Stable, subtract(total - before, weight))];
        return Slot is null ? new JsonObject { ["fractional"] = new JsonArray([.. shares]) }
            : TargetingKeys.Fractional(Slot.Group, [new JsonArray(Stable, before), .. shares], Stable);
    }

    private protected static long Thousandths(decimal percent) => (long)decimal.Round(percent * 1000, MidpointRounding.ToZero);

    private protected static JsonObject Var(string name) => new() { ["var"] = name };

    private protected static JsonObject If(params JsonNode[] parts) => new() { ["if"] = new JsonArray([.. parts]) };

    private protected string? ShareProblem(decimal percent) =>
        percent is < 0 or > 100 ? $"a share of {percent}% is none"
        : percent is > 0 and < 0.001m ? $"a share of {percent}% would reach nobody: shares go in steps of 0.001%"
        : Slot is { } slot && percent > slot.Width ? string.Create(CultureInfo.InvariantCulture, $"a share of {percent}% does not fit into its slot {slot}, which is {slot.Width}% wide")
        : null;

    private protected string? SlotProblem() => Slot is null ? null : $"'{Name}' reaches users outside of a slot, so it cannot be in a group";

    private protected static string Percents(decimal percent) => string.Create(CultureInfo.InvariantCulture, $"{percent:0.###} %");
}
