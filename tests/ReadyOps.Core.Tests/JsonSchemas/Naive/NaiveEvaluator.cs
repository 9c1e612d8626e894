using System.Text;
using System.Text.Json;
using ReadyOps.Core.JsonSchemas.Patterns;

namespace ReadyOps.Core.Tests.JsonSchemas.Naive;

/// <summary>
/// JSON Schema as the specifications of draft-07, 2019-09 and 2020-12 have it, sentence by sentence: no compiling, no caching, no short cuts. Only
/// patterns are matched by what is tested, which has a plain matcher of its own to be compared with.
/// </summary>
internal sealed class NaiveEvaluator(NaiveStore store)
{
    public bool IsValid(NaiveSchema schema, JsonElement value) => Apply(schema, value, []).IsValid;

    private NaiveResult Apply(NaiveSchema schema, JsonElement value, IReadOnlyList<Uri> scope)
    {
        JsonElement json = schema.Json;
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False) return NaiveResult.Of(json.ValueKind == JsonValueKind.True);
        if (scope.Count == 0 || scope[^1] != schema.Base) scope = [.. scope, schema.Base];
        if (schema.Dialect == NaiveSchema.Draft7 && NaiveSchema.Text(json, "$ref") is { } only) return Apply(store.Resolve(schema, only), value, scope);

        var results = new List<NaiveResult>();
        if (store.Asserts(schema.Dialect)) results.Add(NaiveResult.Of(NaiveAssertions.Hold(schema, value)));
        results.AddRange(References(schema, value, scope));
        results.AddRange(InPlace(schema, value, scope));
        if (value.ValueKind == JsonValueKind.Object) results.AddRange(OfObject(schema, value, scope));
        if (value.ValueKind == JsonValueKind.Array) results.AddRange(OfArray(schema, value, scope));

