using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace ReadyOps.Core.Checklists;

/// <summary>Reads the rows of a table as items.</summary>
internal static class TableRows
{
    /// <summary>One item a row; what names it is its first cell with words in it.</summary>
    public static IEnumerable<ChecklistItem> Read(Table table, ChecklistPassage passage, string source)
    {
        string[] headers = [];
        foreach (TableRow row in table.OfType<TableRow>())
        {
            Cell[] cells = [.. row.OfType<TableCell>().Select(cell => Text(cell, source))];
            if (row.IsHeader)
            {
                headers = [.. cells.Select(cell => cell.Text)];
                continue;
            }

            var mark = ChecklistMark.None;
            foreach (Cell cell in cells) mark = MarkText.Worse(mark, Mark(cell.Text));
            int naming = Math.Max(0, Array.FindIndex(cells, cell => MarkText.WithoutSigns(cell.Text).Any(char.IsLetter)));
            string name = naming < cells.Length ? MarkText.Take(cells[naming].Text).Text : "";
            yield return new ChecklistItem
            {
                Line = row.Line + 1,
                Text = name,
                Kind = ChecklistItemKind.Row,
                Passage = passage,
                Mark = mark,
                Codes = [.. cells.SelectMany(cell => cell.Codes)],
                Urls = [.. cells.SelectMany(cell => cell.Urls)],
                Cells = [.. cells.Select((cell, i) => KeyValuePair.Create(i < headers.Length ? headers[i] : "", cell.Text))],
            };
        }
    }

    private static ChecklistMark Mark(string cell) =>
        MarkText.Take(cell) is { Mark: not ChecklistMark.None } led && !MarkText.HasBox(cell) ? led.Mark : MarkText.OfChoice(cell);

    private static Cell Text(TableCell cell, string source)
    {
        List<string> texts = [], codes = [], urls = [];
        foreach (LeafBlock block in cell.OfType<LeafBlock>())
        {
            (string text, IReadOnlyList<string> ownCodes, IReadOnlyList<string> ownUrls) = InlineText.Of(block.Inline);
            // A box with a blank in it is not always kept apart from what is around it; the source is.
            texts.Add(text.Length == 0 && block.Span.Length > 0 ? source.Substring(block.Span.Start, block.Span.Length).Trim() : text);
            codes.AddRange(ownCodes);
            urls.AddRange(ownUrls);
        }

        return new Cell(string.Join(' ', texts), codes, urls);
    }

    private sealed record Cell(string Text, IReadOnlyList<string> Codes, IReadOnlyList<string> Urls);
}
