using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary><c>allOf</c></summary>
internal sealed class AllOfEvaluator(Evaluator[] branches) : Evaluator
{
    public override IEnumerable<Evaluator> InPlace => branches;

    public override bool IsValid(DocumentNode value)
    {
        foreach (Evaluator branch in branches)
            if (!branch.IsValid(value)) return false;
        return true;
    }

    public override void Collect(DocumentNode value, FailureList failures)
    {
        for (int i = 0; i < branches.Length; i++) failures.InPlace(branches[i], value, "allOf", i.ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary><c>anyOf</c> and <c>oneOf</c>. Where no branch fits, only what the branch that was probably meant has to say is said.</summary>
internal sealed class AnyOfEvaluator(string keyword, Evaluator[] branches) : Evaluator
{
    private readonly bool _onlyOne = keyword == "oneOf";

    public override IEnumerable<Evaluator> InPlace => branches;

    public override bool IsValid(DocumentNode value)
    {
        int fitting = 0;
        foreach (Evaluator branch in branches)
        {
            if (!branch.IsValid(value)) continue;
            if (!_onlyOne) return true;
            if (++fitting > 1) return false;
        }

        return fitting == 1;
    }

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (IsValid(value)) return;
        if (branches.Any(branch => branch.IsValid(value)))
        {
            failures.Add(value, keyword, $"{Show(value)} fits more than one of the alternatives", "a value that fits exactly one");
            return;
        }

        var collected = new List<FailureList>();
        for (int i = 0; i < branches.Length; i++)
        {
            FailureList branch = failures.Branch();
            branch.InPlace(branches[i], value, keyword, i.ToString(CultureInfo.InvariantCulture));
            collected.Add(branch);
        }

        SchemaFailure[][] ofType = [.. collected.Select(branch => branch.Failures.Where(f => f.Keyword == "type" && IsHere(f, failures)).ToArray())];
        if (branches.Length > 0 && ofType.All(list => list.Length > 0))
        {
            string expected = string.Join(" or ", ofType.SelectMany(list => list).Select(failure => failure.Expected).Distinct());
            failures.Add(value, keyword, $"this is {TypeEvaluator.What(value)}", expected);
            return;
        }

        if (collected.Count > 0) failures.AddAll(collected.OrderBy(branch => Distance(branch, failures)).ThenBy(branch => branch.Failures.Count).First());
    }

    // A branch of another type was not meant at all; one of which a telling member (`type: file`) says something else hardly.
    private static int Distance(FailureList branch, FailureList here) => branch.Failures.Max(failure => failure.Keyword switch
    {
        "type" or "false" when IsHere(failure, here) => 4,
        "const" or "enum" when IsHere(failure, here) => 3,
        "const" or "enum" when failure.InstancePath.Count(c => c == '/') == here.Depth + 1 => 2,
        "additionalProperties" or "required" when IsHere(failure, here) => 1,
        _ => 0,
    });

    private static bool IsHere(SchemaFailure failure, FailureList here) => failure.InstancePath.Count(c => c == '/') == here.Depth;
}

/// <summary><c>not</c></summary>
internal sealed class NotEvaluator(Evaluator schema) : Evaluator
{
    public override IEnumerable<Evaluator> InPlace => [schema];

    public override bool IsValid(DocumentNode value) => !schema.IsValid(value);

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (!IsValid(value)) failures.Add(value, "not", $"{Show(value)} is just what must not stand here", "");
    }
}

/// <summary><c>if</c>, <c>then</c> and <c>else</c></summary>
internal sealed class IfEvaluator(Evaluator condition, Evaluator? then, Evaluator? otherwise) : Evaluator
{
    public override IEnumerable<Evaluator> InPlace => [condition, .. then is null ? [] : new[] { then }, .. otherwise is null ? [] : new[] { otherwise }];

    public override bool IsValid(DocumentNode value) => (condition.IsValid(value) ? then : otherwise)?.IsValid(value) ?? true;

    public override void Collect(DocumentNode value, FailureList failures)
    {
        bool holds = condition.IsValid(value);
        if ((holds ? then : otherwise) is { } branch) failures.InPlace(branch, value, holds ? "then" : "else");
    }
}
