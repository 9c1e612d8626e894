namespace ReadyOps.Core.Flags.Rules;

/// <summary>Operators on lists that have their arguments evaluated first.</summary>
internal static class Lists
{
    /// <summary>Whether a text holds another, or a list holds a value; a list within the list is a range from its first to its second item.</summary>
    public static FlagValue In(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        FlagValue wanted = values[0];
        FlagValue within = values.Length > 1 ? values[1] : default;
        if (within.Kind == FlagValueKind.String)
        {
            return wanted.Kind == FlagValueKind.String
                ? within.TextOf.Contains(wanted.TextOf, StringComparison.Ordinal)
                : frame.Fail($"{FlagJson.Short(wanted)} is no text to look for in a text");
        }

        if (within.Kind != FlagValueKind.List) return false;
        foreach (FlagValue item in within.ItemsOf)
            if (IsOrHolds(item, wanted, ref frame)) return true;
        return false;
    }

    public static FlagValue Merge(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        int count = 0;
        foreach (ref readonly FlagValue value in values) count += value.Kind == FlagValueKind.List ? value.ItemsOf.Length : 1;
        var merged = new FlagValue[count];
        int at = 0;
        foreach (ref readonly FlagValue value in values)
        {
            if (value.Kind != FlagValueKind.List)
            {
                merged[at++] = value;
                continue;
            }

            value.ItemsOf.CopyTo(merged, at);
            at += value.ItemsOf.Length;
        }

        return FlagValue.OfItems(merged);
    }

    public static FlagValue Merge(FlagValue value, ref RuleFrame frame) =>
        IsPrimitive(value) ? FlagValue.OfItems([value]) : frame.Fail("'merge' takes lists and plain values");

    public static FlagValue Missing(scoped ReadOnlySpan<FlagValue> names, ref RuleFrame frame) => FlagValue.OfItems([.. Absent(names, ref frame)]);

    public static FlagValue Missing(FlagValue name, ref RuleFrame frame) => name.Kind == FlagValueKind.String
        ? Missing([name], ref frame)
        : frame.Fail("'missing' takes names");

    /// <summary>The names that are missing, if fewer than so many are there.</summary>
    public static FlagValue MissingSome(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        long wanted = Arithmetic.ToInteger(values[0], ref frame);
        if (values[1].Kind != FlagValueKind.List) return frame.Fail("'missing_some' takes a number and a list of names");
        List<FlagValue> absent = Absent(values[1].ItemsOf, ref frame);
        return FlagValue.OfItems(wanted > values[1].ItemsOf.Length - absent.Count ? [.. absent] : []);
    }

    public static FlagValue ContainsAll(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame) => AreLists(values) && values[1].ItemsOf.All(Holds(values[0]));

    public static FlagValue ContainsAny(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame) => AreLists(values) && values[1].ItemsOf.Any(Holds(values[0]));

    public static FlagValue ContainsNone(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame) => !AreLists(values) || !values[1].ItemsOf.Any(Holds(values[0]));

    public static FlagValue No(FlagValue value, ref RuleFrame frame) => false;

    public static FlagValue Yes(FlagValue value, ref RuleFrame frame) => true;

    private static bool IsOrHolds(in FlagValue item, in FlagValue wanted, ref RuleFrame frame)
    {
        if (item.Kind == FlagValueKind.List)
        {
            if (item.ItemsOf.Length < 2) return !frame.Fail("a range has two ends").IsNull;
            double number = Arithmetic.ToNumber(wanted, ref frame);
            return number >= Arithmetic.ToNumber(item.ItemsOf[0], ref frame) && number <= Arithmetic.ToNumber(item.ItemsOf[1], ref frame);
        }

        if (wanted.Kind == FlagValueKind.Number) return Arithmetic.ToNumber(item, ref frame) == wanted.NumberOf;
        if (wanted.Kind == FlagValueKind.Object && item.Kind == FlagValueKind.Object) return !frame.Fail("objects cannot be compared").IsNull;
        return IsSame(item, wanted);
    }

    private static List<FlagValue> Absent(scoped ReadOnlySpan<FlagValue> names, ref RuleFrame frame)
    {
        var absent = new List<FlagValue>();
        foreach (FlagValue name in names)
            if (ComputedVariableNode.Lookup(name, ref frame).IsNull) absent.Add(name);
        return absent;
    }

    private static bool AreLists(scoped ReadOnlySpan<FlagValue> values) =>
        values.Length == 2 && values[0].Kind == FlagValueKind.List && values[1].Kind == FlagValueKind.List;

    private static Func<FlagValue, bool> Holds(FlagValue list) => wanted => Array.Exists(list.ItemsOf, item => IsSame(item, wanted));

    private static bool IsSame(FlagValue a, FlagValue b) => a.Kind == b.Kind && a.Kind switch
    {
        FlagValueKind.Null => true,
        FlagValueKind.Boolean or FlagValueKind.Number => a.NumberOf == b.NumberOf,
        FlagValueKind.String => a.TextOf == b.TextOf,
        _ => false,
    };

    private static bool IsPrimitive(in FlagValue value) => value.Kind is FlagValueKind.Boolean or FlagValueKind.Number or FlagValueKind.String;
}
