using System.Text.Json;
using System.Text.Json.Nodes;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>
/// Flags that require others: whoever has not the variant that is required of another flag gets the stable variant of this one. The rule of the
/// other flag is put in, so that any flagd sees to it; it is put in anew whenever that flag changes.
/// </summary>
public static class FlagRequirements
{
    private const string Wanted = "FlagRequirementInvalid";

    /// <summary>The flags that a flag requires, with the variants that they must have.</summary>
    public static IReadOnlyDictionary<string, string> Read(FlagDefinition flag) =>
        Parse(flag.Key, flag.Metadata.GetValueOrDefault(FlagMetadataKeys.Requires) as string);

    /// <summary>Lets a flag require others; an empty dictionary lets it require none.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagMissing</c>, <c>FlagRequirementInvalid</c>: it has no strategy of ours, so nobody knows its stable variant.</exception>
    public static void Set(FlagEditor editor, string key, IReadOnlyDictionary<string, string> requires)
    {
        JsonObject flag = Find(editor, key);
        if (requires.Count > 0 && Text(flag, "strategy") is null)
            throw new ReadyOpsException(Wanted, $"The flag '{key}' has no strategy, so it cannot require another flag.", "Give it a strategy first, for example -Percent or -On.");
        JsonNode own = Own(flag).DeepClone();
        bool asCompiled = FlagStrategies.MarkOf(flag) == Text(flag, "compiled");
        editor.SetMetadata(key, FlagMetadataKeys.Requires, requires.Count == 0 ? null : JsonValue.Create(JsonSerializer.Serialize(requires)));
        Put(editor, key, own, Text(flag, "stable") ?? "off");
        bool wrapped = requires.Count > 0 && own is JsonValue;
        if (Text(flag, "strategy") == "all-at-once")
            editor.SetMetadata(key, FlagMetadataKeys.Prefix + "on", wrapped ? JsonValue.Create(own.GetValue<string>() == (Text(flag, "variant") ?? "on")) : null);
        if (asCompiled) FlagStrategies.SetMark(editor, key);
    }

    /// <summary>Puts in anew what flags require, after any of them may have changed; and looks whether the slots of groups are apart.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagRequirementMissing</c>, <c>FlagRequirementCycle</c>, <c>FlagRequirementInvalid</c>, <c>FlagSlotTaken</c></exception>
    internal static void Refresh(FlagEditor editor)
    {
        var flags = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (string key in editor.Keys)
            if (editor.Find(key) is { } flag) flags[key] = flag;
        CheckSlots(flags);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (string key in flags.Keys) Refresh(editor, key, [], done);
    }

    /// <summary>The rule of a flag without what it requires; the name of its default variant where it has none.</summary>
    internal static JsonNode Own(JsonObject flag)
    {
        JsonNode? targeting = flag["targeting"];
        if (targeting is not JsonObject { Count: > 0 } rule) return flag["defaultVariant"]?.DeepClone() ?? JsonValue.Create("");
        return Text(flag, "requires") is not null && rule.Count == 1 && rule["if"] is JsonArray { Count: 3 } parts && parts[2] is JsonValue && parts[1] is { } own ? own : rule;
    }

    /// <summary>Writes the rule of a flag with what it requires around it.</summary>
    internal static void Put(FlagEditor editor, string key, JsonNode own, string stable)
    {
        JsonObject flag = Find(editor, key);
        IReadOnlyDictionary<string, string> requires = Parse(key, Text(flag, "requires"));
        if (requires.Count == 0 && own is JsonValue value)
        {
            editor.SetTargeting(key, null);
            editor.SetDefaultVariant(key, value.GetValue<string>() is { Length: > 0 } name ? name : null);
            return;
        }

        editor.SetDefaultVariant(key, stable);
        JsonNode rule = requires.Count == 0 ? own : TargetingKeys.If(Condition(editor, key, requires), own, stable);
        editor.SetTargeting(key, FlagStrategies.Text(rule));
    }

