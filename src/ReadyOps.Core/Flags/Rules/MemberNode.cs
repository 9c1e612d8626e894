using System.Collections.Frozen;

namespace ReadyOps.Core.Flags.Rules;

/// <summary><c>in</c> a long list of texts that is written in the rule: one look instead of many.</summary>
internal sealed class MemberNode(RuleNode wanted, FlagValue list) : RuleNode
{
    private readonly FrozenSet<string> _texts = list.ItemsOf.Select(item => item.TextOf).ToFrozenSet(StringComparer.Ordinal);

    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        FlagValue value = wanted.Evaluate(ref frame);
        return value.Kind == FlagValueKind.String ? _texts.Contains(value.TextOf) : Lists.In([value, list], ref frame);
    }
}
