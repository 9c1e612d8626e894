using System.Text.Json;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// A JSON Schema of draft-07, 2019-09 or 2020-12, compiled once into a tree of evaluators. Numbers compare by their mathematical value, lengths
/// count code points, patterns are those of ECMA-262. A schema may be used by any number of threads at once.
/// </summary>
public sealed class JsonSchema
{
    /// <summary>How many failures <see cref="Validate(JsonInstance, int)"/> gives unless it is told otherwise.</summary>
    public const int MostFailures = 1000;

    private const int MostUnits = 10_000;
    private const int MostUnitsToTell = 200_000;

    private readonly SchemaNode _root;

    internal JsonSchema(SchemaNode root, IReadOnlyList<DocumentProblem> warnings)
    {
        _root = root;
        Warnings = warnings;
    }

    /// <summary>What a reader should know although the schema can be used: keywords that are not known, at most 100.</summary>
    public IReadOnlyList<DocumentProblem> Warnings { get; }

    /// <summary>Whether it is the same whatever schemas there are beside it.</summary>
    internal bool StandsAlone { get; init; }

    /// <summary>The draft that the schema is read by.</summary>
    public SchemaDraft Draft => _root.Place.Resource.Dialect.Draft;

    /// <summary>Its <c>$id</c> or, where it has none, the URI of its file; empty for a schema without either.</summary>
    public string Id => _root.Place.Resource.Uri;

    /// <summary>Compiles a schema; the same schema with the same options is compiled once.</summary>
    /// <param name="utf8">The schema in JSON or, if its file is named so, in YAML.</param>
    /// <param name="options">How it is read.</param>
    /// <exception cref="DocumentException">It is no valid schema: everything that is wrong, each with its line and column.</exception>
    /// <exception cref="ReadyOpsException"><c>SchemaUnsupported</c>: it is of a draft or needs a vocabulary that is not known.</exception>
    public static JsonSchema Compile(ReadOnlyMemory<byte> utf8, SchemaOptions? options = null)
    {
        options ??= new SchemaOptions();
        return SchemaCache.GetOrAdd(utf8.Span, options, () => SchemaCompiler.Compile(SchemaFile.Read(utf8, options.File), UriOf(options), options));
    }

    /// <summary>Compiles a schema that was read as a document.</summary>
    /// <inheritdoc cref="Compile(ReadOnlyMemory{byte}, SchemaOptions)"/>
    public static JsonSchema Compile(DocumentNode schema, SchemaOptions? options = null)
    {
        options ??= new SchemaOptions();
        return SchemaCompiler.Compile(JsonInstance.FromDocument(schema, options.File), UriOf(options), options);
    }

    /// <summary>Whether a JSON text fits; stops at the first thing that does not, and allocates nothing.</summary>
    /// <exception cref="DocumentException">The text is no JSON.</exception>
    /// <exception cref="ReadyOpsException"><c>SchemaEndless</c> or <c>SchemaTooCostly</c>: the schema gives no answer about this value.</exception>
    public bool IsValid(ReadOnlySpan<byte> utf8)
    {
        JsonInstance instance = JsonInstance.Rent();
        try
        {
            instance.Load(utf8);
            return IsValid(instance);
        }
        finally
        {
            JsonInstance.Return(instance);
        }
    }

    /// <inheritdoc cref="IsValid(ReadOnlySpan{byte})"/>
    public bool IsValid(JsonInstance instance) => IsValid(instance, 0);

    /// <inheritdoc cref="IsValid(ReadOnlySpan{byte})"/>
    public bool IsValid(DocumentNode document)
    {
        using JsonInstance instance = JsonInstance.FromDocument(document);
        return IsValid(instance);
    }

    /// <summary>
    /// Everything about a value that does not fit, in the order of the value; empty when it fits. Of alternatives (<c>anyOf</c>, <c>oneOf</c>) of
    /// which none fits, it is what keeps the one from fitting that was probably meant; <see cref="Output"/> has all of them.
    /// </summary>
    /// <param name="instance">The value.</param>
    /// <param name="most">How many failures at most.</param>
    /// <exception cref="ReadyOpsException"><c>SchemaEndless</c> or <c>SchemaTooCostly</c>.</exception>
    public IReadOnlyList<SchemaFailure> Validate(JsonInstance instance, int most = MostFailures) => IsValid(instance) ? [] : Explain(instance, 0, most);

    /// <inheritdoc cref="Validate(JsonInstance, int)"/>
    public IReadOnlyList<SchemaFailure> Validate(DocumentNode document, int most = MostFailures)
    {
        using JsonInstance instance = JsonInstance.FromDocument(document);
        return Validate(instance, most);
    }

    /// <summary>The result in one of the formats of JSON Schema 2020-12, section 12.</summary>
    /// <exception cref="ReadyOpsException"><c>SchemaEndless</c> or <c>SchemaTooCostly</c>.</exception>
    public JsonElement Output(JsonInstance instance, SchemaOutputFormat format)
    {
        if (format == SchemaOutputFormat.Flag) return SchemaOutput.Flag(IsValid(instance));
        var evaluation = new Evaluation(Loaded(instance)) { Annotates = true };
        Unit root = Unit.Root(instance, _root, 0, MostUnits, int.MaxValue);
        try
        {
            _root.Explain(ref evaluation, 0, root);
        }
        finally
        {
            evaluation.Dispose();
        }

        return format == SchemaOutputFormat.Basic ? SchemaOutput.Basic(root) : SchemaOutput.Detailed(root);
    }

    internal bool IsValid(JsonInstance instance, int node)
    {
        var evaluation = new Evaluation(Loaded(instance));
        try
        {
            return _root.IsValid(ref evaluation, node);
        }
        finally
        {
            evaluation.Dispose();
        }
    }

    /// <summary>All that does not fit about a value that is known not to, without what stands at values that do not matter.</summary>
    internal IReadOnlyList<SchemaFailure> Explain(JsonInstance instance, int node, int most, Func<int, bool>? ignored = null)
    {
        var evaluation = new Evaluation(Loaded(instance));
        Unit root = Unit.Root(instance, _root, node, Math.Max(most, 1), MostUnitsToTell);
        string why = "there is too much to say about it";
        bool fits = false;
        try
        {
            fits = _root.Explain(ref evaluation, node, root);
        }
        catch (ReadyOpsException unknown) when (ignored is null)
        {
            // The verdict stands: it stopped before it came to what takes too long.
            root.Clear();
            why = unknown.Message;
        }
        finally
        {
            evaluation.Dispose();
        }

        IReadOnlyList<SchemaFailure> failures = FailureReader.Read(root, most, ignored);
        return fits || failures.Count > 0 || most < 1 || (ignored is not null && !root.IsFull) ? failures : [FailureReader.Untold(root, why)];
    }

    private static JsonInstance Loaded(JsonInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        return instance.Count > 0 ? instance : throw new ArgumentException("The instance holds no value: load one first.", nameof(instance));
    }

    private static string UriOf(SchemaOptions options) => Path.IsPathFullyQualified(options.File) ? SchemaUri.OfFile(options.File) : "";
}
