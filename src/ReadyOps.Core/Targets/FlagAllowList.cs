using System.Text.Encodings.Web;
using System.Text.Json;
using ReadyOps.Core.Flags;

namespace ReadyOps.Core.Targets;

/// <summary>
/// Named people who get a variant before the share is asked about, as a rule around the <c>fractional</c> of a flag:
/// <c>{"if": [{"in": [{"var": "targetingKey"}, ["alice"]]}, "on", {"fractional": …}]}</c>.
/// </summary>
internal static class FlagAllowList
{
    /// <summary>The people that a rule names, when it is such a rule; <see langword="null"/> for any other.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="variant">The variant that they get.</param>
    public static IReadOnlyList<string>? Of(JsonSpan rule, string variant)
    {
        if (Only(rule, "if") is not { IsArray: true, Items.Count: 3 } parts) return null;
        if (parts.Items[1] is not { Kind: JsonTokenType.String } then || then.Text != variant || Only(parts.Items[2], "fractional") is null) return null;
        if (Only(parts.Items[0], "in") is not { IsArray: true, Items.Count: 2 } test || Only(test.Items[0], "var") is not { Kind: JsonTokenType.String, Text: "targetingKey" }) return null;
        return test.Items[1] is { IsArray: true } names && names.Items.All(name => name.Kind == JsonTokenType.String) ? [.. names.Items.Select(name => name.Text)] : null;
    }

    /// <summary>The part of such a rule that decides about everybody else.</summary>
    public static JsonSpan Otherwise(JsonSpan rule) => rule.Members[0].Value.Items[2];

    /// <summary>Such a rule, around what decides about everybody else.</summary>
    public static string Around(IReadOnlyList<string> names, string variant, string otherwise) =>
        $"{{\"if\": [{{\"in\": [{{\"var\": \"targetingKey\"}}, [{string.Join(", ", names.Select(Quote))}]]}}, {Quote(variant)}, {otherwise}]}}";

    private static JsonSpan? Only(JsonSpan rule, string name) => rule.IsObject && rule.Members.Count == 1 && rule.Members[0].Name == name ? rule.Members[0].Value : null;

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
