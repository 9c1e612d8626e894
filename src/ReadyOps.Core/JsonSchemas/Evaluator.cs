using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>One keyword or one whole schema, compiled. Evaluators hold no state of a validation, so any number may run at once.</summary>
internal abstract class Evaluator
{
    /// <summary>Whether the value fits: stops at the first failure and says nothing.</summary>
    public abstract bool IsValid(DocumentNode value);

    /// <summary>Adds everything that does not fit; adds nothing exactly when <see cref="IsValid"/> is true.</summary>
    public abstract void Collect(DocumentNode value, FailureList failures);

    /// <summary>The schemas that this one applies to the very same value: a circle of those would never end.</summary>
    public virtual IEnumerable<Evaluator> InPlace => [];

    protected static string Show(DocumentNode value)
    {
        const int Longest = 60;
        return value.Kind switch
        {
            NodeKind.String when value.Text.Length <= Longest => $"'{value.Text}'",
            NodeKind.String => $"'{value.Text[..(Longest - 1)]}…'",
            NodeKind.Object or NodeKind.Array => value.Kind.WithArticle(),
            _ => value.Text.Length <= Longest ? value.Text : $"{value.Text[..(Longest - 1)]}…",
        };
    }

    protected static string Count(long count, string one) => System.FormattableString.Invariant($"{count} {one}{(count == 1 ? "" : "s")}");
}

/// <summary>A schema: all of its keywords must hold. It is filled after it is made, so that a <c>$ref</c> can lead back to it.</summary>
internal sealed class SchemaEvaluator : Evaluator
{
    public Evaluator[] Keywords { get; set; } = [];

    public override IEnumerable<Evaluator> InPlace => Keywords;

    /// <summary>The evaluator of a kind, or <see langword="null"/>.</summary>
    public T? Find<T>()
        where T : Evaluator => Keywords.OfType<T>().FirstOrDefault();

    public override bool IsValid(DocumentNode value)
    {
        foreach (Evaluator keyword in Keywords)
            if (!keyword.IsValid(value)) return false;
        return true;
    }

    public override void Collect(DocumentNode value, FailureList failures)
    {
        foreach (Evaluator keyword in Keywords) keyword.Collect(value, failures);
    }
}

/// <summary>The schema <c>true</c>, which fits everything, or <c>false</c>, which fits nothing.</summary>
internal sealed class BooleanEvaluator(bool accepts) : Evaluator
{
    public static readonly BooleanEvaluator True = new(true);
    public static readonly BooleanEvaluator False = new(false);

    public bool Accepts => accepts;

    public override bool IsValid(DocumentNode value) => accepts;

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (!accepts) failures.Add(value, "false", "nothing may stand here", "");
    }
}

/// <summary><c>$ref</c></summary>
internal sealed class RefEvaluator(Evaluator target) : Evaluator
{
    public Evaluator Target => target;

    public override IEnumerable<Evaluator> InPlace => [target];

    public override bool IsValid(DocumentNode value) => target.IsValid(value);

    public override void Collect(DocumentNode value, FailureList failures) => failures.InPlace(target, value, "$ref");
}
