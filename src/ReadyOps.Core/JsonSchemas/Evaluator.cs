using System.Text;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>One keyword, or a few that belong together, compiled. Evaluators hold no state of a validation, so any number may run at once.</summary>
internal abstract class Evaluator(string keyword)
{
    /// <summary>The keyword, or the one that gives a group of them its name.</summary>
    public string Keyword => keyword;

    /// <summary>The kinds of values that it has something to say about; it is asked about no other.</summary>
    public virtual int AppliesTo => Kinds.All;

    /// <summary>Whether it can refuse anything or marks what was evaluated; annotations by themselves do not.</summary>
    public virtual bool Asserts => true;

    /// <summary>What it costs, in steps of ten: cheap keywords go first.</summary>
    public virtual int Cost => 50;

    /// <summary>The schemas that this one always or sometimes applies to the very same value: a circle of those would never end.</summary>
    public virtual IEnumerable<SchemaNode> InPlace => [];

    /// <summary>Whether every value of a kind fits, known before any is seen.</summary>
    public virtual bool AlwaysFits(TapeKind kind) => false;

    /// <summary>Whether no value of a kind fits, known before any is seen.</summary>
    public virtual bool NeverFits(TapeKind kind) => false;

    /// <summary>Whether it may evaluate children through other schemas even where it always fits.</summary>
    public virtual bool MayMark => false;

    /// <summary>The schemas that all must hold and nothing else, for values of a kind; <see langword="null"/> where it is not that simple.</summary>
    public virtual SchemaNode[]? Parts(TapeKind kind) => null;

    /// <summary>Whether the value fits: stops at the first failure and says nothing.</summary>
    public abstract bool IsValid(ref Evaluation evaluation, int node);

    /// <summary>Adds everything that does not fit; returns whether all does, exactly as <see cref="IsValid"/>.</summary>
    public virtual bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        if (IsValid(ref evaluation, node)) return true;
        if (unit.IsFull) return false;
        (string message, string expected) = Describe(ref evaluation, node);
        unit.Fail(keyword, node, message, expected);
        return false;
    }

    /// <summary>What is wrong with a value that does not fit, and what would be right, as a noun.</summary>
    protected virtual (string Message, string Expected) Describe(ref Evaluation evaluation, int node) => ("", "");

    protected static string Show(JsonInstance instance, int node)
    {
        const int Longest = 60;
        TapeKind kind = instance.Nodes[node].Kind;
        if (kind is TapeKind.Object or TapeKind.Array) return WithArticle(kind);
        string text = instance.String(node);
        if (text.Length > Longest) text = $"{text[..(Longest - 1)]}…";
        return kind == TapeKind.String ? $"'{text}'" : text;
    }

    protected static string WithArticle(TapeKind kind) => kind switch
    {
        TapeKind.Object => "an object",
        TapeKind.Array => "a list",
        TapeKind.String => "a text",
        TapeKind.Null => "null",
        TapeKind.True or TapeKind.False => "true or false",
        _ => "a number",
    };

    protected static string Count(long count, string one) => System.FormattableString.Invariant($"{count} {one}{(count == 1 ? "" : "s")}");

    protected static string Quote(byte[] name) => $"'{Encoding.UTF8.GetString(name)}'";
}

/// <summary>The schema <c>false</c>, which fits nothing.</summary>
internal sealed class FalseEvaluator() : Evaluator("false")
{
    public override int Cost => 0;

    public override bool NeverFits(TapeKind kind) => true;

    public override bool IsValid(ref Evaluation evaluation, int node) => false;

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        unit.Fail("", node, "nothing may stand here", "");
        return false;
    }
}

/// <summary>A keyword that asserts nothing and says something about the value: <c>title</c>, <c>default</c>, a keyword of one's own.</summary>
internal sealed class AnnotationEvaluator(string keyword, string json, int appliesTo = Kinds.All) : Evaluator(keyword)
{
    public override int AppliesTo => appliesTo;

    public override bool Asserts => false;

    public override bool IsValid(ref Evaluation evaluation, int node) => true;

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        if (evaluation.Annotates) unit.Annotate(Keyword, node, json);
        return true;
    }
}
