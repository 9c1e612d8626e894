namespace ReadyOps.Core.Flags.Rules;

/// <summary>
/// A part of a compiled rule. The semantics are those of the JsonLogic engine that flagd's core evaluates by
/// (github.com/diegoholiveira/jsonlogic v3.9.1, and flagd core/pkg/evaluator for its own four operators), including what it does not
/// accept: where that engine panics, flagd answers PARSE_ERROR, and a node notes the error in the frame.
/// </summary>
internal abstract class RuleNode
{
    public abstract FlagValue Evaluate(ref RuleFrame frame);

    /// <summary>The same as a condition.</summary>
    public virtual bool IsTrue(ref RuleFrame frame) => IsTrue(Evaluate(ref frame));

    /// <summary>Whether the value counts as true: not nothing, false, 0, and not an empty text, list or object.</summary>
    public static bool IsTrue(in FlagValue value) => value.Kind switch
    {
        FlagValueKind.Boolean or FlagValueKind.Number => value.NumberOf != 0,
        FlagValueKind.String => value.TextOf.Length > 0,
        FlagValueKind.List => value.ItemsOf.Length > 0,
        FlagValueKind.Object => value.ObjectOf.Count > 0,
        _ => false,
    };
}

/// <summary>A value that is written in the rule.</summary>
internal sealed class ConstantNode(FlagValue value) : RuleNode
{
    public FlagValue Value => value;

    public override FlagValue Evaluate(ref RuleFrame frame) => value;
}

/// <summary>A rule that cannot be evaluated.</summary>
internal sealed class ErrorNode(string why) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame) => frame.Fail(why);
}

/// <summary>A list of which at least one item is a rule.</summary>
internal sealed class ListNode(RuleNode[] items) : RuleNode
{
    public RuleNode[] Items => items;

    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        var values = new FlagValue[items.Length];
        for (int i = 0; i < values.Length; i++) values[i] = items[i].Evaluate(ref frame);
        return FlagValue.OfItems(values);
    }
}

/// <summary>A rule within an explanation: its result is taken down.</summary>
internal sealed class TraceNode(RuleNode node, string path, string name, string rule) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        string? before = frame.Error;
        FlagValue value = node.Evaluate(ref frame);
        bool failed = frame.Error is not null && before is null;
        frame.Trace?.Step(new FlagStep { Path = path, Operator = name, Rule = rule, Result = failed ? $"error: {frame.Error}" : FlagJson.Short(value) });
        return value;
    }
}
