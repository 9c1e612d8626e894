using System.Text.Json.Nodes;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>Shares dealt out by another name than the flag's own key.</summary>
internal static class TargetingKeys
{
    private const string Name = "targetingKey";

    /// <summary>
    /// A <c>fractional</c> that hashes a name and the targeting key behind it: the same text that the short form hashes for a flag of that name.
    /// Who has no targeting key gets what the short form gives them: no share.
    /// </summary>
    public static JsonObject Fractional(string name, IEnumerable<JsonNode?> shares, JsonNode? withoutKey) => If(
        // A key that is no text is none to the short form either; text is what stays itself as text.
        Op("and", Key(), Op("===", Key(), Op("cat", Key()))),
        Op("fractional", [Op("cat", name, Key()), .. shares]),
        withoutKey);

    public static JsonObject Op(string name, params JsonNode?[] arguments) => new() { [name] = new JsonArray(arguments) };

    public static JsonObject If(JsonNode? condition, JsonNode? then, JsonNode? otherwise) => Op("if", condition, then, otherwise);

    private static JsonObject Key() => new() { ["var"] = Name };
}
