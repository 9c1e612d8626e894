using System.Globalization;
using System.Text.RegularExpressions;

namespace ReadyOps.Core.Checklists;

/// <summary>Reads boxes and signs off a text.</summary>
internal static partial class MarkText
{
    // Longer signs first would matter if one began another; none does.
    private static readonly (string Sign, ChecklistMark Mark)[] Signs =
    [
        ("✅", ChecklistMark.Ticked), ("☑", ChecklistMark.Ticked), ("✔", ChecklistMark.Ticked), ("✓", ChecklistMark.Ticked), ("🟢", ChecklistMark.Ticked),
        ("⏳", ChecklistMark.Open), ("⌛", ChecklistMark.Open), ("☐", ChecklistMark.Open), ("⬜", ChecklistMark.Open), ("🔲", ChecklistMark.Open),
        ("⚪", ChecklistMark.Open), ("🎯", ChecklistMark.Open), ("☒", ChecklistMark.Open),
        ("🟡", ChecklistMark.Partial), ("🟠", ChecklistMark.Partial), ("🚧", ChecklistMark.Partial), ("🔄", ChecklistMark.Partial), ("⚠", ChecklistMark.Partial),
        ("❌", ChecklistMark.Failed), ("✖", ChecklistMark.Failed), ("✗", ChecklistMark.Failed), ("✘", ChecklistMark.Failed), ("🔴", ChecklistMark.Failed),
        ("⛔", ChecklistMark.Failed), ("🚫", ChecklistMark.Failed),
    ];

    /// <summary>The mark at the beginning of a text, and the text after it. Of several marks the worst counts.</summary>
    public static (ChecklistMark Mark, string Text) Take(string text)
    {
        var mark = ChecklistMark.None;
        text = text.TrimStart();
        while (TakeOne(text) is var (found, length))
        {
            mark = Worse(mark, found);
            text = text[length..].TrimStart();
        }

        if (mark == ChecklistMark.Ticked && DoneByLess(text)) mark = ChecklistMark.Partial;
        return (mark, text.Trim());
    }

    /// <summary>The mark of a text with boxes to choose from, such as <c>[x] Pass / [ ] Fail</c>; none without a box.</summary>
    public static ChecklistMark OfChoice(string text)
    {
        MatchCollection boxes = Box().Matches(text);
        if (boxes.Count == 0) return ChecklistMark.None;
        bool good = false, bad = false;
        foreach (Match box in boxes)
        {
            if (box.Groups["tick"].ValueSpan.IsWhiteSpace()) continue;
            bool isBad = Bad().IsMatch(box.Groups["label"].Value);
            good |= !isBad;
            bad |= isBad;
        }

        return bad ? ChecklistMark.Failed : good ? ChecklistMark.Ticked : ChecklistMark.Open;
    }

    /// <summary>Whether a text holds a box.</summary>
    public static bool HasBox(string text) => Box().IsMatch(text);

    /// <summary>The mark that says less; none gives way to any.</summary>
    public static ChecklistMark Worse(ChecklistMark one, ChecklistMark other) => one > other ? one : other;

    /// <summary>A text without the signs and pictures before and after it.</summary>
    public static string WithoutSigns(string text)
    {
        int start = 0, end = text.Length;
        while (start < end && IsSign(text, start)) start++;
        while (end > start && IsSign(text, end - 1)) end--;
        return text[start..end];
    }

    private static (ChecklistMark Mark, int Length)? TakeOne(string text)
    {
        if (LeadingBox().Match(text) is { Success: true } box)
        {
            ChecklistMark mark = box.Groups["tick"].Value switch
            {
                "x" or "X" or "✓" or "✔" or "✅" => ChecklistMark.Ticked,
                "" or " " => ChecklistMark.Open,
                _ => ChecklistMark.Partial,
            };
            return (mark, box.Length);
        }

        foreach ((string sign, ChecklistMark mark) in Signs)
        {
            if (!text.StartsWith(sign, StringComparison.Ordinal)) continue;
            int length = sign.Length;
            while (length < text.Length && text[length] is '\uFE0F' or '\uFE0E') length++;
            return (mark, length);
        }

        return null;
    }

    // "✅ Engine (80%)" and "[x] 4/5 tests passed" say themselves that they are not done.
    private static bool DoneByLess(string text) =>
        (Share().Match(text) is { Success: true } share && double.Parse(share.Groups["share"].ValueSpan, CultureInfo.InvariantCulture) < 100)
        || (Parts().Match(text) is { Success: true } parts && int.Parse(parts.Groups["some"].ValueSpan, CultureInfo.InvariantCulture) < int.Parse(parts.Groups["all"].ValueSpan, CultureInfo.InvariantCulture));

    private static bool IsSign(string text, int at) =>
        char.IsSurrogate(text[at]) || char.IsWhiteSpace(text[at]) || text[at] is '\uFE0F' or '\uFE0E' or '\u200D'
        || char.GetUnicodeCategory(text[at]) is UnicodeCategory.OtherSymbol or UnicodeCategory.Control or UnicodeCategory.PrivateUse;

    [GeneratedRegex(@"^\[(?<tick>[ xX✓✔✅~/\-]?)\](?=\s|$)\s*", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingBox();

    [GeneratedRegex(@"\[(?<tick>[ xX✓✔])\](?<label>[^\[|]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Box();

    [GeneratedRegex(@"\b(fail(ed|ure)?|no|not|no-?go|reject(ed)?|deny|denied|blocked|abort)\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Bad();

    [GeneratedRegex(@"^(?<some>\d{1,6})/(?<all>\d{1,6})\s", RegexOptions.CultureInvariant)]
    private static partial Regex Parts();

    [GeneratedRegex(@"\(\s*(?<share>\d{1,3}(\.\d+)?)\s*%\s*(complete|done)?\s*\)\s*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Share();
}
