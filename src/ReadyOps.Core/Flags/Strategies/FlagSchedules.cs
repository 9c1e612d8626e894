using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>Changes that take effect at a moment: one rule that asks for the time, what was before it and what comes after.</summary>
public static class FlagSchedules
{
    /// <summary>When a change of a flag takes effect that waits; <see langword="null"/> where none does.</summary>
    public static DateTimeOffset? Pending(FlagDefinition flag, DateTimeOffset now) =>
        flag.Metadata.GetValueOrDefault(FlagMetadataKeys.At) is string text && FlagMetadataKeys.TryReadMoment(text, out DateTimeOffset at) && at > now ? at : null;

    /// <summary>Drops what was, once what comes has come; everybody keeps what they have.</summary>
    public static void Collapse(FlagEditor editor, string key, DateTimeOffset now)
    {
        if (editor.Find(key) is not { } flag || At(flag) is not { } at || at > now) return;
        bool asCompiled = FlagStrategies.MarkOf(flag) == Text(flag, FlagMetadataKeys.Prefix + "compiled");
        if (Parts(FlagRequirements.Own(flag), at) is { } parts)
            FlagRequirements.Put(editor, key, parts.Then.DeepClone(), Text(flag, FlagMetadataKeys.Prefix + "stable") ?? "off");
        editor.SetMetadata(key, FlagMetadataKeys.At, null);
        if (editor.Find(key)?["targeting"] is null) editor.SetMetadata(key, FlagMetadataKeys.Prefix + "on", null);
        if (asCompiled) FlagStrategies.SetMark(editor, key);
    }

    internal static JsonObject Rule(DateTimeOffset at, JsonNode until, JsonNode then) =>
        TargetingKeys.If(TargetingKeys.Op("<", new JsonObject { ["var"] = "$flagd.timestamp" }, at.ToUnixTimeSeconds()), until, then);

    /// <summary>What counts until then, in a flag whose default variant is another by then.</summary>
    internal static JsonNode Until(FlagEditor editor, string key, string stable)
    {
        JsonObject flag = editor.Find(key)
            ?? throw new ReadyOpsException("FlagMissing", $"There is no flag '{key}'.", "Get-FeatureFlag lists those that there are.");
        JsonNode own = FlagRequirements.Own(flag);
        if (At(flag) is { } at && Parts(own, at) is { } parts) own = parts.Until;
        string? fallback = (flag["defaultVariant"] as JsonValue)?.GetValue<string>();
        if (own is JsonValue || fallback == stable) return own.DeepClone();
        // Who got the default variant goes on getting it, by name.
        if (fallback is null)
            throw new ReadyOpsException("FlagScheduleUnfit", $"The flag '{key}' leaves some users to the defaults of their own programs, and no rule can say that until then.", "Give it a default variant, or change it when the time has come.");
        return TargetingKeys.Op("or", own.DeepClone(), fallback);
    }

    internal static DateTimeOffset? At(JsonObject flag) =>
        Text(flag, FlagMetadataKeys.At) is { } text && FlagMetadataKeys.TryReadMoment(text, out DateTimeOffset at) ? at : null;

    private static (JsonNode Until, JsonNode Then)? Parts(JsonNode own, DateTimeOffset at) =>
        own is JsonObject { Count: 1 } rule && rule["if"] is JsonArray { Count: 3 } parts && parts[1] is { } until && parts[2] is { } then
        && JsonNode.DeepEquals(rule, Rule(at, until.DeepClone(), then.DeepClone())) ? (until, then) : null;

    private static string? Text(JsonObject flag, string name) => flag["metadata"]?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
