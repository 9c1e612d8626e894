using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>
/// The rule of one flag, to be asked within the rule of another: what depends on whose rule it is (its key, and the short form of
/// <c>fractional</c>) is spelled out, and what it comes to are names of variants, as texts.
/// </summary>
/// <param name="document">The document of both.</param>
/// <param name="key">The key of the flag.</param>
/// <param name="fallback">Its default variant; <see langword="null"/> for none.</param>
internal sealed class RequiredRule(JsonObject document, string key, string? fallback)
{
    private const string FlagKey = "$flagd.flagKey";

    /// <summary>The rule, to be put in elsewhere.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagRequirementInvalid</c>: it cannot be followed.</exception>
    public JsonNode Rewrite(JsonObject targeting) => Spell(Results(Shared(targeting)) ?? throw Unfit("it comes to nothing"))!;

    private JsonNode? Shared(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray items:
                return new JsonArray([.. items.Select(Shared)]);
            case JsonObject { Count: 1 } rule when rule["$ref"] is JsonValue name:
                // A shared rule cannot refer to another one.
                return document["$evaluators"]?[name.GetValue<string>()]?.DeepClone() ?? throw Unfit($"there is no shared rule '{name}'");
            case JsonObject members:
                return new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Shared(member.Value))));
            default:
                return node?.DeepClone();
        }
    }

    private JsonNode? Results(JsonNode? node)
    {
        switch (node)
        {
            case null:
                return null;
            case JsonValue value:
                // flagd takes the text of whatever a rule comes to.
                return value.TryGetValue(out string? text) ? text : value.ToJsonString();
            case JsonObject { Count: 1 } rule when rule.First() is { Value: JsonArray arguments } first:
                switch (first.Key)
                {
                    case "if" or "?:":
                        return TargetingKeys.Op("if", [.. arguments.Select((argument, i) => (i & 1) == 1 || i == arguments.Count - 1 ? Results(argument) : argument?.DeepClone())]);
                    case "or":
                        return TargetingKeys.Op("or", [.. arguments.Select(Results)]);
                    case "fractional":
                        return TargetingKeys.Op("fractional", [.. arguments.Select((argument, i) => argument is JsonArray { Count: > 0 } share ? Share(share) : argument?.DeepClone())]);
                    default:
                        throw Unfit($"what its operator '{first.Key}' comes to is not written in it");
                }

            default:
                throw Unfit("what it comes to is not written in it");
        }
    }

    private JsonArray Share(JsonArray share) => new([.. share.Select((part, i) => i == 0 ? Results(part) : part?.DeepClone())]);

    private JsonNode? Spell(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray items:
                return new JsonArray([.. items.Select(Spell)]);
            case JsonObject { Count: 1 } rule when rule["fractional"] is JsonArray shares:
                return Fractional(shares);
            case JsonObject { Count: 1 } rule when rule["var"] is { } path && (path is JsonArray { Count: > 0 } list ? list[0] : path) is JsonValue name && name.TryGetValue(out string? text) && text.StartsWith("$flagd", StringComparison.Ordinal):
                return text == FlagKey ? key : text == "$flagd.timestamp" ? rule.DeepClone() : throw Unfit($"it asks for '{text}'");
            case JsonObject members:
                return new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Spell(member.Value))));
            default:
                return node?.DeepClone();
        }
    }

    private JsonNode Fractional(JsonArray shares)
    {
        if ((document["metadata"]?["readyops.bucketing"] as JsonValue)?.GetValue<string>() == "v3")
            throw Unfit("with the bucketing v3, nothing but the flag itself deals out as the flag does");
        JsonNode?[] spelled = [.. shares.Select(Spell)];
        return shares[0] switch
        {
            JsonArray => TargetingKeys.Fractional(key, spelled, fallback),
            // What is always a text is hashed as it is, whoever asks.
            JsonObject by when by.ContainsKey("cat") => TargetingKeys.Op("fractional", spelled),
            _ => throw Unfit("its share is dealt out by something that may be missing"),
        };
    }

    private ReadyOpsException Unfit(string why) =>
        new("FlagRequirementInvalid", $"The flag '{key}' cannot be required, because its rule cannot be followed: {why}.", "Require a flag whose rule names its variants, by 'if' and 'fractional'.");
}
