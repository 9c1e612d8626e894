namespace ReadyOps.Core.Checklists;

/// <summary>One item of a checklist: a list item, a row of a table, a line in a code block, or a field to fill in.</summary>
internal sealed record ChecklistItem
{
    /// <summary>The line it begins in, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>What it says, in one line without Markdown and without its mark.</summary>
    public required string Text { get; init; }

    /// <summary>What kind of item it is.</summary>
    public required ChecklistItemKind Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public required ChecklistPassage Passage { get; init; }

    /// <summary>What it says about itself.</summary>
    public ChecklistMark Mark { get; init; }

    /// <summary>Whether it only explains the item around it.</summary>
    public bool IsDetail { get; init; }

    /// <summary>Whether it says what must not be: a tick says that it is so.</summary>
    public bool IsTrigger => Kind != ChecklistItemKind.Field && Passage.Kind is (PassageKind.Trigger or PassageKind.Skip);

    /// <summary>What is written in it as code.</summary>
    public IReadOnlyList<string> Codes { get; init; } = [];

    /// <summary>The URLs it links to.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>Of a row: its cells by their headers. Of a field: what stands in it.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Cells { get; init; } = [];

    /// <summary>What is below it in a nested list.</summary>
    public IReadOnlyList<ChecklistItem> Children { get; init; } = [];

    /// <summary>It, and everything below it, in the order of the document.</summary>
    public IEnumerable<ChecklistItem> WithChildren() => Children.SelectMany(child => child.WithChildren()).Prepend(this);
}

/// <summary>What a <see cref="ChecklistItem"/> is in the document.</summary>
internal enum ChecklistItemKind
{
    /// <summary>An item of a list.</summary>
    ListItem,

    /// <summary>A row of a table.</summary>
    Row,

    /// <summary>A line of a code block.</summary>
    CodeLine,

    /// <summary>A line with something to fill in or to choose, for example <c>Reviewer: ____</c>.</summary>
    Field,
}
