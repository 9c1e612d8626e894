using System.Globalization;
using System.Text;
using ReadyOps.Core.Checklists;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Gates.Conversion;

/// <summary>
/// Makes a gate of a checklist: headings become sections, items checks, nested lists groups, prerequisites prerequisites. What an item
/// says becomes a check that looks for itself where it is understood; else a person is asked, or the box is read again that was ticked.
/// </summary>
public static class ChecklistConverter
{
    /// <summary>Reads a checklist from its file, of at most 4 MiB, and makes a gate of it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="sourcePath">Where it is from the folder of the gate, with slashes.</param>
    /// <param name="name">Name of the gate; of the title, or else the file, without it.</param>
    /// <param name="release">The release it is about, if one is named.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="DocumentException">It is no text.</exception>
    /// <exception cref="ReadyOpsException"><c>ChecklistUnreadable</c>, or <c>ChecklistItemsMissing</c>: there is nothing to check in it.</exception>
    public static async Task<ConvertedGate> ConvertAsync(string file, string sourcePath, string? name, string? release, CancellationToken cancel)
    {
        try
        {
            ArraySegment<byte> bytes = await FileReading.ReadAsync(file, file, SourceText.MostBytes, cancel).ConfigureAwait(false);
            return Convert(bytes, Path.GetFileName(file), sourcePath, name, release);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReadyOpsException("ChecklistUnreadable", $"The checklist {file} cannot be read: {e.Message}", "Give a Markdown file that you may read.", e);
        }
    }

    /// <summary>Reads a checklist and makes a gate of it. The document is read back before it is handed out.</summary>
    /// <param name="bytes">The checklist.</param>
    /// <param name="source">What to call the checklist.</param>
    /// <param name="sourcePath">Where the checklist is from the folder of the gate, with slashes.</param>
    /// <param name="name">Name of the gate; of the title, or else the file, without it.</param>
    /// <param name="release">The release it is about, if one is named.</param>
    /// <exception cref="DocumentException">The checklist is no text, or the name is none.</exception>
    /// <exception cref="ReadyOpsException"><c>ChecklistUnreadable</c>, or <c>ChecklistItemsMissing</c>: there is nothing to check in it.</exception>
    public static ConvertedGate Convert(ReadOnlyMemory<byte> bytes, string source, string sourcePath, string? name = null, string? release = null)
    {
        ConvertedGate made = Make(bytes, source, sourcePath, name, release);
        // A document that could not be used must not leave this house.
        GateReader.Read(DocumentLoader.Parse(Encoding.UTF8.GetBytes(made.Document), made.Name + ".yaml", Path.GetFullPath("."), "Gate"));
        return made;
    }

    /// <summary>The gate, its document not read back.</summary>
    internal static ConvertedGate Make(ReadOnlyMemory<byte> bytes, string source, string sourcePath, string? name, string? release)
    {
        Checklist list = ChecklistReader.Read(bytes, source);
        var converter = new ItemConverter(list, sourcePath);
        GatePlan plan = GatePlan.Make(list, converter);
        if (plan.Sections.Count == 0)
            throw new ReadyOpsException("ChecklistItemsMissing", $"'{source}' holds nothing to check: no box, no sign such as ✅ or ⏳, no criteria and no table.", "Give a Markdown file with '- [ ] …' items, or with lists under a heading such as 'Success criteria'.");

        string gate = name ?? GateNames.Of(list.Title.Length > 0 ? list.Title : Path.GetFileNameWithoutExtension(source));
        string document = Write(list, plan, converter, gate, release, source);
        return new ConvertedGate
        {
            Name = gate,
            Source = source,
            Repair = list.Repair,
            Document = document,
            Items = [.. converter.Outcomes.OrderBy(outcome => outcome.Item.Line).Select(Item)],
        };
    }

    private static ConvertedItem Item(ItemConverter.Outcome outcome) => new()
    {
        Line = outcome.Item.Line,
        Section = GatePlan.NameOf(outcome.Item.Passage),
        Text = outcome.Item.Text,
        Ticked = outcome.Item.Mark == ChecklistMark.Ticked,
        As = outcome.As,
        Type = outcome.Check?.Type ?? "",
        Check = outcome.Check?.Name ?? "",
        Remark = outcome.Remark,
    };

