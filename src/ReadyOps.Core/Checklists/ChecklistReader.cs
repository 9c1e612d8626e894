using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace ReadyOps.Core.Checklists;

/// <summary>
/// Reads a Markdown document as a checklist. An item is: what has a box or a sign such as ✅ or ⏳, in a list or a code block; every
/// item of a list of which another has one; every item of a list below a heading or a label that speaks of criteria,
/// prerequisites, deliverables or triggers; every row of a table; a field to fill in or to choose in; and any line that begins with a
/// box, wherever it stands: an open box that is overlooked would pass.
/// </summary>
internal sealed partial class ChecklistReader
{
    private static readonly MarkdownPipeline Pipeline =
        new MarkdownPipelineBuilder().UsePreciseSourceLocation().UsePipeTables().UseTaskLists().UseYamlFrontMatter().Build();

    // No field to fill in or to choose in is longer, and looking for one takes long.
    private const int LongestField = 1000;

    private readonly string _source;
    private readonly List<ChecklistItem> _items = [];
    private readonly List<ChecklistHeading> _headings = [];
    private readonly HashSet<ChecklistHeading> _withItems = [];
    private ChecklistHeading? _heading;
    private string _label = "";

    private ChecklistReader(string source) => _source = source;

    /// <summary>Reads a checklist of at most 4 MiB.</summary>
    /// <param name="bytes">The bytes of the file.</param>
    /// <param name="file">What to call it.</param>
    /// <exception cref="DocumentException">It is no text.</exception>
    /// <exception cref="ReadyOpsException"><c>ChecklistUnreadable</c>: it is nested too deeply to mean anything.</exception>
    public static Checklist Read(ReadOnlyMemory<byte> bytes, string file)
    {
        (string text, string repair) = ChecklistText.Decode(bytes, file);
        var reader = new ChecklistReader(text);
        try
        {
            reader.Walk(Markdown.Parse(text, Pipeline));
        }
        catch (ArgumentException e)
        {
            // Markdig ends so where blocks or inlines are nested more than a hundred deep.
            throw new ReadyOpsException("ChecklistUnreadable", $"'{file}' cannot be read as Markdown: its parts are nested too deeply.", "Look for long runs of '>', '[', '*' or for lists indented without end.", e);
        }

        string title = reader._headings.FirstOrDefault(heading => heading.Level == 1)?.Text ?? "";
        return new Checklist(file, title, repair, reader._items, reader._headings);
    }

    private void Walk(ContainerBlock container)
    {
        foreach (Block block in container)
        {
            switch (block)
            {
                case HeadingBlock heading:
                    Enter(heading);
                    break;
                case ThematicBreakBlock:
                    _label = "";
                    break;
                case ParagraphBlock paragraph:
                    ReadParagraph(paragraph);
                    break;
                case ListBlock list:
                    ReadList(list);
                    break;
                case Table table:
                    _items.AddRange(TableRows.Read(table, Passage(), _source));
                    Found();
                    break;
                case CodeBlock code when IsText(code):
                    Add(ReadCode(code));
                    break;
                case HtmlBlock { Type: not HtmlBlockType.Comment } html:
                    Add(BoxLines(html, 0, Passage()));
                    break;
                case ContainerBlock inner:
                    Walk(inner);
                    break;
            }
        }
    }

    // What is set in by four columns is a code block too, whether that was meant or not.
    private static bool IsText(CodeBlock code) => code is not FencedCodeBlock { Info: not (null or "" or "yaml" or "yml" or "text" or "txt" or "plaintext" or "markdown" or "md") };

    private void Add(IReadOnlyCollection<ChecklistItem> items)
    {
        _items.AddRange(items);
        if (items.Count > 0) Found();
    }

    private void Enter(HeadingBlock block)
    {
        while (_heading is not null && _heading.Level >= block.Level) _heading = _heading.Parent;
        _heading = new ChecklistHeading(InlineText.Of(block.Inline).Text, block.Level, block.Line + 1, _heading);
        _headings.Add(_heading);
        _label = "";
    }

    private ChecklistPassage Passage() => new(_heading, _label, Kind());

