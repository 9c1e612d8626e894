namespace ReadyOps.Core.Flags.Rules;

/// <summary>Reckoning. A text is the number that it reads as, or 0; nothing, booleans, lists and objects are errors, as they are in flagd.</summary>
internal static class Arithmetic
{
    public static FlagValue Sum(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        double sum = 0;
        foreach (ref readonly FlagValue value in values) sum += ToNumber(value, ref frame);
        return sum;
    }

    public static FlagValue Number(FlagValue value, ref RuleFrame frame) => ToNumber(value, ref frame);

    public static FlagValue Difference(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        if (values.Length == 0) return 0;
        double first = ToNumber(values[0], ref frame);
        if (values.Length == 1) return -1 * first;
        for (int i = 1; i < values.Length; i++) first -= ToNumber(values[i], ref frame);
        return first;
    }

    public static FlagValue Product(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        double product = 1;
        foreach (ref readonly FlagValue value in values) product *= ToNumber(value, ref frame);
        return product;
    }

    public static FlagValue Quotient(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        if (values.Length == 0) return 0;
        double quotient = ToNumber(values[0], ref frame);
        for (int i = 1; i < values.Length; i++) quotient /= ToNumber(values[i], ref frame);
        return quotient;
    }

    public static FlagValue Remainder(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame) => ToNumber(values[0], ref frame) % ToNumber(values[1], ref frame);

    public static FlagValue Most(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        if (values.Length == 0) return default;
        double most = ToNumber(values[0], ref frame);
        foreach (ref readonly FlagValue value in values[1..])
            if (ToNumber(value, ref frame) is var number && number > most) most = number;
        return most;
    }

    public static FlagValue Least(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        if (values.Length == 0) return default;
        double least = ToNumber(values[0], ref frame);
        foreach (ref readonly FlagValue value in values[1..])
            if (ToNumber(value, ref frame) is var number && least > number) least = number;
        return least;
    }

    public static FlagValue Size(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame) => Math.Abs(ToNumber(values[0], ref frame));

    public static FlagValue Size(FlagValue value, ref RuleFrame frame) => Math.Abs(ToNumber(value, ref frame));

    public static double ToNumber(in FlagValue value, ref RuleFrame frame)
    {
        if (value.Kind == FlagValueKind.Number) return value.NumberOf;
        if (value.Kind == FlagValueKind.String) return NumberText.TryParse(value.TextOf, out double number) ? number : 0;
        frame.Fail($"{FlagJson.Short(value)} is no number to reckon with");
        return 0;
    }

    /// <summary>A number as a 64-bit integer, cut off.</summary>
    public static long ToInteger(in FlagValue value, ref RuleFrame frame)
    {
        double number = ToNumber(value, ref frame);
        return double.IsFinite(number) && Math.Abs(number) < long.MaxValue ? (long)number : long.MinValue;
    }
}