    private static string Write(Checklist list, GatePlan plan, ItemConverter converter, string gate, string? release, string source)
    {
        var yaml = new GateYaml();
        yaml.Comment(0, $"Made of {source} by ConvertTo-DeploymentGate. Look at what was guessed (guessed: true), and put in the variables.");
        if (list.Repair.Length > 0) yaml.Comment(0, $"The encoding of the source was wrong: {list.Repair}.");
        yaml.Comment(0, Counts(converter.Outcomes));
        yaml.Member(0, "apiVersion", "readyops/v1").Member(0, "kind", "Gate").Member(0, "name", gate);
        string description = Description(list, converter, source);
        yaml.Member(0, "description", YamlScalar.Literal(description));
        if (release is not null) yaml.Member(0, "release", YamlScalar.Literal(release));

        HashSet<string> used = [.. plan.Checks.SelectMany(All).SelectMany(check => check.Variables)];
        if (release is not null) used.Remove(GateVariables.Release);
        if (used.Contains(GateVariables.Prometheus)) yaml.Member(0, "prometheus", "${prometheus}");
        if (used.Count > 0)
        {
            yaml.Blank().Comment(0, "Not in the source: put in what is right. Nothing passes by these values.").Open(0, "variables");
            foreach ((string variable, string value, string meaning) in GateVariables.All.Where(variable => used.Contains(variable.Name)))
                yaml.Comment(2, char.ToUpperInvariant(meaning[0]) + meaning[1..]).Member(2, variable, value);
        }

        if (plan.Prerequisites.Count > 0)
        {
            yaml.Blank().Open(0, "prerequisites");
            foreach (CheckDraft check in plan.Prerequisites) yaml.Check(4, check, source);
        }

        yaml.Blank().Open(0, "sections");
        foreach ((string section, IReadOnlyList<CheckDraft> checks) in plan.Sections)
        {
            yaml.Member(4, "name", YamlScalar.Literal(section), first: true).Open(4, "checks");
            foreach (CheckDraft check in checks) yaml.Check(8, check, source);
        }

        WriteNotes(yaml, converter);
        return yaml.Text;
    }

    private static void WriteNotes(GateYaml yaml, ItemConverter converter)
    {
        ItemConverter.Outcome[] notes = [.. converter.Outcomes.Where(outcome => outcome.As == ConvertedAs.Note && !outcome.Item.IsDetail)];
        if (notes.Length == 0) return;
        yaml.Blank().Comment(0, "In the source too, with nothing to check:");
        foreach (ChecklistItem item in notes.Select(outcome => outcome.Item))
        {
            string cells = item.Cells.Count == 0 ? "" : " | " + string.Join(" | ", item.Cells.Select(cell => $"{cell.Key}: {cell.Value}"));
            yaml.Comment(0, string.Create(CultureInfo.InvariantCulture, $"line {item.Line}: {item.Text}{cells}"));
        }
    }

    // What follows from the decision ("advance to phase 13") is what people want to read beside it.
    private static string Description(Checklist list, ItemConverter converter, string source)
    {
        string[] follows = [.. converter.Outcomes.Select(outcome => outcome.Item).Where(item => item.Passage.Kind == PassageKind.Consequence)
            .Select(item => $"{(item.Passage.Label.Length > 0 ? item.Passage.Label : item.Passage.Heading?.Text)}: {item.Text}")];
        string title = list.Title.Length > 0 ? list.Title : source;
        return follows.Length == 0 ? title : $"{title}. {string.Join("; ", follows)}";
    }

    private static string Counts(List<ItemConverter.Outcome> outcomes)
    {
        int count(ConvertedAs what) => outcomes.Count(outcome => outcome.As == what);
        return string.Create(CultureInfo.InvariantCulture,
            $"{outcomes.Count} items: {count(ConvertedAs.Understood)} understood, {count(ConvertedAs.Guessed)} guessed, {count(ConvertedAs.Person)} left to people, {count(ConvertedAs.Ticked)} ticked in the source, {count(ConvertedAs.Note)} notes.");
    }

    private static IEnumerable<CheckDraft> All(CheckDraft check) => check.Parts.SelectMany(All).Prepend(check);
}
