using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>
/// Generates schemas and values for them, as JSON, out of few names and values so that they meet. References within the same value lead only
/// to definitions that come later, so that no schema applies itself to the same value for ever; those below members and items lead anywhere.
/// </summary>
internal sealed class SchemaGenerator(string draft)
{
    private static readonly string[] Names = ["a", "b", "ab", "é"];
    private static readonly string[] Definitions = ["A", "B", "C"];
    private static readonly Gen<string> Name = Gen.Elements(Names);
    private static readonly Gen<string> Scalar = Gen.Elements(
        "null", "true", "false", "0", "1", "1.0", "-1", "2", "10e-1", "0.5", "1e2", "-0.0", "3.25", "100", "1e400", "9007199254740993", "\"\"", "\"a\"", "\"b\"", "\"ab\"", "\"aab\"", "\"é\"", "\"\\ud83d\\udc32\"");

    private static readonly Gen<string> Count = Gen.Elements("0", "1", "2", "3", "2.0");
    private static readonly Gen<string> Limit = Gen.Elements("0", "1", "-1", "0.5", "1.0", "100", "1e399");
    private static readonly Gen<string> Pattern = Gen.Elements("^a", "b$", "^[ab]*$", "é", "^.{1,2}$", "^(a|ab)+$", "");
    private static readonly Gen<string> Type = Gen.Elements("null", "boolean", "object", "array", "string", "number", "integer");

    private bool Is7 => draft == Naive.NaiveSchema.Draft7;

    private bool Is2019 => draft == Naive.NaiveSchema.Draft201909;

    /// <summary>Any value of JSON.</summary>
    public static Gen<string> Value(int depth) => depth == 0
        ? Scalar
        : Gen.Frequency(
            (3, Scalar),
            (2, Many(Value(depth - 1), 4).Select(items => $"[{string.Join(',', items)}]")),
            (3, Members(Name, Value(depth - 1), 4)));

    /// <summary>A whole schema, with definitions and a resource within it.</summary>
    public Gen<string> Root() =>
        from root in Keywords(3, Definitions)
        from a in Schema(2, ["B", "C"])
        from b in Schema(2, ["C"])
        from c in Schema(1, [])
        from inner in Keywords(2, [])
        from anchored in Gen.Elements(true, false)
        select Root(root, a, b, c, inner, anchored);

    private string Root(Dictionary<string, string> root, string a, string b, string c, Dictionary<string, string> inner, bool anchored)
    {
        string definitions = Is7 ? "definitions" : "$defs";
        root["$schema"] = Text(Is7 ? draft + "#" : draft);
        root["$id"] = Text("http://example.com/root");
        inner["$id"] = Text("http://example.com/inner");
        if (Is2019)
        {
            root["$recursiveAnchor"] = anchored ? "true" : "false";
            inner["$recursiveAnchor"] = "true";
        }
        else if (!Is7)
        {
            inner["$dynamicAnchor"] = Text("node");
            root[anchored ? "$dynamicAnchor" : "$anchor"] = Text("node");
        }

        // Beside a $ref, draft-07 would not know where the inner schema is.
        if (Is7) inner.Remove("$ref");
        if (Is7) root.Remove("$ref");
        root[definitions] = $"{{\"A\":{a},\"B\":{b},\"C\":{c},\"I\":{Object(inner)}}}";
        return Object(root);
    }

    private Gen<string> Schema(int depth, string[] inPlace) => depth == 0
        ? Gen.Frequency((1, Gen.Elements("true", "false")), (3, Keywords(0, inPlace).Select(Object)))
        : Gen.Frequency((1, Gen.Elements("true", "false")), (6, Keywords(depth, inPlace).Select(Object)));

    private Gen<Dictionary<string, string>> Keywords(int depth, string[] inPlace) =>
        from count in Gen.Choose(1, 4)
        from keywords in Gen.OneOf(All(depth, inPlace)).ListOf(count)
        select keywords.DistinctBy(keyword => keyword.Name).ToDictionary(keyword => keyword.Name, keyword => keyword.Json);

