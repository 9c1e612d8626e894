using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Flags;

/// <summary>Values as JSON, written as Go's <c>encoding/json</c> writes them, so that what is compared with names of variants is the same as in flagd.</summary>
internal static class FlagJson
{
    private const int LongestShown = 120;

    /// <summary>The value in JSON.</summary>
    public static string Write(FlagValue value)
    {
        var text = new StringBuilder();
        Append(text, value, escapes: false, sorted: false);
        return text.ToString();
    }

    /// <summary>The value in JSON, cut off where it is long.</summary>
    public static string Short(FlagValue value)
    {
        string text = Write(value);
        return text.Length <= LongestShown ? text : $"{text[..(LongestShown - 1)]}…";
    }

    /// <summary>
    /// The name of the variant that a rule's result stands for: its JSON without any quotes. flagd's encoder escapes <c>&lt; &gt; &amp;</c>, so that a
    /// variant with one of them in its name cannot be named by a rule.
    /// </summary>
    /// <returns><see langword="false"/> for what JSON cannot hold: a number that is not finite.</returns>
    public static bool TryVariantName(FlagValue value, out string name)
    {
        name = "";
        switch (value.Kind)
        {
            case FlagValueKind.String when !NeedsEscape(value.TextOf):
                name = value.TextOf;
                return true;
            case FlagValueKind.Boolean:
                name = value.BooleanOf ? "true" : "false";
                return true;
            case FlagValueKind.Number:
                if (!double.IsFinite(value.NumberOf)) return false;
                name = NumberText.Json(value.NumberOf);
                return true;
            default:
                if (!IsFinite(value)) return false;
                var text = new StringBuilder();
                Append(text, value, escapes: true, sorted: true);
                name = text.Replace("\"", "").ToString();
                return true;
        }
    }

    private static bool IsFinite(FlagValue value) => value.Kind switch
    {
        FlagValueKind.Number => double.IsFinite(value.NumberOf),
        FlagValueKind.List => Array.TrueForAll(value.ItemsOf, IsFinite),
        FlagValueKind.Object => Array.TrueForAll(value.ObjectOf.Values.ToArray(), IsFinite),
        _ => true,
    };

    /// <summary>Whether flagd's encoder writes a text in another way than it is.</summary>
    public static bool NeedsEscape(string text)
    {
        foreach (char c in text)
            if (c is < ' ' or '"' or '\\' or '<' or '>' or '&' or '\u2028' or '\u2029' || char.IsSurrogate(c)) return true;
        return false;
    }

    private static void Append(StringBuilder text, FlagValue value, bool escapes, bool sorted)
    {
        switch (value.Kind)
        {
            case FlagValueKind.Boolean:
                text.Append(value.BooleanOf ? "true" : "false");
                break;
            case FlagValueKind.Number:
                text.Append(double.IsFinite(value.NumberOf) ? NumberText.Json(value.NumberOf) : NumberText.Plain(value.NumberOf));
                break;
            case FlagValueKind.String:
                AppendText(text, value.TextOf, escapes);
                break;
            case FlagValueKind.List:
                text.Append('[');
                for (int i = 0; i < value.ItemsOf.Length; i++)
                {
                    if (i > 0) text.Append(',');
                    Append(text, value.ItemsOf[i], escapes, sorted);
                }

                text.Append(']');
                break;
            case FlagValueKind.Object:
                AppendMembers(text, value.ObjectOf, escapes, sorted);
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void AppendMembers(StringBuilder text, FlagObject members, bool escapes, bool sorted)
    {
        string[] names = members.Names.ToArray();
        FlagValue[] values = members.Values.ToArray();
        if (sorted) Array.Sort(names, values, CodePointOrder.Instance);
        text.Append('{');
        for (int i = 0; i < names.Length; i++)
        {
            if (i > 0) text.Append(',');
            AppendText(text, names[i], escapes);
            text.Append(':');
            Append(text, values[i], escapes, sorted);
        }

        text.Append('}');
    }

    private static void AppendText(StringBuilder text, string value, bool escapes)
    {
        text.Append('"');
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            switch (c)
            {
                case '"' or '\\':
                    text.Append('\\').Append(c);
                    break;
                case '\b':
                    text.Append("\\b");
                    break;
                case '\f':
                    text.Append("\\f");
                    break;
                case '\n':
                    text.Append("\\n");
                    break;
                case '\r':
                    text.Append("\\r");
                    break;
                case '\t':
                    text.Append("\\t");
                    break;
                default:
                    if (c < ' ' || c is '\u2028' or '\u2029' || (escapes && c is '<' or '>' or '&')) text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    else if (char.IsSurrogate(c) && !IsHalfOfPair(value, i)) text.Append('\uFFFD');
                    else text.Append(c);
                    break;
            }
        }

        text.Append('"');
    }

    private static bool IsHalfOfPair(string text, int at) =>
        char.IsHighSurrogate(text[at]) ? at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) : at > 0 && char.IsHighSurrogate(text[at - 1]);
}
