using System.Globalization;
using System.Text.RegularExpressions;
using ReadyOps.Core.Checklists;

namespace ReadyOps.Core.Gates.Conversion;

/// <summary>Makes checks of items, and remembers what became of each.</summary>
/// <param name="list">The checklist.</param>
/// <param name="sourcePath">Where the checklist is from the folder of the gate.</param>
internal sealed partial class ItemConverter(Checklist list, string sourcePath)
{
    private const int LongestDescription = 4000;

    private readonly Dictionary<string, int> _texts = list.AllItems.Where(item => item.Mark != ChecklistMark.None)
        .GroupBy(item => item.Text.Trim(), StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.Count(), StringComparer.OrdinalIgnoreCase);

    /// <summary>What became of the items so far.</summary>
    public List<Outcome> Outcomes { get; } = [];

    /// <summary>The check of an item and all that is below it; <see langword="null"/> when there is nothing to check.</summary>
    /// <param name="item">The item.</param>
    /// <param name="beside">The checks that stand where this one will.</param>
    public CheckDraft? Convert(ChecklistItem item, IReadOnlyList<CheckDraft> beside)
    {
        if (item.IsDetail || IsNote(item))
        {
            foreach (ChecklistItem one in item.WithChildren()) Outcomes.Add(new Outcome(one, ConvertedAs.Note, null, NoteOf(one)));
            return null;
        }

        bool inverted = item.IsTrigger;
        var scope = new RuleScope(list, item, TextOf(item), inverted);
        CheckDraft? understood = ItemRules.Find(scope, out string why);
        int at = Outcomes.Count;
        List<CheckDraft> below = [];
        foreach (ChecklistItem child in item.Children)
            if (Convert(child, below) is { } part) below.Add(part);

        if (below.Count > 0)
        {
            CheckDraft[] parts = understood is null ? [.. below] : [Named(understood, item, inverted), .. below];
            var group = new CheckDraft("group") { Parts = parts, Guess = understood?.Guess ?? "", Line = item.Line, Name = NameOf(item, inverted: false), Description = Describe(item, inverted) };
            if (Required(item.Text, parts.Length) is { } required) group = group.With("require", required);
            Outcomes.Insert(at, new Outcome(item, understood is { Guess.Length: > 0 } ? ConvertedAs.Guessed : ConvertedAs.Understood, group, ""));
            return group;
        }

        if (understood is not null && Same(understood, item, beside) is { } same)
        {
            Outcomes.Insert(at, new Outcome(item, same.Guess.Length > 0 ? ConvertedAs.Guessed : ConvertedAs.Understood, same, "the same as above"));
            return null;
        }

        if (understood is null && item.Kind == ChecklistItemKind.CodeLine && item.Mark == ChecklistMark.None
            && beside.FirstOrDefault(other => other.Name.StartsWith(item.Text, StringComparison.OrdinalIgnoreCase)) is { } named)
        {
            Outcomes.Insert(at, new Outcome(item, named.Guess.Length > 0 ? ConvertedAs.Guessed : named.Type == "approval" ? ConvertedAs.Person : ConvertedAs.Understood, named, "the same as above"));
            return null;
        }

        (CheckDraft made, ConvertedAs what, string remark) = understood is not null
            ? (Named(understood, item, inverted), understood.Guess.Length > 0 ? ConvertedAs.Guessed : ConvertedAs.Understood, understood.Guess)
            : Unknown(item, inverted, why);
        Outcomes.Insert(at, new Outcome(item, what, made, remark));
        return made;
    }

    /// <summary>What became of an item.</summary>
    /// <param name="Item">The item.</param>
    /// <param name="As">What became of it.</param>
    /// <param name="Check">Its check.</param>
    /// <param name="Remark">What was guessed, or why a person is asked.</param>
    internal sealed record Outcome(ChecklistItem Item, ConvertedAs As, CheckDraft? Check, string Remark);

    // A tick is what somebody wrote who is not known, about a release that is not known: it can be read again, but it approves nothing.
    private (CheckDraft Draft, ConvertedAs As, string Remark) Unknown(ChecklistItem item, bool inverted, string why)
    {
        bool decided = Roles.IsDecision(item.Text) || item.Kind == ChecklistItemKind.Field;
        if (item.Mark == ChecklistMark.Ticked && !inverted && !decided && !string.IsNullOrWhiteSpace(item.Text))
        {
            CheckDraft look = new CheckDraft("checklist").With("path", sourcePath);
            if (_texts[item.Text.Trim()] > 1 && SectionOf(item) is { } section) look = look.With("section", section);
            return (Named(look.With("item", item.Text), item, inverted), ConvertedAs.Ticked, "");
        }

        string role = item.Kind == ChecklistItemKind.Field ? ApproverField().IsMatch(item.Text) ? "approver" : GateNames.Of(item.Text.ToLowerInvariant()) : Roles.Of(TextOf(item));
        var approval = new CheckDraft("approval").With("role", role);
        return (Named(approval, item, inverted, why), ConvertedAs.Person, why);
    }