    private PassageKind Kind()
    {
        if (PassageKinds.Of(_label) is { } told) return told;
        // A label that does not tell ("Tasks", "Features") still belongs to its heading, but no longer to the headings above that.
        foreach (ChecklistHeading heading in (_label.Length > 0 ? _heading?.Path().Take(1) : _heading?.Path()) ?? [])
        {
            // The title speaks of the whole document ("Gate Checklist"), not of every list in it.
            if (heading.Level == 1 && heading != _heading) break;
            if (PassageKinds.Of(heading.Text) is not { } kind) continue;
            // A chapter after the items of "Rollback criteria" is a chapter of its own.
            if (heading != _heading && (kind is PassageKind.Deliverable or PassageKind.Consequence || (kind == PassageKind.Trigger && _withItems.Contains(heading)))) break;
            return kind;
        }

        return PassageKind.Other;
    }

    private void Found()
    {
        if (_heading is not null && _items.Count > 0) _withItems.Add(_heading);
    }

    private void ReadParagraph(ParagraphBlock paragraph)
    {
        int number = paragraph.Line;
        string[] lines = _source.Substring(paragraph.Span.Start, paragraph.Span.Length).Split('\n');
        _label = "";
        foreach (string raw in lines)
        {
            number++;
            string line = raw.Trim();
            if (line.Length > LongestField) continue;
            if (Field().Match(line) is { Success: true } field && FieldName().IsMatch(field.Groups["name"].Value))
            {
                AddField(number, field.Groups["name"].Value.Trim(), field.Groups["value"].Value, ChecklistMark.None);
            }
            else if (Choice().Match(line) is { Success: true } choice && MarkText.HasBox(line))
            {
                AddField(number, choice.Groups["name"].Value.Trim(' ', '*'), choice.Groups["value"].Value, MarkText.OfChoice(line));
            }
        }

        Add(BoxLines(paragraph, 0, Passage()));

        string last = lines[^1].Trim().Replace("*", "", StringComparison.Ordinal).Trim();
        if (last.EndsWith(':') && last.Length <= 200) _label = last.TrimEnd(':').Replace("`", "", StringComparison.Ordinal).Trim();
    }

    private void AddField(int line, string name, string value, ChecklistMark mark)
    {
        _items.Add(new ChecklistItem
        {
            Line = line, Text = name, Kind = ChecklistItemKind.Field, Passage = Passage(), Mark = mark,
            Cells = [KeyValuePair.Create("value", value.Trim())],
        });
        Found();
    }

    private void ReadList(ListBlock list)
    {
        ChecklistPassage passage = Passage();
        List<ChecklistItem> items = [.. list.OfType<ListItemBlock>().Select(item => ReadItem(item, passage))];
        bool marked = items.SelectMany(item => item.WithChildren()).Any(item => item.Mark != ChecklistMark.None);
        if (!marked && passage.Kind == PassageKind.Other) return;
        _items.AddRange(items.Select(item => WithDetails(item, false)));
        Found();
    }

    private ChecklistItem ReadItem(ListItemBlock block, ChecklistPassage passage)
    {
        ParagraphBlock? said = block.OfType<ParagraphBlock>().FirstOrDefault();
        (string text, IReadOnlyList<string> codes, IReadOnlyList<string> urls) = InlineText.Of(said?.Inline);
        (ChecklistMark mark, text) = MarkText.Take(text);
        return new ChecklistItem
        {
            Line = block.Line + 1,
            Text = text,
            Mark = mark,
            Kind = ChecklistItemKind.ListItem,
            Passage = passage,
            Codes = codes,
            Urls = urls,
            Children = [.. block.SelectMany(inner => inner == said ? BoxLines(said, 1, passage) : Within(inner, passage))],
        };
    }

    private IEnumerable<ChecklistItem> Within(Block block, ChecklistPassage passage) => block switch
    {
        ListBlock list => list.OfType<ListItemBlock>().Select(item => ReadItem(item, passage)),
        Table table => TableRows.Read(table, passage, _source),
        CodeBlock code when IsText(code) => ReadCode(code),
        HtmlBlock { Type: HtmlBlockType.Comment } => [],
        ParagraphBlock or HtmlBlock => BoxLines((LeafBlock)block, 0, passage),
        ContainerBlock inner => inner.SelectMany(one => Within(one, passage)),
        _ => [],
    };

