namespace ReadyOps.Core.Flags.Rules;

/// <summary>Comparing, with JavaScript's coercion as that engine has it.</summary>
internal static class Comparisons
{
    public static FlagValue LooselyEqual(scoped ReadOnlySpan<FlagValue> a, ref RuleFrame frame) => a.Length >= 2 && AreEqual(a[0], a[1]);

    public static FlagValue LooselyUnequal(scoped ReadOnlySpan<FlagValue> a, ref RuleFrame frame) => !(a.Length >= 2 && AreEqual(a[0], a[1]));

    public static FlagValue StrictlyEqual(scoped ReadOnlySpan<FlagValue> a, ref RuleFrame frame) => a.Length >= 2 && AreSame(a[0], a[1]);

    public static FlagValue StrictlyUnequal(scoped ReadOnlySpan<FlagValue> a, ref RuleFrame frame) => !(a.Length >= 2 && AreSame(a[0], a[1]));

    public static FlagValue Less(scoped ReadOnlySpan<FlagValue> a, ref RuleFrame frame) =>
        a.Length >= 2 && IsLess(a[0], a[1]) && (a.Length != 3 || IsLess(a[1], a[2]));

    public static FlagValue AtMost(scoped ReadOnlySpan<FlagValue> a, ref RuleFrame frame) =>
        a.Length >= 2 && IsAtMost(a[0], a[1]) && (a.Length != 3 || IsAtMost(a[1], a[2]));

    public static FlagValue Greater(scoped ReadOnlySpan<FlagValue> a, ref RuleFrame frame) =>
        a.Length >= 2 && IsLess(a[1], a[0]) && (a.Length != 3 || IsLess(a[2], a[1]));

    public static FlagValue AtLeast(scoped ReadOnlySpan<FlagValue> a, ref RuleFrame frame) =>
        a.Length >= 2 && IsAtMost(a[1], a[0]) && (a.Length != 3 || IsAtMost(a[2], a[1]));

    public static bool AreEqual(in FlagValue a, in FlagValue b)
    {
        if (a.IsNull || b.IsNull) return a.IsNull && b.IsNull;
        if (a.Kind == FlagValueKind.String && b.Kind == FlagValueKind.String) return a.TextOf == b.TextOf;
        return ToNumber(a) == ToNumber(b);
    }

    public static bool AreSame(in FlagValue a, in FlagValue b) => a.Kind == b.Kind && AreEqual(a, b);

    public static bool IsLess(in FlagValue a, in FlagValue b)
    {
        if (a.Kind == FlagValueKind.String && b.Kind == FlagValueKind.String) return CodePointOrder.Compare(a.TextOf, b.TextOf) < 0;
        return ToNumber(a) < ToNumber(b);
    }

    public static bool IsAtMost(in FlagValue a, in FlagValue b) => IsLess(a, b) || AreEqual(a, b);

    /// <summary>A number to compare by: nothing and blank texts are 0, other texts what they read as, lists and objects nothing that equals anything.</summary>
    private static double ToNumber(in FlagValue value) => value.Kind switch
    {
        FlagValueKind.Null => 0,
        FlagValueKind.Boolean or FlagValueKind.Number => value.NumberOf,
        FlagValueKind.String => string.IsNullOrWhiteSpace(value.TextOf) ? 0 : NumberText.TryParse(value.TextOf, out double number) ? number : double.NaN,
        _ => double.NaN,
    };
}
