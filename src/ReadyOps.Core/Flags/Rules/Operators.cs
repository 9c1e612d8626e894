using System.Collections.Frozen;

namespace ReadyOps.Core.Flags.Rules;

/// <summary>The operators that flagd's core knows and that have all of their arguments evaluated first.</summary>
internal static class Operators
{
    private static readonly EagerOperator[] Eager =
    [
        new("==", Comparisons.LooselyEqual),
        new("!=", Comparisons.LooselyUnequal),
        new("===", Comparisons.StrictlyEqual, Lists.No),
        new("!==", Comparisons.StrictlyUnequal, Lists.Yes),
        new("<", Comparisons.Less),
        new("<=", Comparisons.AtMost),
        new(">", Comparisons.Greater),
        new(">=", Comparisons.AtLeast),
        new("!", static (scoped ReadOnlySpan<FlagValue> values, ref RuleFrame _) => values.Length == 0 || !RuleNode.IsTrue(values[0]), static (FlagValue value, ref RuleFrame _) => !RuleNode.IsTrue(value)),
        new("!!", static (scoped ReadOnlySpan<FlagValue> values, ref RuleFrame _) => values.Length > 0 && RuleNode.IsTrue(values[0]), static (FlagValue value, ref RuleFrame _) => RuleNode.IsTrue(value)),
        new("+", Arithmetic.Sum, Arithmetic.Number),
        new("-", Arithmetic.Difference),
        new("*", Arithmetic.Product),
        new("/", Arithmetic.Quotient),
        new("%", Arithmetic.Remainder, Least: 2),
        new("max", Arithmetic.Most),
        new("min", Arithmetic.Least),
        new("abs", Arithmetic.Size, Arithmetic.Size, Least: 1),
        new("cat", Texts.Concatenate, Texts.Concatenate),
        new("substr", Texts.Part, Least: 2),
        new("starts_with", Texts.StartsWith, Texts.Nothing),
        new("ends_with", Texts.EndsWith, Texts.Nothing),
        new("sem_ver", SemanticVersions.Compare, Texts.Nothing),
        new("in", Lists.In, Least: 1),
        new("merge", Lists.Merge, Lists.Merge),
        new("missing", Lists.Missing, Lists.Missing),
        new("missing_some", Lists.MissingSome, Least: 2),
        new("contains_all", Lists.ContainsAll, Lists.No),
        new("contains_any", Lists.ContainsAny, Lists.No),
        new("contains_none", Lists.ContainsNone, Lists.Yes),
        new("set", Set, Texts.Nothing),
    ];

    private static readonly FrozenDictionary<string, EagerOperator> ByName = Eager.ToFrozenDictionary(op => op.Name, StringComparer.Ordinal);

    /// <summary>Those that decide themselves what to evaluate.</summary>
    private static readonly FrozenSet<string> Lazy =
        new[] { "var", "if", "?:", "and", "or", "map", "filter", "reduce", "all", "none", "some", "fractional" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => ByName.Keys.Concat(Lazy);

    public static bool IsKnown(string name) => ByName.ContainsKey(name) || Lazy.Contains(name);

    public static bool TryGetEager(string name, out EagerOperator op) => ByName.TryGetValue(name, out op!);

    private static FlagValue Set(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        if (values.Length == 0) return default;
        if (values.Length < 3 || values[0].Kind != FlagValueKind.Object || values[1].Kind != FlagValueKind.String) return values[0];
        return FlagValue.Of(values[0].ObjectOf.With(values[1].TextOf, RuleCompiler.Reinterpret(values[2], ref frame)));
    }
}