    // Lines that begin with a box and are no items of a list: somebody left out the bullet, or HTML stands around them.
    private List<ChecklistItem> BoxLines(LeafBlock block, int from, ChecklistPassage passage)
    {
        List<ChecklistItem> items = [];
        string[] lines = _source.Substring(block.Span.Start, block.Span.Length).Split('\n');
        for (int i = from; i < lines.Length; i++)
        {
            string line = Bullet().Replace(lines[i].TrimStart(' ', '\t', '>'), "");
            if (!line.StartsWith('[') || MarkText.Take(line) is not { Mark: not ChecklistMark.None } taken) continue;
            items.Add(new ChecklistItem
            {
                Line = block.Line + i + 1, Text = taken.Text.Replace("*", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal),
                Mark = taken.Mark, Kind = ChecklistItemKind.ListItem, Passage = passage,
            });
        }

        return items;
    }

    // What has no mark below something that has one explains it, and so does what names no file below a deliverable.
    private static ChecklistItem WithDetails(ChecklistItem item, bool isDetail)
    {
        bool explains(ChecklistItem child) => child.Kind != ChecklistItemKind.Row && child.WithChildren().All(one => one.Mark == ChecklistMark.None)
            && (isDetail || item.Mark != ChecklistMark.None || (child.Passage.Kind == PassageKind.Deliverable && FileName.First(child) is null));
        return item with { IsDetail = isDetail, Children = [.. item.Children.Select(child => WithDetails(child, explains(child)))] };
    }

    private List<ChecklistItem> ReadCode(CodeBlock code)
    {
        List<ChecklistItem> items = [];
        string before = _label;
        for (int i = 0; i < code.Lines.Count; i++)
        {
            string line = code.Lines.Lines[i].Slice.ToString().Trim().Trim('│', '┃', '║', '|').TrimEnd();
            Match choice = line.Length > LongestField ? Match.Empty : CodeChoice().Match(line);
            if (!choice.Success && CodeLabel().Match(line) is { Success: true } label && MarkText.Take(line).Mark == ChecklistMark.None)
            {
                _label = label.Groups["name"].Value.Trim();
                continue;
            }

            string bare = Bullet().Replace(line, "");
            (ChecklistMark mark, string text) = MarkText.Take(bare);
            if (mark == ChecklistMark.None && !choice.Success) continue;
            items.Add(new ChecklistItem
            {
                Line = code.Lines.Lines[i].Line + 1,
                Text = choice.Success ? choice.Groups["name"].Value.Trim() : text,
                Mark = mark,
                Kind = ChecklistItemKind.CodeLine,
                Passage = Passage(),
                Cells = choice.Success ? [KeyValuePair.Create("value", choice.Groups["value"].Value)] : [],
            });
        }

        _label = before;
        return items;
    }

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;

    [GeneratedRegex(@"^\*{0,2}(?<name>[^*:\[\]|]{2,60})\*{0,2}\s*:\s*\*{0,2}\s*(?<value>_{3,}|\[[^\[\]]{3,}\])\s*$", Options)]
    private static partial Regex Field();

    [GeneratedRegex(@"\b(review(er|ed)?|approv(ers?|ed|al)|sign(ed|ature)?|owner|date|decision|by)\b", Options)]
    private static partial Regex FieldName();

    [GeneratedRegex(@"^(?<name>[^:\[\]|]{2,80}):\s*\**\s*(?<value>\[[ xX✓✔]\].*)$", Options)]
    private static partial Regex Choice();

    // "Cloud provider: [aws / gcp / azure]" in a drawn box.
    [GeneratedRegex(@"^\s*(\d+[.)]|[-*+])\s+(?<name>[^:\[\]]{2,80}):\s*\[(?<value>[^\[\]]*/[^\[\]]*)\]\s*$", Options)]
    private static partial Regex CodeChoice();

    [GeneratedRegex(@"^(?<name>[\p{L}][\p{L}\d &/_-]{0,60}):(\s+\S.*)?$", Options)]
    private static partial Regex CodeLabel();

    [GeneratedRegex(@"^\s*([-*+]|\d+[.)])\s+", Options)]
    private static partial Regex Bullet();
}