    private static void Refresh(FlagEditor editor, string key, string[] path, HashSet<string> done)
    {
        if (path.Contains(key, StringComparer.Ordinal))
            throw new ReadyOpsException("FlagRequirementCycle", $"The flags require one another in a circle: {string.Join(" -> ", path.SkipWhile(one => one != key))} -> {key}.", "Take one of them out; nothing was changed.");
        if (done.Contains(key)) return;
        JsonObject flag = Find(editor, key);
        IReadOnlyDictionary<string, string> requires = Parse(key, Text(flag, "requires"));
        foreach (string required in requires.Keys)
        {
            if (editor.Find(required) is null)
                throw new ReadyOpsException("FlagRequirementMissing", $"The flag '{key}' requires '{required}', and there is no such flag.", "Let it require another one, or none, first; nothing was changed.");
            Refresh(editor, required, [.. path, key], done);
        }

        done.Add(key);
        if (requires.Count == 0) return;
        bool asCompiled = FlagStrategies.MarkOf(flag) == Text(flag, "compiled");
        Put(editor, key, Own(flag).DeepClone(), Text(flag, "stable") ?? "off");
        if (asCompiled) FlagStrategies.SetMark(editor, key);
    }

    private static JsonNode Condition(FlagEditor editor, string key, IReadOnlyDictionary<string, string> requires)
    {
        JsonNode?[] conditions = [.. requires.Select(one => Condition(editor, key, one.Key, one.Value))];
        return conditions.Length == 1 ? conditions[0]! : TargetingKeys.Op("and", conditions);
    }

    private static JsonNode Condition(FlagEditor editor, string key, string required, string variant)
    {
        JsonObject flag = editor.Find(required)
            ?? throw new ReadyOpsException("FlagRequirementMissing", $"The flag '{key}' requires '{required}', and there is no such flag.", "Get-FeatureFlag lists those that there are.");
        string[] variants = [.. (flag["variants"] as JsonObject ?? []).Select(one => one.Key)];
        if (!variants.Contains(variant, StringComparer.Ordinal))
            throw new ReadyOpsException(Wanted, $"The flag '{key}' requires the variant '{variant}' of '{required}', which has no such variant{Suggestion.For(variant, variants)}.", $"Require one of {string.Join(", ", variants)}.");
        // Off without a word: nobody has the variant.
        if (flag["state"]?.GetValue<string>() != "ENABLED") return false;
        string? fallback = flag["defaultVariant"]?.GetValue<string>();
        if (flag["targeting"] is not JsonObject { Count: > 0 } targeting) return fallback == variant;
        JsonNode rule = new RequiredRule(JsonNode.Parse(editor.Utf8)!.AsObject(), required, fallback).Rewrite(targeting);
        // A rule that names none means the default variant.
        if (fallback != variant) return TargetingKeys.Op("==", rule, variant);
        JsonNode[] others = [.. variants.Where(other => other != variant).Select(other => (JsonNode)other)];
        return TargetingKeys.Op("!", TargetingKeys.Op("in", rule, new JsonArray(others)));
    }

    private static void CheckSlots(Dictionary<string, JsonObject> flags)
    {
        var slots = flags.Select(flag => (flag.Key, Group: Text(flag.Value, "group"), From: Number(flag.Value, "slotFrom"), To: Number(flag.Value, "slotTo")))
            .Where(slot => slot.Group is not null).OrderBy(slot => slot.From).GroupBy(slot => slot.Group);
        foreach (var group in slots)
        {
            foreach (var (first, second) in group.Zip(group.Skip(1)))
            {
                if (second.From < first.To)
                    throw new ReadyOpsException("FlagSlotTaken", FormattableString.Invariant($"In the group '{group.Key}', the slot of '{second.Key}' begins at {second.From}%, and that of '{first.Key}' ends at {first.To}% only."), "Give slots that do not overlap; nothing was changed.");
            }
        }
    }

    private static IReadOnlyDictionary<string, string> Parse(string key, string? text)
    {
        if (string.IsNullOrEmpty(text)) return new Dictionary<string, string>();
        try
        {
            if (JsonSerializer.Deserialize<Dictionary<string, string>>(text) is { } requires) return requires;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new ReadyOpsException(Wanted, $"What the flag '{key}' requires cannot be read: {text}", $"Write {FlagMetadataKeys.Requires} as {{\"other-flag\": \"on\"}}, in a text.");
    }

    private static JsonObject Find(FlagEditor editor, string key) => editor.Find(key)
        ?? throw new ReadyOpsException("FlagMissing", $"There is no flag '{key}'.", "Get-FeatureFlag lists those that there are.");

    private static string? Text(JsonObject flag, string name) => flag["metadata"]?[FlagMetadataKeys.Prefix + name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static decimal Number(JsonObject flag, string name) => flag["metadata"]?[FlagMetadataKeys.Prefix + name] is JsonValue value && value.TryGetValue(out decimal number) ? number : 0;
}
