using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary><c>minimum</c>, <c>maximum</c> and their exclusive forms.</summary>
internal sealed class RangeEvaluator(string keyword, DocumentNode limit) : Evaluator
{
    private readonly ExactNumber _limit = ExactNumber.Parse(limit.Text);

    public override bool IsValid(DocumentNode value)
    {
        if (value.Kind != NodeKind.Number) return true;
        int order = ExactNumber.Parse(value.Text).CompareTo(_limit);
        return keyword switch
        {
            "minimum" => order >= 0,
            "maximum" => order <= 0,
            "exclusiveMinimum" => order > 0,
            _ => order < 0,
        };
    }

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (IsValid(value)) return;
        (string what, string expected) = keyword switch
        {
            "minimum" => ("too small", "at least"),
            "maximum" => ("too large", "at most"),
            "exclusiveMinimum" => ("too small", "more than"),
            _ => ("too large", "less than"),
        };
        failures.Add(value, keyword, $"{Show(value)} is {what}", $"{expected} {limit.Text}");
    }
}

/// <summary><c>multipleOf</c></summary>
internal sealed class MultipleOfEvaluator(DocumentNode divisor) : Evaluator
{
    private readonly ExactNumber _divisor = ExactNumber.Parse(divisor.Text);

    public override bool IsValid(DocumentNode value) => value.Kind != NodeKind.Number || ExactNumber.Parse(value.Text).IsMultipleOf(_divisor);

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (!IsValid(value)) failures.Add(value, "multipleOf", $"{Show(value)} is no multiple of {divisor.Text}", $"a multiple of {divisor.Text}");
    }
}
