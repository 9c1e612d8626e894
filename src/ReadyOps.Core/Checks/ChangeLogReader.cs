using System.Text.RegularExpressions;

namespace ReadyOps.Core.Checks;

/// <summary>What a change log says of a version.</summary>
internal enum ChangeLogEntry
{
    /// <summary>It does not name it.</summary>
    Missing,

    /// <summary>It names it, and nothing stands below.</summary>
    Empty,

    /// <summary>It names it and says something.</summary>
    Described,
}

/// <summary>
/// Finds a version in a change log: in a heading (Markdown with <c>#</c> or underlined, AsciiDoc, reStructuredText), or at the start
/// of an entry as in plain and Debian change logs (<c>1.2.3 (2026-01-31)</c>, <c>Version 1.2.3</c>, <c>**1.2.3**</c>,
/// <c>package (1.2.3) stable</c>). Examples in code blocks, comments and link definitions do not count.
/// </summary>
internal static partial class ChangeLogReader
{
    /// <summary>Looks for a version.</summary>
    /// <param name="text">The change log.</param>
    /// <param name="version">The version without a leading v.</param>
    public static ChangeLogEntry Find(string text, string version)
    {
        string[] lines = Visible(text);
        var seen = ChangeLogEntry.Missing;
        for (int i = 0; i < lines.Length; i++)
        {
            int level = Level(lines, i);
            if ((level == 0 && !IsEntry(lines, i)) || !IsAbout(lines[i], version)) continue;
            seen = ChangeLogEntry.Empty;
            if (level == 0 ? Says(lines, i) : HasText(lines, i, level)) return ChangeLogEntry.Described;
        }

        return seen;
    }

    /// <summary>Whether a text names a version: as a word of its own, so that 1.2.3 is neither in 1.2.30 nor in 1.2.3-rc.1.</summary>
    public static bool Names(string text, string version)
    {
        for (int at = text.IndexOf(version, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(version, at + 1, StringComparison.OrdinalIgnoreCase))
            if (Begins(text, at) && Ends(text, at + version.Length)) return true;
        return false;
    }

    private static bool Begins(string text, int at)
    {
        // The v of v1.2.3 belongs to it.
        if (at > 0 && text[at - 1] is 'v' or 'V') at--;
        return at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '.' or '-' or '+' or '_');
    }

    private static bool Ends(string text, int end)
    {
        if (end == text.Length) return true;
        char next = text[end];
        if (char.IsLetterOrDigit(next) || next == '_') return false;
        // A full stop or a hyphen ends a sentence, or goes on with the version.
        return next is not ('.' or '-' or '+') || end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1]);
    }

    // The lines without code blocks and comments, which are left empty.
    private static string[] Visible(string text)
    {
        string[] lines = Comment().Replace(text, "").ReplaceLineEndings("\n").Split('\n');
        // The metadata in front of a page that a site generator reads.
        int front = lines[0].TrimEnd() == "---" ? Array.FindIndex(lines, 1, line => line.TrimEnd() == "---") : -1;
        for (int i = 0; i <= front; i++) lines[i] = "";
        string fence = "";
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            bool marks = line.StartsWith("```", StringComparison.Ordinal) || line.StartsWith("~~~", StringComparison.Ordinal);
            if (fence.Length == 0 && !marks) continue;
            if (fence.Length == 0) fence = line[..3];
            else if (marks && line.Trim(fence[0]).Length == 0 && line.StartsWith(fence, StringComparison.Ordinal)) fence = "";
            lines[i] = "";
        }

        return lines;
    }

    // 1 for the highest heading; 0 when the line is none.
    private static int Level(string[] lines, int i)
    {
        Match heading = Atx().Match(lines[i]);
        if (heading.Success) return heading.Groups[1].Length;
        bool underlined = lines[i].Trim().Length > 0 && !"-*+>|".Contains(lines[i].TrimStart()[0], StringComparison.Ordinal) && i + 1 < lines.Length && Underline().IsMatch(lines[i + 1]);
        return !underlined ? 0 : lines[i + 1].TrimStart()[0] == '=' ? 1 : 2;
    }

    // Something else than headings, before the next heading of the same height.
    private static bool HasText(string[] lines, int heading, int level)
    {
        for (int i = heading + 1; i < lines.Length; i++)
        {
            if (lines[i].Trim().Length == 0 || Underline().IsMatch(lines[i]) || LinkDefinition().IsMatch(lines[i])) continue;
            int next = Level(lines, i);
            if (next == 0) return true;
            if (next <= level) return false;
        }

        return false;
    }

    // An entry says something behind its version, or below.
    private static bool Says(string[] lines, int entry)
    {
        if (Dated().Replace(lines[entry], "").Any(char.IsLetter)) return true;
        int next = Array.FindIndex(lines, entry + 1, line => line.Trim().Length > 0);
        return next >= 0 && Level(lines, next) == 0 && !IsEntry(lines, next) && !LinkDefinition().IsMatch(lines[next]);
    }

    // Behind an empty line: a paragraph that happens to break before a version is no entry.
    private static bool IsEntry(string[] lines, int i) =>
        Entry().IsMatch(lines[i]) && !LinkDefinition().IsMatch(lines[i]) && (i == 0 || lines[i - 1].Trim().Length == 0);

    // '1.3.0, upgrade from 1.2.3' and 'Unreleased (since 1.2.3)' are not about 1.2.3.
    private static bool IsAbout(string line, string version)
    {
        if (!Names(line, version) || line.Contains("unreleased", StringComparison.OrdinalIgnoreCase)) return false;
        string before = line[..line.IndexOf(version, StringComparison.OrdinalIgnoreCase)];
        return !Elsewhere().IsMatch(before);
    }

    [GeneratedRegex(@"<!--.*?(-->|\z)", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^ {0,3}(#{1,6}|={2,6})\s+\S", RegexOptions.CultureInvariant)]
    private static partial Regex Atx();

    [GeneratedRegex(@"^ {0,3}(={3,}|-{3,})\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Underline();

    [GeneratedRegex(@"^ {0,3}\[[^\]]+\]:\s", RegexOptions.CultureInvariant)]
    private static partial Regex LinkDefinition();

    // A version at the start of a line, with what people put around it; or 'package (version) ...'.
    [GeneratedRegex(@"^(?:version\s+|release\s+)?[\*_]{0,2}\[?v?\d+(?:\.\d+)+|^[a-z0-9][a-z0-9+.\-]*\s\([^)]+\)\s", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Entry();

    [GeneratedRegex(@"^(?:version\s+|release\s+)?\S+|\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|[a-z0-9.\-]+ \([^)]+\).*|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Dated();

    [GeneratedRegex(@"\d+\.\d+|\b(?:from|since|before|after|until|upgrad\w*)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Elsewhere();
}
