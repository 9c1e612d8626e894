namespace ReadyOps.Core.Checks;

/// <summary>Texts as they can be pasted into PowerShell.</summary>
public static class ShellText
{
    // PowerShell takes the typographic quotes for quotes too.
    private const string Quotes = "'\u2018\u2019\u201A\u201B";

    /// <summary>An argument: bare where that is safe, otherwise in single quotes, within which nothing is evaluated.</summary>
    public static string Argument(string text)
    {
        bool bare = text.Length > 0 && text[0] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or '\\' or ':');
        if (bare) return text;
        return $"'{string.Concat(text.Select(c => Quotes.Contains(c, StringComparison.Ordinal) ? new string(c, 2) : c.ToString()))}'";
    }

    /// <summary>The parameter that takes a path as it is.</summary>
    public static string PathParameter(string path) => path.AsSpan().IndexOfAny("[]*?`") >= 0 ? $"-LiteralPath {Argument(path)}" : $"-Path {Argument(path)}";
}
