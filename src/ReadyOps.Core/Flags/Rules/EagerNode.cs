using System.Buffers;
using System.Runtime.CompilerServices;

namespace ReadyOps.Core.Flags.Rules;

/// <summary>What an operator makes of its arguments.</summary>
internal delegate FlagValue OperatorOnList(scoped ReadOnlySpan<FlagValue> arguments, ref RuleFrame frame);

/// <summary>What an operator makes of an operand that is no list.</summary>
internal delegate FlagValue OperatorOnValue(FlagValue value, ref RuleFrame frame);

/// <summary>An operator that has all of its arguments evaluated first.</summary>
/// <param name="Name">Its name.</param>
/// <param name="OnList">What it makes of a list.</param>
/// <param name="OnValue">What it makes of anything else; without it, that is an error.</param>
/// <param name="Least">How many arguments there must be; fewer are an error.</param>
internal sealed record EagerOperator(string Name, OperatorOnList OnList, OperatorOnValue? OnValue = null, int Least = 0);

/// <summary>An operator with the rules of its arguments.</summary>
internal sealed class EagerNode(EagerOperator op, RuleNode[]? arguments, RuleNode? operand) : RuleNode
{
    private const int Few = 4;

    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        if (arguments is null) return OnOperand(ref frame);
        if (arguments.Length > Few) return OnMany(ref frame);
        Arguments values = default;
        for (int i = 0; i < arguments.Length; i++) values[i] = arguments[i].Evaluate(ref frame);
        return Apply(((ReadOnlySpan<FlagValue>)values)[..arguments.Length], ref frame);
    }

    private FlagValue OnOperand(ref RuleFrame frame)
    {
        FlagValue value = operand!.Evaluate(ref frame);
        if (value.Kind == FlagValueKind.List) return Apply(value.ItemsOf, ref frame);
        return op.OnValue is null ? frame.Fail($"'{op.Name}' takes a list of arguments") : op.OnValue(value, ref frame);
    }

    private FlagValue OnMany(ref RuleFrame frame)
    {
        FlagValue[] values = ArrayPool<FlagValue>.Shared.Rent(arguments!.Length);
        for (int i = 0; i < arguments.Length; i++) values[i] = arguments[i].Evaluate(ref frame);
        FlagValue result = Apply(values.AsSpan(0, arguments.Length), ref frame);
        ArrayPool<FlagValue>.Shared.Return(values, clearArray: true);
        return result;
    }

    private FlagValue Apply(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame) =>
        values.Length < op.Least ? frame.Fail($"'{op.Name}' takes at least {op.Least} arguments") : op.OnList(values, ref frame);

    [InlineArray(Few)]
    private struct Arguments
    {
        private FlagValue _first;
    }
}
