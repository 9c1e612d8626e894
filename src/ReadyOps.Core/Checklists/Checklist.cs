namespace ReadyOps.Core.Checklists;

/// <summary>A Markdown document as a list of things to be done.</summary>
/// <param name="File">What to call it.</param>
/// <param name="Title">Its first heading of the first level; empty without one.</param>
/// <param name="Repair">What was wrong with its encoding and was repaired; empty when nothing was.</param>
/// <param name="Items">Its items, in the order of the document.</param>
/// <param name="Headings">Its headings, in the order of the document.</param>
internal sealed record Checklist(string File, string Title, string Repair, IReadOnlyList<ChecklistItem> Items, IReadOnlyList<ChecklistHeading> Headings)
{
    /// <summary>The items and all that is below them.</summary>
    public IEnumerable<ChecklistItem> AllItems => Items.SelectMany(item => item.WithChildren());
}
