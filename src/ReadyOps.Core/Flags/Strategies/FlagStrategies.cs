using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>Strategies into flag documents and back.</summary>
public static class FlagStrategies
{
    private const string Prefix = FlagMetadataKeys.Prefix;

    private static readonly string[] Parameters = ["strategy", "percent", "start", "end", "from", "to", "allow", "variant", "stable", "compiled"];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The names there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["all-at-once", "percentage", "progressive", "canary"];

    /// <summary>The targeting that a strategy comes to, in JSON; <see langword="null"/> for none.</summary>
    public static string? Compile(FlagStrategy strategy) => strategy.Rule() is { } rule ? Object(rule).ToJsonString(Plain) : null;

    /// <summary>Puts a strategy into a flag: its targeting, its default variant and its metadata.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagStrategyInvalid</c>, <c>FlagMissing</c></exception>
    public static void Apply(FlagEditor editor, string key, FlagStrategy strategy)
    {
        if (strategy.Problem() is { } problem)
            throw new ReadyOpsException("FlagStrategyInvalid", $"The strategy '{strategy.Name}' for the flag '{key}' cannot be used: {problem}.", "Nothing was changed; correct the parameters.");
        string? targeting = Compile(strategy);
        editor.SetTargeting(key, targeting);
        editor.SetDefaultVariant(key, strategy.Default);
        var values = strategy.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        values["strategy"] = JsonValue.Create(strategy.Name);
        if (strategy.Variant != "on") values["variant"] = JsonValue.Create(strategy.Variant);
        if (strategy.Stable != "off") values["stable"] = JsonValue.Create(strategy.Stable);
        values["compiled"] = JsonValue.Create(Mark(targeting, strategy.Default));
        foreach (string name in Parameters) editor.SetMetadata(key, Prefix + name, values.GetValueOrDefault(name));
    }

    /// <summary>Forgets the strategy of a flag; its targeting stays as it is.</summary>
    public static void Forget(FlagEditor editor, string key)
    {
        foreach (string name in Parameters) editor.SetMetadata(key, Prefix + name, null);
    }

    /// <summary>The strategy that a flag was given; <see langword="null"/> where it has none of ours, or one that cannot be read.</summary>
    public static FlagStrategy? Read(FlagDefinition flag)
    {
        FlagStrategy? strategy = Text(flag, "strategy") switch
        {
            "all-at-once" => new AllAtOnce(flag.DefaultVariant == (Text(flag, "variant") ?? "on")),
            "percentage" when Number(flag, "percent") is { } percent => new Percentage(percent),
            "progressive" when FlagMetadataKeys.TryReadMoment(Text(flag, "start") ?? "", out DateTimeOffset start)
                && FlagMetadataKeys.TryReadMoment(Text(flag, "end") ?? "", out DateTimeOffset end)
                => new Progressive(start, end, Number(flag, "from") ?? 0, Number(flag, "to") ?? 100),
            "canary" when Audiences(flag) is { } allowed => new Canary(allowed, Number(flag, "percent") ?? 0),
            _ => null,
        };
        return strategy is null ? null : strategy with { Variant = Text(flag, "variant") ?? "on", Stable = Text(flag, "stable") ?? "off" };
    }

    /// <summary>
    /// Whether targeting and default variant are still what the strategy came to. A rollout that moves the share, or a person who wrote
    /// a rule by hand, changes them; then the parameters tell what was, and the targeting what is.
    /// </summary>
    public static bool IsAsCompiled(FlagDefinition flag) => Text(flag, "compiled") == Mark(flag.Targeting, flag.DefaultVariant ?? "");

    // flagd takes an object for a rule; a plain name is an `if` without a condition.
    private static JsonNode Object(JsonNode rule) => rule is JsonObject ? rule : new JsonObject { ["if"] = new JsonArray(true, rule, rule.DeepClone()) };

    private static string Mark(string? targeting, string fallback)
    {
        string text = (targeting is null ? "" : JsonNode.Parse(targeting)!.ToJsonString()) + "\n" + fallback;
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16].ToLowerInvariant();
    }

    private static string? Text(FlagDefinition flag, string name) => flag.Metadata.GetValueOrDefault(Prefix + name) as string;

    private static decimal? Number(FlagDefinition flag, string name) => flag.Metadata.GetValueOrDefault(Prefix + name) switch
    {
        long whole => whole,
        double number when Math.Abs(number) < 1e9 => Convert.ToDecimal(number, CultureInfo.InvariantCulture),
        _ => null,
    };

    private static IReadOnlyList<FlagAudience>? Audiences(FlagDefinition flag)
    {
        try
        {
            return JsonSerializer.Deserialize<FlagAudience[]>(Text(flag, "allow") ?? "", FlagAudience.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
