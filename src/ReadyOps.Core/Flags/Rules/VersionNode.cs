namespace ReadyOps.Core.Flags.Rules;

/// <summary><c>sem_ver</c> whose operator is written in the rule.</summary>
internal sealed class VersionNode(RuleNode first, VersionComparison comparison, RuleNode second) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        FlagValue a = first.Evaluate(ref frame), b = second.Evaluate(ref frame);
        return SemanticVersions.TryCompare(a, comparison, b, out bool holds) ? holds : default(FlagValue);
    }

    public override bool IsTrue(ref RuleFrame frame)
    {
        FlagValue a = first.Evaluate(ref frame), b = second.Evaluate(ref frame);
        return SemanticVersions.TryCompare(a, comparison, b, out bool holds) && holds;
    }
}
