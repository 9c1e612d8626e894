namespace ReadyOps;

/// <summary>What became of an item of a checklist.</summary>
public enum ConvertedAs
{
    /// <summary>A check that looks for itself; all it needs stands in the item.</summary>
    Understood,

    /// <summary>A check that looks for itself; where or how it looks was guessed and wants a look.</summary>
    Guessed,

    /// <summary>An approval: a person must say it.</summary>
    Person,

    /// <summary>A look at its box in the checklist, which was ticked.</summary>
    Ticked,

    /// <summary>Nothing to check; kept as text in the gate.</summary>
    Note,
}