    private static CheckDraft Named(CheckDraft draft, ChecklistItem item, bool inverted, string why = "") => draft with
    {
        // What only looks for the healthy state is called what it looks for.
        Name = NameOf(item, inverted),
        Line = item.Line,
        Description = Describe(item, inverted, why),
        Parts = [.. draft.Parts.Select(part => part with { Line = item.Line })],
    };

    private static string NameOf(ChecklistItem item, bool inverted)
    {
        string text = item.Text.TrimEnd(':', ' ');
        if (string.IsNullOrWhiteSpace(text)) text = string.Create(CultureInfo.InvariantCulture, $"Item in line {item.Line}");
        return GateNames.Short(inverted ? $"Not so: {text}" : text);
    }

    private static string Describe(ChecklistItem item, bool inverted, string why = "")
    {
        List<string> told = [];
        if (inverted && item.Passage.Kind == PassageKind.Trigger) told.Add("The source names this as what must not occur; this is the opposite.");
        if (inverted && item.Passage.Kind == PassageKind.Skip) told.Add("If this were so, the source would skip the whole gate; this is the opposite.");
        if (why.Length > 0) told.Add($"A person is asked, because {why}.");
        string state = item.Mark switch
        {
            ChecklistMark.Ticked => inverted ? "Ticked in the source: it has occurred there." : "Ticked in the source.",
            ChecklistMark.Partial => "Begun in the source, not done.",
            ChecklistMark.Failed => "Failed in the source.",
            _ => "",
        };
        if (state.Length > 0) told.Add(state);
        // A name may be shortened; nothing of it is lost.
        if (NameOf(item, inverted: false) != item.Text.TrimEnd(':') && item.Text.Length > 0) told.Add(item.Text);
        if (item.Kind == ChecklistItemKind.Row) told.Add(string.Join("; ", item.Cells.Where(cell => cell.Value.Length > 0 && cell.Value != item.Text && !MarkText.HasBox(cell.Value)).Select(cell => $"{cell.Key}: {cell.Value}")));
        else if (item.Cells is [{ Value: var value }]) told.Add(value);
        string[] details = [.. item.Children.Where(child => child.IsDetail).SelectMany(child => child.WithChildren()).Select(child => child.Text)];
        if (details.Length > 0) told.Add("Details: " + string.Join("; ", details));
        string all = string.Join(' ', told.Where(part => part.Length > 0));
        return all.Length > LongestDescription ? all[..LongestDescription] : all;
    }

    private static CheckDraft? Same(CheckDraft draft, ChecklistItem item, IReadOnlyList<CheckDraft> beside) =>
        item.Children.Count > 0 ? null : beside.FirstOrDefault(draft.LooksLike);

    private static bool IsNote(ChecklistItem item) => item.Kind switch
    {
        ChecklistItemKind.Field => NoPerson().IsMatch(item.Text),
        ChecklistItemKind.Row => item.Mark == ChecklistMark.None && item.Passage.Kind == PassageKind.Other && !item.Cells.Any(cell => Target().IsMatch(cell.Key)),
        _ => item.Passage.Kind == PassageKind.Consequence || (item.Passage.Kind == PassageKind.Prerequisite && NoneNeeded().IsMatch(item.Text)),
    };

    private static string NoteOf(ChecklistItem item) =>
        item.IsDetail ? "explains the item above" : item.Kind == ChecklistItemKind.Field ? "the gate and its journal say it themselves" : "nothing to check";

    /// <summary>A row with its target is a sentence: "Error Rate" and "&lt;1%".</summary>
    private static string TextOf(ChecklistItem item)
    {
        if (item.Kind != ChecklistItemKind.Row) return item.Text;
        IEnumerable<string> more = item.Cells.Where(cell => Target().IsMatch(cell.Key) || Says().IsMatch(cell.Key)).Select(cell => cell.Value).Where(value => value != item.Text);
        return string.Join(' ', more.Prepend(item.Text));
    }

    private static object? Required(string text, int parts)
    {
        if (AnyOf().IsMatch(text)) return "any";
        return AtLeast().Match(text) is { Success: true } least && int.Parse(least.Groups["number"].Value, CultureInfo.InvariantCulture) is >= 1 and var number && number <= parts ? number : null;
    }

    private static string? SectionOf(ChecklistItem item)
    {
        string? name = item.Passage.Label.Length > 0 ? item.Passage.Label : item.Passage.Heading?.Text;
        return string.IsNullOrWhiteSpace(name) ? null : name;
    }

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex(@"^(target|threshold|limit|goal|slo|objective|bound|expected|required value)\b", Options)]
    private static partial Regex Target();

    [GeneratedRegex(@"^(description|condition|requirement|criterion|criteria)\b", Options)]
    private static partial Regex Says();

    [GeneratedRegex(@"\b(date|status|decision)\b", Options)]
    private static partial Regex NoPerson();

    [GeneratedRegex(@"\bapproved by\b|\bapproved\b", Options)]
    private static partial Regex ApproverField();

    [GeneratedRegex(@"^optional\b|:\s*none\b", Options)]
    private static partial Regex NoneNeeded();

    [GeneratedRegex(@"\b(any|one|either) of\b", Options)]
    private static partial Regex AnyOf();

    [GeneratedRegex(@"\bat least (?<number>\d{1,3}) of\b", Options)]
    private static partial Regex AtLeast();
}
