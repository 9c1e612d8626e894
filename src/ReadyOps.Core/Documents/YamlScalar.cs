using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Documents;

/// <summary>Writes texts as scalars of YAML.</summary>
internal static class YamlScalar
{
    /// <summary>A text that stays as it is where variables are put in: <c>${</c> is written <c>$${</c>.</summary>
    public static string Literal(string text) => text.Replace("${", "$${", StringComparison.Ordinal);

    /// <summary>A scalar of YAML that reads back as this text and nothing else.</summary>
    public static string Write(string text)
    {
        if (IsPlain(text)) return text;
        if (!text.Any(MustEscape)) return text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) && !text.Contains('\\', StringComparison.Ordinal)
            ? $"\"{text}\"" : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c == '\n') quoted.Append("\\n");
            else if (c == '\t') quoted.Append("\\t");
            else if (MustEscape(c)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    // Letters and blanks only, and nothing that YAML, or an older YAML, takes for something else than a text.
    private static bool IsPlain(string text) =>
        text.Length is > 0 and < 200 && char.IsAsciiLetter(text[0]) && text[^1] != ' ' && CoreScalar.Resolve(text) is { Kind: NodeKind.String, Problem: "" }
        && !text.Contains("  ", StringComparison.Ordinal)
        && text.ToLowerInvariant() is not ("yes" or "no" or "on" or "off" or "y" or "n")
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '.' or '/' or '-' or '(' or ')' or '+' or '<' or '>' or ';');

    /// <summary>Whether a character cannot stand for itself in a document.</summary>
    public static bool MustEscape(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        || c is '\uFFFE' or '\uFFFF';
}
