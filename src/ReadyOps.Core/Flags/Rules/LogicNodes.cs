namespace ReadyOps.Core.Flags.Rules;

/// <summary><c>if</c> and <c>?:</c>: pairs of a condition and a result, and perhaps a last result for when no condition holds.</summary>
internal sealed class IfNode(RuleNode[] clauses) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        int last = clauses.Length - 1;
        for (int i = 0; i < last; i += 2)
            if (clauses[i].IsTrue(ref frame)) return Result(clauses[i + 1], ref frame);
        return (clauses.Length & 1) == 1 ? Result(clauses[last], ref frame) : default;
    }

    // An object that comes out is taken for a rule once more.
    private static FlagValue Result(RuleNode clause, ref RuleFrame frame)
    {
        FlagValue value = clause.Evaluate(ref frame);
        return value.Kind == FlagValueKind.Object ? RuleCompiler.Reinterpret(value, ref frame) : value;
    }
}

/// <summary><c>and</c>: the first value that counts as false, or the last one.</summary>
internal sealed class AndNode(RuleNode[] arguments) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        FlagValue value = default;
        foreach (RuleNode argument in arguments)
        {
            value = argument.Evaluate(ref frame);
            if (!IsTrue(value)) break;
        }

        return value;
    }

    public override bool IsTrue(ref RuleFrame frame)
    {
        foreach (RuleNode argument in arguments)
            if (!argument.IsTrue(ref frame)) return false;
        return arguments.Length > 0;
    }
}

/// <summary><c>or</c>: the first value that counts as true, or the last one.</summary>
internal sealed class OrNode(RuleNode[] arguments) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        FlagValue value = default;
        foreach (RuleNode argument in arguments)
        {
            value = argument.Evaluate(ref frame);
            if (IsTrue(value)) break;
        }

        return value;
    }

    public override bool IsTrue(ref RuleFrame frame)
    {
        foreach (RuleNode argument in arguments)
            if (argument.IsTrue(ref frame)) return true;
        return false;
    }
}