        // These need to know what all the others have evaluated.
        NaiveResult all = NaiveResult.All(results);
        if (!all.IsValid || schema.Dialect == NaiveSchema.Draft7) return all;
        if (value.ValueKind == JsonValueKind.Object && json.TryGetProperty("unevaluatedProperties", out _))
            results.Add(Members(schema.At("unevaluatedProperties"), value, name => !all.Members.Contains(name), scope));
        if (value.ValueKind == JsonValueKind.Array && json.TryGetProperty("unevaluatedItems", out _))
            results.Add(Items(schema.At("unevaluatedItems"), value, index => !all.Items.Contains(index), scope));
        return NaiveResult.All(results);
    }

    private IEnumerable<NaiveResult> References(NaiveSchema schema, JsonElement value, IReadOnlyList<Uri> scope)
    {
        if (NaiveSchema.Text(schema.Json, "$ref") is { } reference) yield return Apply(store.Resolve(schema, reference), value, scope);
        if (schema.Dialect != NaiveSchema.Draft201909 && NaiveSchema.Text(schema.Json, "$dynamicRef") is { } dynamic) yield return Apply(Dynamic(schema, dynamic, scope), value, scope);
        if (schema.Dialect == NaiveSchema.Draft201909 && NaiveSchema.Text(schema.Json, "$recursiveRef") is not null) yield return Apply(Recursive(schema, scope), value, scope);
    }

    // Section 8.2.3.2 of 2020-12.
    private NaiveSchema Dynamic(NaiveSchema schema, string reference, IReadOnlyList<Uri> scope)
    {
        NaiveSchema initial = store.Resolve(schema, reference);
        string anchor = Uri.UnescapeDataString(new Uri(schema.Base, reference).Fragment.TrimStart('#'));
        if (anchor.Length == 0 || anchor[0] == '/' || NaiveSchema.Text(initial.Json, "$dynamicAnchor") != anchor) return initial;
        return scope.Select(uri => NaiveStore.Anchored(store.Resource(uri, schema.Dialect), anchor, onlyDynamic: true)).FirstOrDefault(found => found is not null) ?? initial;
    }

    // Section 8.2.4.2.1 of 2019-09.
    private NaiveSchema Recursive(NaiveSchema schema, IReadOnlyList<Uri> scope)
    {
        NaiveSchema initial = store.Resource(schema.Base, schema.Dialect);
        return HasRecursiveAnchor(initial) ? scope.Select(uri => store.Resource(uri, schema.Dialect)).First(HasRecursiveAnchor) : initial;
    }

    private static bool HasRecursiveAnchor(NaiveSchema resource) =>
        resource.Json.ValueKind == JsonValueKind.Object && resource.Json.TryGetProperty("$recursiveAnchor", out JsonElement anchor) && anchor.ValueKind == JsonValueKind.True;

    private IEnumerable<NaiveResult> InPlace(NaiveSchema schema, JsonElement value, IReadOnlyList<Uri> scope)
    {
        JsonElement json = schema.Json;
        if (json.TryGetProperty("allOf", out JsonElement all)) yield return NaiveResult.All(all.EnumerateArray().Select(part => Apply(schema.Child(part), value, scope)));
        if (json.TryGetProperty("anyOf", out JsonElement any))
        {
            List<NaiveResult> fitting = [.. any.EnumerateArray().Select(part => Apply(schema.Child(part), value, scope)).Where(result => result.IsValid)];
            yield return fitting.Count > 0 ? NaiveResult.All(fitting) : NaiveResult.Of(false);
        }

        if (json.TryGetProperty("oneOf", out JsonElement one))
        {
            List<NaiveResult> fitting = [.. one.EnumerateArray().Select(part => Apply(schema.Child(part), value, scope)).Where(result => result.IsValid)];
            yield return fitting.Count == 1 ? fitting[0] : NaiveResult.Of(false);
        }

        if (json.TryGetProperty("not", out _)) yield return NaiveResult.Of(!Apply(schema.At("not"), value, scope).IsValid);
        if (json.TryGetProperty("if", out _))
        {
            NaiveResult condition = Apply(schema.At("if"), value, scope);
            if (condition.IsValid) yield return condition;
            string branch = condition.IsValid ? "then" : "else";
            if (json.TryGetProperty(branch, out _)) yield return Apply(schema.At(branch), value, scope);
        }
    }

    private IEnumerable<NaiveResult> OfObject(NaiveSchema schema, JsonElement value, IReadOnlyList<Uri> scope)
    {
        JsonElement json = schema.Json;
        var named = new HashSet<string>();
        if (json.TryGetProperty("properties", out JsonElement properties))
        {
            foreach (JsonProperty property in properties.EnumerateObject())
            {
                named.Add(property.Name);
                yield return Members(schema.Child(property.Value), value, name => name == property.Name, scope);
            }
        }

        if (json.TryGetProperty("patternProperties", out JsonElement patterns))
        {
            foreach (JsonProperty pattern in patterns.EnumerateObject())
            {
                EcmaPattern compiled = EcmaPattern.Compile(pattern.Name);
                named.UnionWith(value.EnumerateObject().Select(member => member.Name).Where(name => compiled.IsMatch(Encoding.UTF8.GetBytes(name))));
                yield return Members(schema.Child(pattern.Value), value, name => compiled.IsMatch(Encoding.UTF8.GetBytes(name)), scope);
            }
        }

        if (json.TryGetProperty("additionalProperties", out _)) yield return Members(schema.At("additionalProperties"), value, name => !named.Contains(name), scope);
        if (json.TryGetProperty("propertyNames", out _))
        {
            foreach (JsonProperty member in value.EnumerateObject())
                yield return NaiveResult.Of(Apply(schema.At("propertyNames"), JsonSerializer.SerializeToElement(member.Name), scope).IsValid);
        }

        string dependents = schema.Dialect == NaiveSchema.Draft7 ? "dependencies" : "dependentSchemas";
        if (!json.TryGetProperty(dependents, out JsonElement map)) yield break;
        foreach (JsonProperty dependent in map.EnumerateObject().Where(member => value.TryGetProperty(member.Name, out _)))
        {
            if (dependent.Value.ValueKind == JsonValueKind.Array) yield return NaiveResult.Of(dependent.Value.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)));
            else yield return Apply(schema.Child(dependent.Value), value, scope);
        }
    }

    private IEnumerable<NaiveResult> OfArray(NaiveSchema schema, JsonElement value, IReadOnlyList<Uri> scope)
    {
        JsonElement json = schema.Json;
        bool isOld = schema.Dialect is NaiveSchema.Draft7 or NaiveSchema.Draft201909;
        (string first, string rest) = isOld && json.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Array
            ? ("items", "additionalItems")
            : (isOld ? "" : "prefixItems", "items");
        int count = 0;
        if (first.Length > 0 && json.TryGetProperty(first, out JsonElement list))
        {
            foreach (JsonElement part in list.EnumerateArray())
            {
                int index = count++;
                yield return Items(schema.Child(part), value, at => at == index, scope);
            }
        }

        if (json.TryGetProperty(rest, out _)) yield return Items(schema.At(rest), value, at => at >= count, scope);
        if (json.TryGetProperty("contains", out _)) yield return Contains(schema, value, scope);
    }

    private NaiveResult Contains(NaiveSchema schema, JsonElement value, IReadOnlyList<Uri> scope)
    {
        HashSet<int> fitting = [.. value.EnumerateArray().Select((item, index) => (item, index)).Where(pair => Apply(schema.At("contains"), pair.item, scope).IsValid).Select(pair => pair.index)];
        var count = new NaiveNumber(fitting.Count, 1);
        bool limits = schema.Dialect != NaiveSchema.Draft7 && store.Asserts(schema.Dialect);
        bool enough = limits && schema.Json.TryGetProperty("minContains", out JsonElement least) ? count.CompareTo(NaiveNumber.Parse(least.GetRawText())) >= 0 : fitting.Count > 0;
        bool few = !limits || !schema.Json.TryGetProperty("maxContains", out JsonElement most) || count.CompareTo(NaiveNumber.Parse(most.GetRawText())) <= 0;
        // Only since 2020-12 do the items that fit count as evaluated.
        return new NaiveResult(enough && few, [], schema.Dialect is NaiveSchema.Draft201909 or NaiveSchema.Draft7 ? [] : fitting);
    }

    private NaiveResult Members(NaiveSchema schema, JsonElement value, Func<string, bool> which, IReadOnlyList<Uri> scope)
    {
        List<JsonProperty> members = [.. value.EnumerateObject().Where(member => which(member.Name))];
        return new NaiveResult(members.All(member => Apply(schema, member.Value, scope).IsValid), [.. members.Select(member => member.Name)], []);
    }

    private NaiveResult Items(NaiveSchema schema, JsonElement value, Func<int, bool> which, IReadOnlyList<Uri> scope)
    {
        List<(JsonElement Item, int Index)> items = [.. value.EnumerateArray().Select((item, index) => (item, index)).Where(pair => which(pair.index))];
        return new NaiveResult(items.All(pair => Apply(schema, pair.Item, scope).IsValid), [], [.. items.Select(pair => pair.Index)]);
    }
}
