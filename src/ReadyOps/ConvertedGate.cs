namespace ReadyOps;

/// <summary>A gate that was made of a checklist.</summary>
public sealed record ConvertedGate
{
    internal ConvertedGate()
    {
    }

    /// <summary>Name of the gate.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The checklist it was made of.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>What was wrong with the encoding of the checklist and was repaired; empty when nothing was.</summary>
    public string Repair { get; internal init; } = "";

    /// <summary>The document of the gate, YAML.</summary>
    public string Document { get; internal init; } = "";

    /// <summary>The file the document was written to; empty when it was not written.</summary>
    public string File { get; internal init; } = "";

    /// <summary>Every item of the checklist, in its order.</summary>
    public IReadOnlyList<ConvertedItem> Items { get; internal init; } = [];

    /// <summary>How many items the checklist has.</summary>
    public int Found => Items.Count;

    /// <summary>How many became checks that look for themselves, with nothing guessed.</summary>
    public int Understood => Count(ConvertedAs.Understood);

    /// <summary>How many became checks that look for themselves, with something guessed.</summary>
    public int Guessed => Count(ConvertedAs.Guessed);

    /// <summary>How many are left to people.</summary>
    public int People => Count(ConvertedAs.Person);

    /// <summary>How many are looked up in the checklist, where they were ticked.</summary>
    public int Ticked => Count(ConvertedAs.Ticked);

    /// <summary>How many hold nothing to check and are kept as text.</summary>
    public int Notes => Count(ConvertedAs.Note);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}: {Found} items: {Understood} understood, {Guessed} guessed, {People} left to people, {Ticked} ticked, {Notes} notes";

    private int Count(ConvertedAs what) => Items.Count(item => item.As == what);
}
