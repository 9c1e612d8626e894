using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// A JSON Schema (draft 2020-12), compiled once into a tree of evaluators. A keyword that is not supported is refused when the
/// schema is compiled and never passed over: a schema either says all that it says or nothing. Numbers compare by their
/// mathematical value, lengths count code points, patterns are those of ECMA-262. <c>$ref</c> reaches within the schema only.
/// </summary>
public sealed class JsonSchema
{
    private readonly Evaluator _root;

    private JsonSchema(Evaluator root) => _root = root;

    /// <summary>Compiles a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="formats">What <c>format</c> may name; any other format is refused like any keyword that is not supported.</param>
    /// <exception cref="ReadyOpsException"><c>SchemaInvalid</c> or <c>SchemaUnsupported</c>: names the keyword and where it stands.</exception>
    public static JsonSchema Compile(DocumentNode schema, IReadOnlyDictionary<string, SchemaFormat>? formats = null) =>
        new(new SchemaCompiler(schema, formats ?? new Dictionary<string, SchemaFormat>()).Compile());

    /// <summary>Compiles a schema from JSON.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <param name="formats">What <c>format</c> may name.</param>
    /// <exception cref="DocumentException">It is not JSON.</exception>
    /// <exception cref="ReadyOpsException"><c>SchemaInvalid</c> or <c>SchemaUnsupported</c>.</exception>
    public static JsonSchema Compile(ReadOnlyMemory<byte> utf8, string file, IReadOnlyDictionary<string, SchemaFormat>? formats = null)
    {
        var problems = new ProblemList(file);
        DocumentNode schema = JsonReader.Read(utf8.Span, problems, out _);
        problems.ThrowIfAny();
        return Compile(schema, formats);
    }

    /// <summary>Whether a value fits; stops at the first thing that does not.</summary>
    public bool IsValid(DocumentNode value) => _root.IsValid(value);

    /// <summary>Everything about a value that does not fit, in the order of the value; empty when it fits. At most 1000 entries.</summary>
    public IReadOnlyList<SchemaFailure> Validate(DocumentNode value) => _root.IsValid(value) ? [] : Collect(value);

    internal IReadOnlyList<SchemaFailure> Collect(DocumentNode value)
    {
        var failures = new FailureList();
        _root.Collect(value, failures);
        return failures.Failures;
    }
}
