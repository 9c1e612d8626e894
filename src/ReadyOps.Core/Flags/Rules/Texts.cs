using System.Text;

namespace ReadyOps.Core.Flags.Rules;

/// <summary>Operators on texts.</summary>
internal static class Texts
{
    public static FlagValue Concatenate(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        if (values.Length == 0) return "";
        if (values.Length == 1) return ToText(values[0], ref frame);
        var text = new StringBuilder();
        foreach (ref readonly FlagValue value in values) text.Append(ToText(value, ref frame));
        return text.ToString().Trim();
    }

    public static FlagValue Concatenate(FlagValue value, ref RuleFrame frame) =>
        value.Kind == FlagValueKind.String ? value : frame.Fail("'cat' takes a text or a list");

    /// <summary>A part of a text, counted in code points.</summary>
    public static FlagValue Part(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame)
    {
        string text = ToText(values[0], ref frame);
        int[] starts = Starts(text);
        int length = starts.Length - 1;
        long from = Arithmetic.ToInteger(values[1], ref frame);
        if (from < 0) from += length;
        if (from < 0 || from > length) return text;
        long count = values.Length == 3 ? Arithmetic.ToInteger(values[2], ref frame) : length;
        long to = count < 0 ? Math.Max(length + count, -1) : Math.Min(count, length) + from;
        to = Math.Min(to, length);
        return to < from ? frame.Fail("'substr' is to end before it begins") : text[starts[from]..starts[to]];
    }

    public static FlagValue StartsWith(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame) =>
        AreTexts(values) ? values[0].TextOf.StartsWith(values[1].TextOf, StringComparison.Ordinal) : default(FlagValue);

    public static FlagValue EndsWith(scoped ReadOnlySpan<FlagValue> values, ref RuleFrame frame) =>
        AreTexts(values) ? values[0].TextOf.EndsWith(values[1].TextOf, StringComparison.Ordinal) : default(FlagValue);

    /// <summary>flagd's own operators come to nothing, not to an error, for what they cannot use.</summary>
    public static FlagValue Nothing(FlagValue value, ref RuleFrame frame) => default;

    public static string ToText(in FlagValue value, ref RuleFrame frame)
    {
        switch (value.Kind)
        {
            case FlagValueKind.String:
                return value.TextOf;
            case FlagValueKind.Number:
                return NumberText.Plain(value.NumberOf);
            case FlagValueKind.Null:
                return "";
            default:
                frame.Fail($"{FlagJson.Short(value)} is no text");
                return "";
        }
    }

    private static bool AreTexts(scoped ReadOnlySpan<FlagValue> values) =>
        values.Length == 2 && values[0].Kind == FlagValueKind.String && values[1].Kind == FlagValueKind.String;

    private static int[] Starts(string text)
    {
        var starts = new List<int>(text.Length + 1);
        for (int i = 0; i < text.Length; i += i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1) starts.Add(i);
        starts.Add(text.Length);
        return [.. starts];
    }
}
