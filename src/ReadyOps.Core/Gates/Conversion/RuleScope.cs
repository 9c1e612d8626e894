using System.Text.RegularExpressions;
using ReadyOps.Core.Checklists;

namespace ReadyOps.Core.Gates.Conversion;

/// <summary>An item, and what of its document helps to understand it.</summary>
/// <param name="List">The document.</param>
/// <param name="Item">The item.</param>
/// <param name="Text">What it says, with what a row says in other cells.</param>
/// <param name="IsInverted">Whether it says what must not be.</param>
internal sealed partial record RuleScope(Checklist List, ChecklistItem Item, string Text, bool IsInverted)
{
    /// <summary>The gates that the document names, such as <c>GATE-10</c>.</summary>
    public IReadOnlyList<string> Gates() =>
        [.. List.AllItems.Select(item => GateName().Match(item.Text)).Where(match => match.Success).Select(match => match.Value).Distinct(StringComparer.Ordinal)];

    /// <summary>The file that a row about this names, or <see langword="null"/>.</summary>
    public string? FileOf(string name) =>
        List.AllItems.FirstOrDefault(item => item.Kind == ChecklistItemKind.Row && item.Text.Contains(name, StringComparison.OrdinalIgnoreCase) && FileName.First(item) is not null) is { } row
            ? FileName.First(row) : null;

    /// <summary>Where a neighbour says that the state is kept: a JSON file and a member of it.</summary>
    public (string File, string Member)? State() =>
        List.AllItems.Where(item => item.Passage.Heading == Item.Passage.Heading && item.Passage.Label == Item.Passage.Label)
            .Select(item => (Match: KeptIn().Match(item.Text), item.Codes))
            .Where(found => found.Match.Success && found.Codes.Any(code => Identifier().IsMatch(code)))
            .Select(found => ((string, string)?)(found.Match.Groups["file"].Value, found.Codes.First(code => Identifier().IsMatch(code)))).FirstOrDefault();

    /// <summary>A file in which something is kept, as in <c>logged in state.json → `name`</c>.</summary>
    [GeneratedRegex(@"\b(logged|recorded|noted|stored|written|kept)\s+(in|to)\s+(?<file>[\w./-]{1,200}\.json)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    public static partial Regex KeptIn();

    /// <summary>A name that can stand for a member of an object.</summary>
    [GeneratedRegex(@"^[A-Za-z_]\w*$", RegexOptions.CultureInvariant)]
    public static partial Regex Identifier();

    [GeneratedRegex(@"^GATE[- ]?\d[\w.]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex GateName();
}
