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

    private static readonly string[] Parameters = ["strategy", "percent", "start", "end", "from", "to", "allow", "variant", "stable", "on", "group", "slotFrom", "slotTo", "at", "compiled"];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The names there are.</summary>
    public static IReadOnlyList<string> Names { get; } = ["all-at-once", "percentage", "progressive", "canary"];

    /// <summary>The targeting that a strategy comes to, in JSON; <see langword="null"/> for none.</summary>
    public static string? Compile(FlagStrategy strategy) => strategy.Rule() is { } rule ? Text(rule) : null;

    /// <summary>Puts a strategy into a flag: its targeting, its default variant and its metadata.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagStrategyInvalid</c>, <c>FlagMissing</c></exception>
    public static void Apply(FlagEditor editor, string key, FlagStrategy strategy)
    {
        ThrowIfProblem(key, strategy);
        Write(editor, key, strategy, strategy.Rule() ?? strategy.Default, null);
    }

    /// <summary>
    /// Lets a strategy count from a moment on, and until then what counts now: one rule that asks for the time, so that it takes
    /// effect with nothing of ours running.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>FlagScheduleInvalid</c>, <c>FlagScheduleUnfit</c>, and those of <see cref="Apply"/>.</exception>
    public static void ApplyAt(FlagEditor editor, string key, FlagStrategy strategy, DateTimeOffset at, DateTimeOffset now)
    {
        ThrowIfProblem(key, strategy);
        if (at.ToUnixTimeSeconds() <= now.ToUnixTimeSeconds())
            throw new ReadyOpsException("FlagScheduleInvalid", $"{Progressive.Moment(at)} is not in the future, so the change of '{key}' cannot wait for it.", "Give a moment to come, or change it now.");
        FlagSchedules.Collapse(editor, key, now);
        JsonNode until = FlagSchedules.Until(editor, key, strategy.Stable);
        Write(editor, key, strategy, FlagSchedules.Rule(at, until, strategy.Rule() ?? strategy.Default), at);
    }

    private static void ThrowIfProblem(string key, FlagStrategy strategy)
    {
        if (strategy.Problem() is { } problem)
            throw new ReadyOpsException("FlagStrategyInvalid", $"The strategy '{strategy.Name}' for the flag '{key}' cannot be used: {problem}.", "Nothing was changed; correct the parameters.");
    }

    private static void Write(FlagEditor editor, string key, FlagStrategy strategy, JsonNode own, DateTimeOffset? at)
    {
        var values = strategy.Parameters().ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        values["strategy"] = JsonValue.Create(strategy.Name);
        if (strategy.Variant != "on") values["variant"] = JsonValue.Create(strategy.Variant);
        if (strategy.Stable != "off") values["stable"] = JsonValue.Create(strategy.Stable);
        if (strategy.Slot is { } slot)
        {
            values["group"] = JsonValue.Create(slot.Group);
            values["slotFrom"] = JsonValue.Create(slot.From);
            values["slotTo"] = JsonValue.Create(slot.To);
        }

        if (at is { } moment) values["at"] = JsonValue.Create(Progressive.Moment(moment));
        FlagRequirements.Put(editor, key, own, strategy.Stable);
        // With a rule around it, the default variant no longer tells.
        if (strategy is AllAtOnce all && editor.Find(key)?["targeting"] is not null) values["on"] = JsonValue.Create(all.On);
        foreach (string name in Parameters) editor.SetMetadata(key, Prefix + name, values.GetValueOrDefault(name));
        SetMark(editor, key);
    }

    /// <summary>Notes that targeting and default variant are what the strategy came to.</summary>
    internal static void SetMark(FlagEditor editor, string key) => editor.SetMetadata(key, Prefix + "compiled", JsonValue.Create(MarkOf(editor.Find(key)!)));

    internal static string MarkOf(JsonObject flag) => Mark(flag["targeting"]?.ToJsonString(Plain), flag["defaultVariant"]?.GetValue<string>() ?? "");

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
            "all-at-once" => new AllAtOnce(flag.Targeting is not null && flag.Metadata.GetValueOrDefault(Prefix + "on") is bool on ? on : flag.DefaultVariant == (Text(flag, "variant") ?? "on")),
            "percentage" when Number(flag, "percent") is { } percent => new Percentage(percent),
            "progressive" when FlagMetadataKeys.TryReadMoment(Text(flag, "start") ?? "", out DateTimeOffset start)
                && FlagMetadataKeys.TryReadMoment(Text(flag, "end") ?? "", out DateTimeOffset end)
                => new Progressive(start, end, Number(flag, "from") ?? 0, Number(flag, "to") ?? 100),
            "canary" when Audiences(flag) is { } allowed => new Canary(allowed, Number(flag, "percent") ?? 0),
            _ => null,
        };
        return strategy is null ? null : strategy with { Variant = Text(flag, "variant") ?? "on", Stable = Text(flag, "stable") ?? "off", Slot = Slot(flag) };
    }

    /// <summary>
    /// Whether targeting and default variant are still what the strategy came to. A rollout that moves the share, or a person who wrote
    /// a rule by hand, changes them; then the parameters tell what was, and the targeting what is.
    /// </summary>
    public static bool IsAsCompiled(FlagDefinition flag) => Text(flag, "compiled") == Mark(flag.Targeting, flag.DefaultVariant ?? "");

    // flagd takes an object for a rule; a plain name is an `if` without a condition.
    internal static JsonNode Object(JsonNode rule) => rule is JsonObject ? rule : new JsonObject { ["if"] = new JsonArray(true, rule, rule.DeepClone()) };

    /// <summary>A rule as targeting, in JSON.</summary>
    internal static string Text(JsonNode rule) => Object(rule).ToJsonString(Plain);

    private static string Mark(string? targeting, string fallback)
    {
        string text = (targeting is null ? "" : JsonNode.Parse(targeting)!.ToJsonString()) + "\n" + fallback;
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16].ToLowerInvariant();
    }

    private static FlagSlot? Slot(FlagDefinition flag) => Text(flag, "group") is { } group && Number(flag, "slotFrom") is { } from && Number(flag, "slotTo") is { } to ? new FlagSlot(group, from, to) : null;

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
