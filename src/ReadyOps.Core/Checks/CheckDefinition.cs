namespace ReadyOps.Core.Checks;

/// <summary>One check of a document.</summary>
public sealed record CheckDefinition
{
    /// <summary>Its name, unique in the document.</summary>
    public required string Name { get; init; }

    /// <summary>Name of its type, for example <c>http</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What it is for, in the words of its document.</summary>
    public string? Description { get; init; }

    /// <summary>Where it comes from, for example the line of a checklist.</summary>
    public string? From { get; init; }

    /// <summary>Whether it was guessed from a checklist and nobody has confirmed it yet.</summary>
    public bool Guessed { get; init; }

    /// <summary>What looks.</summary>
    public required ICheck Check { get; init; }

    /// <summary>What it weighs against the other checks of its section; 0 or more.</summary>
    public decimal Weight { get; init; } = 1;

    /// <summary>Whether nothing can make up for it when it does not pass.</summary>
    public bool Critical { get; init; }

    /// <summary>How long one attempt may take; above zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long what it sees holds once it passed; <see langword="null"/> without an end.</summary>
    public TimeSpan? ValidFor { get; init; }

    /// <summary>How often it is tried.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.None;

    /// <summary>Where it is written, <c>file:line</c>.</summary>
    public string? Source { get; init; }
}
