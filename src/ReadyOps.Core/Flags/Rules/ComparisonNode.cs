namespace ReadyOps.Core.Flags.Rules;

/// <summary>The comparisons that rules mostly consist of.</summary>
internal enum Comparison
{
    Equal,
    Unequal,
    Same,
    NotSame,
    Less,
    AtMost,
    Greater,
    AtLeast,
    StartsWith,
    EndsWith,
}

/// <summary>A comparison of two values; as a condition it never becomes a value itself.</summary>
internal sealed class ComparisonNode(Comparison comparison, RuleNode first, RuleNode second) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        FlagValue a = first.Evaluate(ref frame), b = second.Evaluate(ref frame);
        bool isNothing = comparison >= Comparison.StartsWith && (a.Kind != FlagValueKind.String || b.Kind != FlagValueKind.String);
        return isNothing ? default(FlagValue) : Holds(a, b);
    }

    public override bool IsTrue(ref RuleFrame frame)
    {
        FlagValue a = first.Evaluate(ref frame), b = second.Evaluate(ref frame);
        return Holds(a, b);
    }

    private bool Holds(in FlagValue a, in FlagValue b) => comparison switch
    {
        Comparison.Equal => Comparisons.AreEqual(a, b),
        Comparison.Unequal => !Comparisons.AreEqual(a, b),
        Comparison.Same => Comparisons.AreSame(a, b),
        Comparison.NotSame => !Comparisons.AreSame(a, b),
        Comparison.Less => Comparisons.IsLess(a, b),
        Comparison.AtMost => Comparisons.IsAtMost(a, b),
        Comparison.Greater => Comparisons.IsLess(b, a),
        Comparison.AtLeast => Comparisons.IsAtMost(b, a),
        Comparison.StartsWith => a.Kind == FlagValueKind.String && b.Kind == FlagValueKind.String && a.TextOf.StartsWith(b.TextOf, StringComparison.Ordinal),
        _ => a.Kind == FlagValueKind.String && b.Kind == FlagValueKind.String && a.TextOf.EndsWith(b.TextOf, StringComparison.Ordinal),
    };
}