    private IEnumerable<Gen<(string Name, string Json)>> All(int depth, string[] inPlace)
    {
        foreach (Gen<(string, string)> assertion in Assertions()) yield return assertion;
        string below = Is7 ? "http://example.com/root#/definitions/" : "http://example.com/root#/$defs/";
        if (inPlace.Length > 0) yield return Of("$ref", Gen.Elements(inPlace).Select(name => Text(below + name)));
        if (depth == 0) yield break;
        Gen<string> same = Schema(depth - 1, inPlace), child = Child(depth - 1, below);
        foreach (string keyword in new[] { "allOf", "anyOf", "oneOf" }) yield return Of(keyword, Some(same));
        foreach (string keyword in new[] { "not", "if", "then", "else" }) yield return Of(keyword, same);
        foreach (string keyword in new[] { "additionalProperties", "propertyNames", "items", "contains" }) yield return Of(keyword, child);
        yield return Of("properties", Members(Name, child, 3));
        yield return Of("properties", Members(Name, child, 3));
        yield return Of("patternProperties", Members(Pattern, child, 2));
        yield return Of(Is7 ? "dependencies" : "dependentSchemas", Members(Name, same, 2));
        if (Is7 || Is2019)
        {
            yield return Of("items", Some(child));
            yield return Of("additionalItems", child);
        }
        else
        {
            yield return Of("prefixItems", Some(child));
        }

        if (Is7) yield break;
        yield return Of("unevaluatedProperties", child);
        yield return Of("unevaluatedItems", child);
    }

    private IEnumerable<Gen<(string Name, string Json)>> Assertions()
    {
        yield return Of("type", Type.Select(Text));
        yield return Of("type", Many(Type, 3).Where(types => types.Count > 0).Select(types => $"[{string.Join(',', types.Distinct().Select(Text))}]"));
        yield return Of("const", Value(1));
        yield return Of("enum", Some(Value(1)));
        foreach (string keyword in new[] { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" }) yield return Of(keyword, Limit);
        yield return Of("multipleOf", Gen.Elements("1", "0.5", "0.25", "3", "1e-3", "1e2"));
        foreach (string keyword in new[] { "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties" }) yield return Of(keyword, Count);
        yield return Of("pattern", Pattern.Select(Text));
        yield return Of("uniqueItems", Gen.Elements("true", "false"));
        yield return Of("required", Required());
        if (Is7) yield break;
        yield return Of("minContains", Count);
        yield return Of("maxContains", Count);
        yield return Of("dependentRequired", Members(Name, Required(), 2));
    }

    private Gen<string> Child(int depth, string below)
    {
        string[] references = [.. Definitions.Append("I").Select(name => $"{{\"$ref\":{Text(below + name)}}}"), "{\"$ref\":\"#\"}"];
        if (Is2019) references = [.. references, "{\"$recursiveRef\":\"#\"}"];
        else if (!Is7) references = [.. references, "{\"$dynamicRef\":\"#node\"}"];
        return Gen.Frequency((3, Schema(depth, Definitions)), (1, Gen.Elements(references)));
    }

    private static Gen<string> Required() => Many(Name, 2).Select(names => $"[{string.Join(',', names.Distinct().Select(Text))}]");

    private static Gen<string> Some(Gen<string> item) => Many(item, 3).Where(items => items.Count > 0).Select(items => $"[{string.Join(',', items)}]");

    private static Gen<string> Members(Gen<string> name, Gen<string> value, int most) =>
        Many(name.SelectMany(_ => value, (key, json) => (key, json)), most).Select(members => Object(members.DistinctBy(member => member.key).ToDictionary(member => member.key, member => member.json)));

    private static Gen<List<T>> Many<T>(Gen<T> item, int most) => Gen.Choose(0, most).SelectMany(count => item.ListOf(count), (_, items) => items.ToList());

    private static Gen<(string Name, string Json)> Of(string keyword, Gen<string> json) => json.Select(text => (keyword, text));

    private static string Object(Dictionary<string, string> members) => $"{{{string.Join(',', members.Select(member => string.Create(CultureInfo.InvariantCulture, $"{Text(member.Key)}:{member.Value}")))}}}";

    private static string Text(string text) => JsonSerializer.Serialize(text);
}
