using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ReadyOps.Core.JsonSchemas;

/// <summary><c>allOf</c></summary>
internal sealed class AllOfEvaluator(SchemaNode[] branches) : Evaluator("allOf")
{
    public override int Cost => 60;

    public override IEnumerable<SchemaNode> InPlace => branches;

    public override bool AlwaysFits(TapeKind kind) => Array.TrueForAll(branches, branch => branch.Accepts(kind));

    public override SchemaNode[]? Parts(TapeKind kind) => branches;

    public override bool NeverFits(TapeKind kind) => Array.Exists(branches, branch => branch.Refuses(kind));

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        foreach (SchemaNode branch in branches)
            if (!branch.IsValid(ref evaluation, node)) return false;
        return true;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        bool fits = true;
        for (int i = 0; i < branches.Length; i++)
            fits &= Explaining.InPlace(ref evaluation, unit.InPlace(branches[i], string.Create(CultureInfo.InvariantCulture, $"/allOf/{i}")), unit);
        return fits;
    }
}

/// <summary><c>anyOf</c> and <c>oneOf</c></summary>
internal sealed class AnyOfEvaluator(string keyword, SchemaNode[] branches) : Evaluator(keyword)
{
    private readonly bool _onlyOne = keyword == "oneOf";
    private readonly SchemaNode[][] _candidates = [.. Enumerable.Repeat(branches, Kinds.Count)];

    public override int Cost => 70;

    public override IEnumerable<SchemaNode> InPlace => branches;

    /// <summary>The branches that values of a kind may fit.</summary>
    public SchemaNode[] Candidates(TapeKind kind) => _candidates[(int)kind] = [.. branches.Where(branch => !branch.Refuses(kind))];

    // A container that fits one branch whatever it is may still be evaluated by another.
    public override bool MayMark => true;

    public override bool AlwaysFits(TapeKind kind) => _onlyOne
        ? Candidates(kind) is [SchemaNode only] && only.Accepts(kind)
        : Array.Exists(branches, branch => branch.Accepts(kind));

    public override SchemaNode[]? Parts(TapeKind kind) => Candidates(kind) is [SchemaNode only] ? [only] : null;

    public override bool NeverFits(TapeKind kind) => Candidates(kind).Length == 0;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        SchemaNode[] candidates = _candidates[(int)evaluation.Nodes[node].Kind];
        int fitting = 0;
        if (evaluation.Marks >= 0)
        {
            foreach (SchemaNode branch in candidates)
                if (evaluation.Fits(branch, node) && ++fitting > 1 && _onlyOne) return false;
            return fitting > 0;
        }

        Evaluation.Point before = evaluation.Save();
        foreach (SchemaNode branch in candidates)
        {
            if (!branch.IsValid(ref evaluation, node))
            {
                evaluation.Restore(before);
                continue;
            }

            if (!_onlyOne) return true;
            if (++fitting > 1) return false;
        }

        return fitting == 1;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        Unit group = unit.Group(Keyword);
        int fitting = 0;
        for (int i = 0; i < branches.Length; i++)
            if (Explaining.Branch(ref evaluation, group.InPlace(branches[i], string.Create(CultureInfo.InvariantCulture, $"/{i}")), group)) fitting++;

        bool fits = _onlyOne ? fitting == 1 : fitting > 0;
        if (fits)
        {
            group.Conclude(true);
        }
        else if (fitting > 0)
        {
            group.Clear();
            group.FailHere($"{Show(evaluation.Instance, node)} fits more than one of the alternatives", "a value that fits exactly one");
        }
        else
        {
            group.FailHere($"{Show(evaluation.Instance, node)} fits none of the alternatives", "");
        }

        unit.Add(group);
        return fits;
    }
}

/// <summary><c>not</c></summary>
internal sealed class NotEvaluator(SchemaNode schema) : Evaluator("not")
{
    public override int Cost => 65;

    public override IEnumerable<SchemaNode> InPlace => [schema];

    public override bool AlwaysFits(TapeKind kind) => schema.Refuses(kind);

    public override bool NeverFits(TapeKind kind) => schema.Accepts(kind);

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        Evaluation.Point before = evaluation.Save();
        evaluation.Marks = -1;
        bool fits = schema.IsValid(ref evaluation, node);
        evaluation.Restore(before);
        return !fits;
    }

    protected override (string Message, string Expected) Describe(ref Evaluation evaluation, int node) => ($"{Show(evaluation.Instance, node)} is just what must not stand here", "");
}

