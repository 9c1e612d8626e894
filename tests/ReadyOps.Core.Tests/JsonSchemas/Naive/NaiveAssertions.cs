using System.Text;
using System.Text.Json;
using ReadyOps.Core.JsonSchemas.Patterns;

namespace ReadyOps.Core.Tests.JsonSchemas.Naive;

/// <summary>The vocabulary of assertions (section 6 of the validation specification), one keyword after the other.</summary>
internal static class NaiveAssertions
{
    public static bool Hold(NaiveSchema schema, JsonElement value) => schema.Json.EnumerateObject().All(keyword => Holds(keyword.Name, keyword.Value, value, schema.Dialect));

    public static bool Same(JsonElement a, JsonElement b)
    {
        switch (a.ValueKind)
        {
            case JsonValueKind.Number:
                return b.ValueKind == JsonValueKind.Number && NaiveNumber.Parse(a.GetRawText()).CompareTo(NaiveNumber.Parse(b.GetRawText())) == 0;
            case JsonValueKind.String:
                return b.ValueKind == JsonValueKind.String && a.GetString() == b.GetString();
            case JsonValueKind.Array:
                return b.ValueKind == JsonValueKind.Array && a.GetArrayLength() == b.GetArrayLength() && a.EnumerateArray().Zip(b.EnumerateArray()).All(pair => Same(pair.First, pair.Second));
            case JsonValueKind.Object:
                return b.ValueKind == JsonValueKind.Object && a.EnumerateObject().Count() == b.EnumerateObject().Count()
                    && a.EnumerateObject().All(member => b.TryGetProperty(member.Name, out JsonElement other) && Same(member.Value, other));
            default:
                return a.ValueKind == b.ValueKind;
        }
    }

    private static bool Holds(string keyword, JsonElement limit, JsonElement value, string dialect) => keyword switch
    {
        "type" => limit.ValueKind == JsonValueKind.Array ? limit.EnumerateArray().Any(name => Is(name.GetString()!, value)) : Is(limit.GetString()!, value),
        "enum" => limit.EnumerateArray().Any(item => Same(item, value)),
        "const" => Same(limit, value),
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" => value.ValueKind != JsonValueKind.Number || Fits(keyword, NaiveNumber.Parse(limit.GetRawText()), NaiveNumber.Parse(value.GetRawText())),
        "maxLength" or "minLength" => value.ValueKind != JsonValueKind.String || Fits(keyword, NaiveNumber.Parse(limit.GetRawText()), new(value.GetString()!.EnumerateRunes().Count(), 1)),
        "maxItems" or "minItems" => value.ValueKind != JsonValueKind.Array || Fits(keyword, NaiveNumber.Parse(limit.GetRawText()), new(value.GetArrayLength(), 1)),
        "maxProperties" or "minProperties" => value.ValueKind != JsonValueKind.Object || Fits(keyword, NaiveNumber.Parse(limit.GetRawText()), new(value.EnumerateObject().Count(), 1)),
        "pattern" => value.ValueKind != JsonValueKind.String || EcmaPattern.Compile(limit.GetString()!).IsMatch(Encoding.UTF8.GetBytes(value.GetString()!)),
        "uniqueItems" => value.ValueKind != JsonValueKind.Array || limit.ValueKind != JsonValueKind.True || !Pairs([.. value.EnumerateArray()]).Any(pair => Same(pair.A, pair.B)),
        "required" => value.ValueKind != JsonValueKind.Object || limit.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
        "dependentRequired" => value.ValueKind != JsonValueKind.Object || dialect == NaiveSchema.Draft7
            || limit.EnumerateObject().All(member => !value.TryGetProperty(member.Name, out _) || member.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _))),
        _ => true,
    };

    private static bool Is(string type, JsonElement value) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && NaiveNumber.Parse(value.GetRawText()).IsInteger,
        _ => throw new ArgumentException(type),
    };

    private static bool Fits(string keyword, NaiveNumber limit, NaiveNumber value) => keyword switch
    {
        "exclusiveMinimum" => value.CompareTo(limit) > 0,
        "exclusiveMaximum" => value.CompareTo(limit) < 0,
        "multipleOf" => value.IsMultipleOf(limit),
        _ when keyword.StartsWith("min", StringComparison.Ordinal) => value.CompareTo(limit) >= 0,
        _ => value.CompareTo(limit) <= 0,
    };

    private static IEnumerable<(JsonElement A, JsonElement B)> Pairs(IReadOnlyList<JsonElement> items) =>
        Enumerable.Range(0, items.Count).SelectMany(i => Enumerable.Range(i + 1, items.Count - i - 1), (i, j) => (items[i], items[j]));
}
