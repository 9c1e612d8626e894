using System.Collections.Frozen;

namespace ReadyOps.Core.Flags.Rules;

/// <summary><c>in</c> a list of texts that is written in the rule: compared one by one where they are few, one look where they are many.</summary>
internal sealed class MemberNode(RuleNode wanted, FlagValue list) : RuleNode
{
    private const int Few = 8;

    private readonly string[] _texts = [.. list.ItemsOf.Select(item => item.TextOf)];
    private readonly FrozenSet<string>? _many = list.ItemsOf.Length <= Few ? null : list.ItemsOf.Select(item => item.TextOf).ToFrozenSet(StringComparer.Ordinal);

    public override FlagValue Evaluate(ref RuleFrame frame) => IsTrue(ref frame);

    public override bool IsTrue(ref RuleFrame frame)
    {
        FlagValue value = wanted.Evaluate(ref frame);
        if (value.Kind != FlagValueKind.String) return IsTrue(Lists.In([value, list], ref frame));
        string text = value.TextOf;
        if (_many is not null) return _many.Contains(text);
        foreach (string one in _texts)
            if (one == text) return true;
        return false;
    }
}
