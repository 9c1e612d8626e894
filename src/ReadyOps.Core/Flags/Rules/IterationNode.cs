namespace ReadyOps.Core.Flags.Rules;

/// <summary>What an operator does with the items of a list.</summary>
internal enum Iteration
{
    Map,
    Filter,
    All,
    None,
    Some,
}

/// <summary>An operator that applies a rule to each item of a list.</summary>
/// <param name="kind">What it does.</param>
/// <param name="subject">The list; <see langword="null"/> where the rule has something else in its place.</param>
/// <param name="rule">The rule.</param>
/// <param name="isRule">Whether it is written as a rule, and not as a plain value.</param>
/// <param name="isVariable">Whether it is nothing but a variable.</param>
internal sealed class IterationNode(Iteration kind, RuleNode? subject, RuleNode rule, bool isRule, bool isVariable) : RuleNode
{
    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        FlagValue list = subject?.Evaluate(ref frame) ?? default;
        bool quantifier = kind is Iteration.All or Iteration.None or Iteration.Some;
        if (quantifier ? !IsTrue(list) : list.IsNull) return quantifier ? kind == Iteration.None : FlagValue.OfItems([]);
        if (list.Kind != FlagValueKind.List) return frame.Fail("this takes a list to go through");
        if (quantifier && !isRule) return frame.Fail("this takes a rule for each item");

        (bool inner, FlagValue data, OuterScope? outer) = (frame.IsInner, frame.Data, frame.Outer);
        FlagValue result = Over(list.ItemsOf, new OuterScope(inner, data, outer), ref frame);
        (frame.IsInner, frame.Data, frame.Outer) = (inner, data, outer);
        return result;
    }

    private FlagValue Over(FlagValue[] items, OuterScope around, ref RuleFrame frame)
    {
        var kept = new List<FlagValue>();
        foreach (FlagValue item in items)
        {
            (frame.IsInner, frame.Data) = (true, item);
            frame.Outer = kind switch
            {
                Iteration.Map => around.Next,
                Iteration.All => new OuterScope(true, item, around.Next),
                Iteration.Some => new OuterScope(true, item, around),
                _ => around,
            };
            FlagValue value = rule.Evaluate(ref frame);
            switch (kind)
            {
                case Iteration.Map:
                    kept.Add(value);
                    break;
                case Iteration.Filter:
                    if (IsTrue(value)) kept.Add(item);
                    break;
                default:
                    if (isVariable && Substituted(around, ref frame) && value.Kind != FlagValueKind.Object && !value.IsNull) return frame.Fail("a variable that has a plain value is no rule for each item");
                    if (IsTrue(value) == kind is Iteration.Some or Iteration.None) return kind == Iteration.Some;
                    break;
            }

            if (frame.Error is not null) return default;
        }

        return kind is Iteration.Map or Iteration.Filter ? FlagValue.OfItems([.. kept]) : kind != Iteration.Some;
    }

    // With 'none', a variable of the item stays a rule; only one of the data around it is put in.
    private bool Substituted(OuterScope around, ref RuleFrame frame)
    {
        if (kind != Iteration.None) return true;
        (frame.IsInner, frame.Data, frame.Outer) = (around.IsInner, around.Data, around.Next);
        return !rule.Evaluate(ref frame).IsNull;
    }
}

/// <summary><c>reduce</c>: a rule over <c>current</c> and <c>accumulator</c>; the accumulator keeps the type that it starts with.</summary>
internal sealed class ReduceNode(RuleNode? subject, RuleNode rule, bool isRule, RuleNode initial) : RuleNode
{
    private static readonly string[] Names = ["current", "accumulator", "valueType"];

    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        FlagValue accumulator = initial.Evaluate(ref frame);
        if (accumulator.Kind is not (FlagValueKind.Boolean or FlagValueKind.Number or FlagValueKind.String))
            return frame.Fail("'reduce' starts with a boolean, a number or a text");
        string type = accumulator.Kind switch { FlagValueKind.Boolean => "bool", FlagValueKind.Number => "number", _ => "string" };

        FlagValue list = subject?.Evaluate(ref frame) ?? default;
        if (list.IsNull) return 0;
        if (list.Kind != FlagValueKind.List) return frame.Fail("'reduce' takes a list");
        (bool inner, FlagValue data) = (frame.IsInner, frame.Data);
        foreach (FlagValue item in list.ItemsOf)
        {
            if (item.IsNull) continue;
            if (!isRule) return frame.Fail("'reduce' takes a rule for each item");
            (frame.IsInner, frame.Data) = (true, FlagValue.Of(new FlagObject(Names, [item, accumulator, type])));
            FlagValue value = rule.Evaluate(ref frame);
            accumulator = accumulator.Kind switch
            {
                FlagValueKind.Boolean => IsTrue(value),
                FlagValueKind.Number => Arithmetic.ToNumber(value, ref frame),
                _ => Texts.ToText(value, ref frame),
            };
        }

        (frame.IsInner, frame.Data) = (inner, data);
        return accumulator;
    }
}
