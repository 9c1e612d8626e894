using System.Globalization;
using ReadyOps.Core.Checklists;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>checklist</c>.</summary>
internal sealed class ChecklistCheckType : CheckType
{
    public override string Name => "checklist";

    public override string Summary => "Every box of a Markdown checklist, or of a section of it, is ticked.";

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Path, "The checklist.") { Required = true, Examples = ["docs/release-checklist.md"] },
        new("section", CheckMemberKind.Texts, "Only what stands under these headings or labels, or under headings below them.") { Examples = ["Pre-Deployment Criteria"] },
        new("item", CheckMemberKind.Texts, "Only the items that say this; each must be there.") { Examples = ["Runbooks ready"] },
        new("optional", CheckMemberKind.Texts, "Items that may stay open."),
        new("minimum", CheckMemberKind.Integer, "How many boxes there must be at least, so that an emptied list is no pass.") { Default = "1", Minimum = 1 },
        new("maxAge", CheckMemberKind.Duration, "How long ago the file may have been changed last; an older one is stale."),
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        foreach (string member in (string[])["section", "item", "optional"])
            if (reader.Texts(member).Any(string.IsNullOrWhiteSpace)) reader.Problem(member, "this names nothing", "a text of the checklist");
        return new ChecklistCheck(reader.RequiredPath("path"), reader.OptionalText("path") ?? "")
        {
            Sections = reader.Texts("section"),
            Items = reader.Texts("item"),
            Optional = reader.Texts("optional"),
            Minimum = reader.Integer("minimum", 1, 1),
            MaxAge = reader.OptionalDuration("maxAge"),
        };
    }
}

/// <summary>Looks at the boxes of a checklist. Triggers (what starts a rollback) are the other way round: a ticked one fails.</summary>
/// <param name="path">Where it is.</param>
/// <param name="name">What the document calls it.</param>
internal sealed class ChecklistCheck(string path, string name) : ICheck
{
    private const int MostShown = 20;

    public IReadOnlyList<string> Sections { get; init; } = [];

    public IReadOnlyList<string> Items { get; init; } = [];

    public IReadOnlyList<string> Optional { get; init; } = [];

    public int Minimum { get; init; } = 1;

    public TimeSpan? MaxAge { get; init; }

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        try
        {
            if (!FileReading.TryFind(path, out _, out string problem)) return Observation.Of(Verdict.NoData, $"{name} {problem}.");
            if (FileAge.Problem(path, name, MaxAge, context.Clock.GetUtcNow()) is { } old) return old;
            ArraySegment<byte> bytes = await FileReading.ReadAsync(path, name, SourceText.MostBytes, cancel).ConfigureAwait(false);
            return Judge(ChecklistReader.Read(bytes, name));
        }
        catch (DocumentException e)
        {
            return Observation.Of(Verdict.Error, $"{name} cannot be read: {e.Problems[0].Message}.") with { NextStep = "Save it as text in UTF-8." };
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Observation.Of(Verdict.Error, $"{name} cannot be read: {e.Message.TrimEnd('.')}.");
        }
    }

    private Observation Judge(Checklist list)
    {
        if (Sections.FirstOrDefault(section => !IsThere(list, section)) is { } missing)
        {
            return Observation.Of(Verdict.NoData, $"{name} has no heading or label '{missing}'{Suggestion.For(missing, list.Headings.Select(heading => heading.Text))}.");
        }

        List<ChecklistItem> asked = [.. list.AllItems.Where(item => item.Mark != ChecklistMark.None)
            .Where(item => Sections.Count == 0 || Sections.Any(item.Passage.IsCalled))
            .Where(item => Items.Count == 0 || Items.Any(text => Same(text, item.Text)))];
        if (Items.FirstOrDefault(text => !asked.Any(item => Same(text, item.Text))) is { } absent)
            return Observation.Of(Verdict.NoData, $"{Where()} has no box '{Checks.Judge.Cut(absent)}'.");
        if (asked.Count == 0) return Observation.Of(Verdict.NoData, $"{Where()} has no boxes.");
        if (asked.Count < Minimum)
            return Observation.Of(Verdict.NoData, string.Create(CultureInfo.InvariantCulture, $"{Where()} has {asked.Count} boxes, and at least {Minimum} must be there."));
        return Count(asked);
    }

    private Observation Count(List<ChecklistItem> asked)
    {
        ChecklistItem[] triggers = [.. asked.Where(item => item.IsTrigger)];
        ChecklistItem[] boxes = [.. asked.Where(item => !item.IsTrigger)];
        ChecklistItem[] occurred = [.. triggers.Where(item => item.Mark is not ChecklistMark.Open)];
        ChecklistItem[] open = [.. boxes.Where(item => item.Mark != ChecklistMark.Ticked && !Optional.Any(text => Same(text, item.Text)))];
        int ticked = boxes.Count(item => item.Mark == ChecklistMark.Ticked);
        string told = string.Create(CultureInfo.InvariantCulture, $"{ticked} of {boxes.Length} boxes of {Where()} are ticked");
        var seen = new Observation { Verdict = Verdict.Pass, Reason = told + ".", Value = boxes.Length == 0 ? null : (double)ticked / boxes.Length, Unit = Unit.Ratio };
        if (occurred.Length > 0)
        {
            return seen with
            {
                Verdict = Verdict.Fail,
                Reason = string.Create(CultureInfo.InvariantCulture, $"{Where()} says that '{Checks.Judge.Cut(occurred[0].Text)}' has occurred (line {occurred[0].Line})."),
                Details = Lines(occurred.Concat(open)),
            };
        }

        if (open.Length > 0)
        {
            return seen with
            {
                Verdict = Verdict.Fail,
                Reason = string.Create(CultureInfo.InvariantCulture, $"{told}; open is '{Checks.Judge.Cut(open[0].Text)}' (line {open[0].Line}){(open.Length > 1 ? $" and {open.Length - 1} more" : "")}."),
                Details = Lines(open),
                NextStep = string.Create(CultureInfo.InvariantCulture, $"Do what line {open[0].Line} of {name} says, and tick it."),
            };
        }

        // That nobody ticked a trigger may also mean that nobody looked.
        return ticked > 0 ? seen : seen with { Verdict = Verdict.Inconclusive, Reason = $"Nothing of {Where()} is ticked, which does not say that anybody looked." };
    }

    private static bool IsThere(Checklist list, string section) =>
        list.AllItems.Any(item => item.Passage.IsCalled(section)) || list.Headings.Any(heading => new ChecklistPassage(heading, "", PassageKind.Other).IsCalled(section));

    private string Where() => Sections.Count == 0 ? name : $"'{string.Join("', '", Sections)}' in {name}";

    private static string[] Lines(IEnumerable<ChecklistItem> items)
    {
        ChecklistItem[] all = [.. items];
        IEnumerable<string> shown = all.Take(MostShown).Select(item => string.Create(CultureInfo.InvariantCulture, $"line {item.Line}: {item.Mark}: {Checks.Judge.Cut(item.Text)}"));
        return [.. shown, .. all.Length > MostShown ? [string.Create(CultureInfo.InvariantCulture, $"and {all.Length - MostShown} more")] : Array.Empty<string>()];
    }

    private static bool Same(string one, string other) => string.Equals(one.Trim(), other.Trim(), StringComparison.OrdinalIgnoreCase);
}
