using System.Collections.Frozen;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>The vocabularies of JSON Schema.</summary>
[Flags]
internal enum Vocabularies
{
    None = 0,
    Core = 1,
    Applicator = 2,
    Unevaluated = 4,
    Validation = 8,
    MetaData = 16,
    FormatAnnotation = 32,
    FormatAssertion = 64,
    Content = 128,
    Standard = Core | Applicator | Unevaluated | Validation | MetaData | FormatAnnotation | Content,
}

/// <summary>What the keywords of a schema mean: the draft and, as its meta-schema says, the vocabularies of it that are in use.</summary>
internal sealed record Dialect(string MetaschemaUri, SchemaDraft Draft, Vocabularies Vocabularies)
{
    private const string Root = "https://json-schema.org/draft/";

    public static readonly Dialect Draft7 = new("http://json-schema.org/draft-07/schema", SchemaDraft.Draft7, Vocabularies.Standard);
    public static readonly Dialect Draft201909 = new($"{Root}2019-09/schema", SchemaDraft.Draft201909, Vocabularies.Standard);
    public static readonly Dialect Draft202012 = new($"{Root}2020-12/schema", SchemaDraft.Draft202012, Vocabularies.Standard);

    private static readonly FrozenDictionary<string, Vocabularies> Known = new Dictionary<string, Vocabularies>
    {
        ["core"] = Vocabularies.Core,
        ["applicator"] = Vocabularies.Applicator,
        ["unevaluated"] = Vocabularies.Unevaluated,
        ["validation"] = Vocabularies.Validation,
        ["meta-data"] = Vocabularies.MetaData,
        ["format"] = Vocabularies.FormatAnnotation,
        ["format-annotation"] = Vocabularies.FormatAnnotation,
        ["format-assertion"] = Vocabularies.FormatAssertion,
        ["content"] = Vocabularies.Content,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a reader calls the draft.</summary>
    public string Name => Draft switch
    {
        SchemaDraft.Draft7 => "draft-07",
        SchemaDraft.Draft201909 => "2019-09",
        _ => "2020-12",
    };

    public bool Has(Vocabularies vocabulary) => (Vocabularies & vocabulary) != 0;

    public static Dialect Of(SchemaDraft draft) => draft switch
    {
        SchemaDraft.Draft7 => Draft7,
        SchemaDraft.Draft201909 => Draft201909,
        _ => Draft202012,
    };

    /// <summary>The dialect of one of the published meta-schemas, or <see langword="null"/>.</summary>
    public static Dialect? Published(string metaschemaUri) => metaschemaUri switch
    {
        "http://json-schema.org/draft-07/schema" or "https://json-schema.org/draft-07/schema" => Draft7,
        $"{Root}2019-09/schema" => Draft201909,
        $"{Root}2020-12/schema" => Draft202012,
        _ => null,
    };

    /// <summary>The vocabulary of a URI in a draft; none for one that is not known.</summary>
    public static Vocabularies VocabularyOf(string uri, SchemaDraft draft)
    {
        string prefix = draft == SchemaDraft.Draft201909 ? $"{Root}2019-09/vocab/" : $"{Root}2020-12/vocab/";
        if (!uri.StartsWith(prefix, StringComparison.Ordinal)) return Vocabularies.None;
        Vocabularies found = Known.GetValueOrDefault(uri[prefix.Length..]);
        // What became a vocabulary of its own in 2020-12 belonged to the applicators before.
        return draft == SchemaDraft.Draft201909 && found == Vocabularies.Applicator ? found | Vocabularies.Unevaluated : found;
    }
}
