namespace ReadyOps;

/// <summary>One item of a checklist, and what became of it in a gate.</summary>
public sealed record ConvertedItem
{
    internal ConvertedItem()
    {
    }

    /// <summary>Its line in the checklist, from 1.</summary>
    public int Line { get; internal init; }

    /// <summary>The heading and the label it stands under.</summary>
    public string Section { get; internal init; } = "";

    /// <summary>What it says.</summary>
    public string Text { get; internal init; } = "";

    /// <summary>Whether it was ticked.</summary>
    public bool Ticked { get; internal init; }

    /// <summary>What became of it.</summary>
    public ConvertedAs As { get; internal init; }

    /// <summary>The type of its check; empty for a note.</summary>
    public string Type { get; internal init; } = "";

    /// <summary>The name of its check; empty for a note.</summary>
    public string Check { get; internal init; } = "";

    /// <summary>What was guessed, or why a person is asked; empty when nothing is to be said.</summary>
    public string Remark { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Line}: {Text}: {As}{(Type.Length > 0 ? $" ({Type})" : "")}";
}
