using System.Text.Json;

namespace ReadyOps.Core.Tests.JsonSchemas.Naive;

/// <summary>A schema where it stands: with its base URI and the draft that it is read by.</summary>
internal sealed record NaiveSchema(JsonElement Json, Uri Base, string Dialect)
{
    public const string Draft7 = "http://json-schema.org/draft-07/schema";
    public const string Draft201909 = "https://json-schema.org/draft/2019-09/schema";
    public const string Draft202012 = "https://json-schema.org/draft/2020-12/schema";

    private static readonly string[] OfOne =
    [
        "not", "if", "then", "else", "items", "additionalItems", "contains", "additionalProperties", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "contentSchema",
    ];

    private static readonly string[] OfList = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
    private static readonly string[] OfMap = ["$defs", "definitions", "properties", "patternProperties", "dependentSchemas", "dependencies"];

    /// <summary>The schema of a keyword.</summary>
    public NaiveSchema At(string keyword) => Child(Json.GetProperty(keyword));

    /// <summary>A schema within this one: an <c>$id</c> of its own changes the base, and <c>$schema</c> beside that the draft.</summary>
    public NaiveSchema Child(JsonElement json)
    {
        if (Text(json, "$id") is not { } id || (Dialect == Draft7 && json.TryGetProperty("$ref", out _))) return this with { Json = json };
        var uri = new Uri(Base, id);
        if (Dialect == Draft7 && id.StartsWith('#')) return this with { Json = json };
        return new NaiveSchema(json, WithoutFragment(uri), Text(json, "$schema")?.TrimEnd('#') ?? Dialect);
    }

    /// <summary>This schema and all below it, at the places where the specification has schemas.</summary>
    public IEnumerable<NaiveSchema> Walk()
    {
        yield return this;
        if (Json.ValueKind != JsonValueKind.Object) yield break;
        foreach (JsonProperty keyword in Json.EnumerateObject())
        {
            IEnumerable<JsonElement> below = [];
            if (OfOne.Contains(keyword.Name) && keyword.Value.ValueKind != JsonValueKind.Array) below = [keyword.Value];
            else if (OfList.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Array) below = keyword.Value.EnumerateArray();
            else if (OfMap.Contains(keyword.Name) && keyword.Value.ValueKind == JsonValueKind.Object) below = keyword.Value.EnumerateObject().Select(member => member.Value);
            foreach (JsonElement child in below)
                foreach (NaiveSchema schema in Child(child).Walk()) yield return schema;
        }
    }

    /// <summary>What a JSON pointer leads to.</summary>
    public NaiveSchema Follow(string pointer)
    {
        NaiveSchema at = this;
        foreach (string part in pointer.Split('/').Skip(1))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at.Child(at.Json.ValueKind == JsonValueKind.Array ? at.Json[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : at.Json.GetProperty(name));
        }

        return at;
    }

    public static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static Uri WithoutFragment(Uri uri) => new(uri.OriginalString.Split('#')[0].Length > 0 ? uri.AbsoluteUri.Split('#')[0] : uri.AbsoluteUri);
}

/// <summary>The schemas that references may lead to: each document that was put in, and each resource in it.</summary>
internal sealed class NaiveStore
{
    private readonly Dictionary<string, NaiveSchema> _resources = new(StringComparer.Ordinal);
    private readonly Func<string, byte[]?> _find;

    public NaiveStore(Func<string, byte[]?> find) => _find = find;

    public NaiveSchema Add(ReadOnlyMemory<byte> json, string uri, string dialect)
    {
        JsonElement root = JsonDocument.Parse(json).RootElement;
        dialect = NaiveSchema.Text(root, "$schema")?.TrimEnd('#') ?? dialect;
        var retrieved = new NaiveSchema(root, new Uri(uri), dialect);
        NaiveSchema schema = retrieved.Child(root);
        _resources[uri] = schema;
        foreach (NaiveSchema part in schema.Walk())
            if (ReferenceEquals(part, schema) || part.Base != schema.Base) _resources.TryAdd(part.Base.AbsoluteUri, part);
        return schema;
    }

    /// <summary>What a reference leads to from a schema.</summary>
    public NaiveSchema Resolve(NaiveSchema from, string reference)
    {
        var uri = new Uri(from.Base, reference);
        string fragment = uri.Fragment.TrimStart('#');
        NaiveSchema resource = Resource(NaiveSchema.WithoutFragment(uri), from.Dialect);
        if (fragment.Length == 0) return resource;
        return fragment[0] == '/' ? resource.Follow(fragment) : Anchored(resource, Uri.UnescapeDataString(fragment)) ?? throw new KeyNotFoundException(reference);
    }

    public NaiveSchema Resource(Uri uri, string dialect)
    {
        if (_resources.TryGetValue(uri.AbsoluteUri, out NaiveSchema? known)) return known;
        return Add(_find(uri.AbsoluteUri) ?? throw new KeyNotFoundException(uri.AbsoluteUri), uri.AbsoluteUri, dialect);
    }

    /// <summary>The schema with an anchor in a resource.</summary>
    public static NaiveSchema? Anchored(NaiveSchema resource, string anchor, bool onlyDynamic = false) => resource.Walk().FirstOrDefault(part =>
        part.Base == resource.Base &&
        (NaiveSchema.Text(part.Json, "$dynamicAnchor") == anchor || (!onlyDynamic && (NaiveSchema.Text(part.Json, "$anchor") == anchor || NaiveSchema.Text(part.Json, "$id") == $"#{anchor}"))));

    /// <summary>Whether the metaschema of a draft has the vocabulary of assertions.</summary>
    public bool Asserts(string dialect)
    {
        if (dialect is NaiveSchema.Draft7 or NaiveSchema.Draft201909 or NaiveSchema.Draft202012) return true;
        NaiveSchema metaschema = Resource(new Uri(dialect), NaiveSchema.Draft202012);
        return !metaschema.Json.TryGetProperty("$vocabulary", out JsonElement vocabulary)
            || vocabulary.EnumerateObject().Any(member => member.Name.EndsWith("/vocab/validation", StringComparison.Ordinal));
    }
}