/// <summary><c>if</c>, <c>then</c> and <c>else</c></summary>
internal sealed class IfEvaluator(SchemaNode condition, SchemaNode? then, SchemaNode? otherwise) : Evaluator("if")
{
    public override int Cost => 68;

    /// <summary>Whether what is to hold depends on the text of one member and on nothing else.</summary>
    public bool Asks([NotNullWhen(true)] out OneOfTexts? question)
    {
        question = otherwise is null ? OneOfTexts.Of(condition) : null;
        return question is not null;
    }

    /// <summary>What has to hold where the condition does.</summary>
    public SchemaNode? Then => then;

    public override IEnumerable<SchemaNode> InPlace => [condition, .. then is null ? [] : new[] { then }, .. otherwise is null ? [] : new[] { otherwise }];

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        SchemaNode? next = evaluation.Fits(condition, node) ? then : otherwise;
        return next is null || next.IsValid(ref evaluation, node);
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        bool holds = evaluation.Annotates ? Annotate(ref evaluation, node, unit) : evaluation.Fits(condition, node);
        SchemaNode? next = holds ? then : otherwise;
        return next is null || Explaining.InPlace(ref evaluation, unit.InPlace(next, holds ? "/then" : "/else"), unit);
    }

    // A condition that does not hold is no failure.
    private bool Annotate(ref Evaluation evaluation, int node, Unit unit)
    {
        Unit asked = unit.InPlace(condition, "/if");
        int marks = evaluation.Marks;
        if (marks >= 0) evaluation.BeginMarks(node);
        bool holds = condition.Explain(ref evaluation, node, asked);
        if (marks >= 0) evaluation.EndMarks(marks, node, holds);
        if (holds) unit.Add(asked);
        return holds;
    }
}

/// <summary><c>$ref</c>, and the dynamic references that lead to one place only.</summary>
internal sealed class RefEvaluator(string keyword, SchemaNode target) : Evaluator(keyword)
{
    public override int Cost => 58;

    public override IEnumerable<SchemaNode> InPlace => [target];

    public override bool AlwaysFits(TapeKind kind) => target.Accepts(kind);

    public override SchemaNode[]? Parts(TapeKind kind) => [target];

    public override bool NeverFits(TapeKind kind) => target.Refuses(kind);

    public override bool IsValid(ref Evaluation evaluation, int node) => target.IsValid(ref evaluation, node);

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit) => Explaining.InPlace(ref evaluation, unit.InPlace(target, $"/{Keyword}"), unit);
}

/// <summary>
/// <c>$dynamicRef</c> and <c>$recursiveRef</c>: the schema of that anchor in the outermost schema resource that the evaluation came through and
/// that has one, or else the one that the reference names.
/// </summary>
internal sealed class DynamicRefEvaluator(string keyword, string anchor, SchemaNode target) : Evaluator(keyword)
{
    public string Anchor => anchor;

    /// <summary>The schema of the anchor in each resource that has it, known after everything is compiled.</summary>
    public Dictionary<SchemaResource, SchemaNode> Targets { get; } = [];

    /// <summary>Whether where it leads depends on the way that the evaluation came. Where only one resource has the anchor, it does not.</summary>
    public bool NeedsScope => Targets.Count > 1;

    public override int Cost => 59;

    public override bool AlwaysFits(TapeKind kind) => !NeedsScope && target.Accepts(kind);

    public override bool NeverFits(TapeKind kind) => !NeedsScope && target.Refuses(kind);

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        SchemaNode meant = Meant(ref evaluation);
        evaluation.Follow(meant, node);
        bool fits = meant.IsValid(ref evaluation, node);
        evaluation.Unfollow();
        return fits;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        SchemaNode meant = Meant(ref evaluation);
        evaluation.Follow(meant, node);
        bool fits = Explaining.InPlace(ref evaluation, unit.InPlace(meant, $"/{Keyword}"), unit);
        evaluation.Unfollow();
        return fits;
    }

    private SchemaNode Meant(ref Evaluation evaluation) => NeedsScope ? evaluation.Outermost(Targets) ?? target : target;
}
