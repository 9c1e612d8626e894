namespace ReadyOps.Core.JsonSchemas;

/// <summary><c>minimum</c>, <c>maximum</c> and their exclusive forms.</summary>
internal sealed class RangeEvaluator(string keyword, string limit) : Evaluator(keyword)
{
    private readonly ExactNumber _limit = ExactNumber.Parse(limit);
    private readonly bool _inclusive = keyword is "minimum" or "maximum";
    private readonly bool _atLeast = keyword is "minimum" or "exclusiveMinimum";

    public override int AppliesTo => Kinds.Numeric;

    public override int Cost => 15;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        int order = _limit.Compare(evaluation.Bytes(node));
        return order == 0 ? _inclusive : order > 0 == _atLeast;
    }

    protected override (string Message, string Expected) Describe(ref Evaluation evaluation, int node)
    {
        (string what, string expected) = Keyword switch
        {
            "minimum" => ("too small", "at least"),
            "maximum" => ("too large", "at most"),
            "exclusiveMinimum" => ("too small", "more than"),
            _ => ("too large", "less than"),
        };
        return ($"{Show(evaluation.Instance, node)} is {what}", $"{expected} {limit}");
    }
}

/// <summary><c>multipleOf</c></summary>
internal sealed class MultipleOfEvaluator(NumberDivisor divisor, string text) : Evaluator("multipleOf")
{
    public override int AppliesTo => Kinds.Numeric;

    public override int Cost => 18;

    public override bool IsValid(ref Evaluation evaluation, int node) => divisor.Divides(evaluation.Bytes(node));

    protected override (string Message, string Expected) Describe(ref Evaluation evaluation, int node) =>
        ($"{Show(evaluation.Instance, node)} is no multiple of {text}", $"a multiple of {text}");
}
