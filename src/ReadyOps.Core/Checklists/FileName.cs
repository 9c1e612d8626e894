using System.Text.RegularExpressions;

namespace ReadyOps.Core.Checklists;

/// <summary>Finds names of files in what a person wrote.</summary>
internal static partial class FileName
{
    private const int LongestText = 1000;

    /// <summary>The first file that an item names as code, else the first that stands plainly in its text with a folder or in capitals; <see langword="null"/> for none.</summary>
    public static string? First(ChecklistItem item) => All(item) is [string first, ..] ? first : null;

    /// <summary>All files that an item names as code, else those that stand plainly in its text.</summary>
    public static IReadOnlyList<string> All(ChecklistItem item)
    {
        string[] codes = [.. item.Codes.Where(IsFile)];
        return codes.Length > 0 ? codes : [.. Plain().Matches(item.Text.Length > LongestText ? item.Text[..LongestText] : item.Text).Select(match => match.Value).Where(IsFile)];
    }

    /// <summary>Whether a text is the path of a file: relative, with a known kind of ending, nothing else around it.</summary>
    public static bool IsFile(string text) => Whole().IsMatch(text) && !text.Split('/').Contains("..");

    private const string Endings = @"(md|markdown|txt|json|jsonl|ya?ml|toml|ini|cfg|conf|xml|html?|csv|log|pdf|docx?|xlsx?|pptx?|sh|ps1|psm1|psd1|py|js|ts|cs|go|java|rb|sql|tf|zip|tar|gz|tgz|trx|sarif|info|lock|pem|crt|env)";

    [GeneratedRegex(@"^(\./)?[\w.\-${}]+(/[\w.\-${}]+)*\." + Endings + "$", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();

    [GeneratedRegex(@"(?<![\w/.:])(([\w.-]+/)+[\w.-]+|[A-Z][A-Z0-9_-]{3,})\." + Endings + @"\b", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
