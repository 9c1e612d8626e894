using System.Text;

namespace ReadyOps.Core.Reports;

/// <summary>Texts from outside as Markdown that shows them as they are.</summary>
internal static class MarkdownText
{
    // What begins something within a line. The underscore too, because emphasis begins at the edge of a word.
    private const string Special = "\\`*_[]|~";

    /// <summary>A text on one line, in which nothing is markup.</summary>
    public static string Inline(string text)
    {
        string line = ReportText.Line(text);
        var escaped = new StringBuilder(line.Length);
        foreach (char c in line)
        {
            if (Special.Contains(c, StringComparison.Ordinal)) escaped.Append('\\').Append(c);
            else escaped.Append(c switch { '<' => "&lt;", '>' => "&gt;", '&' => "&amp;", _ => c.ToString() });
        }

        return escaped.ToString();
    }

    /// <summary>The same at the beginning of a block, where a <c>#</c>, a hyphen or a number would begin something too.</summary>
    public static string Start(string text)
    {
        string inline = Inline(text);
        int digits = inline.TakeWhile(char.IsAsciiDigit).Count();
        if (digits > 0 && digits < inline.Length && inline[digits] is '.' or ')') return inline.Insert(digits, "\\");
        return inline is ['#' or '-' or '+' or '=' or ':', ..] ? "\\" + inline : inline;
    }
}
