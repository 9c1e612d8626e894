using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Gates;

/// <summary>A gate as its document describes it.</summary>
public sealed record GateDefinition
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The release it is about, unless the caller names another.</summary>
    public string? Release { get; init; }

    /// <summary>The least readiness score that passes, 0–100.</summary>
    public decimal PassScore { get; init; } = 100;

    /// <summary>How many checks run at the same time at most.</summary>
    public int Throttle { get; init; } = 8;

    /// <summary>What must pass before the gate looks at anything else; their weights count for nothing.</summary>
    public IReadOnlyList<CheckDefinition> Prerequisites { get; init; } = [];

    /// <summary>The sections, in the order of the document: at least one, with at least one check each.</summary>
    public required IReadOnlyList<GateSectionDefinition> Sections { get; init; }

    /// <summary>Every check: the prerequisites, then the sections in order, each group followed by its parts.</summary>
    public IEnumerable<CheckDefinition> AllChecks =>
        Prerequisites.Concat(Sections.SelectMany(section => section.Checks)).SelectMany(GroupCheck.WithParts);

    /// <summary>SHA-256 of the document as it was read, in lower-case hex.</summary>
    public string Digest { get; init; } = "";
}

/// <summary>One section of a gate.</summary>
/// <param name="Name">Its name, unique in the gate.</param>
/// <param name="Weight">What it weighs against the other sections; 0 or more.</param>
/// <param name="Checks">Its checks: at least one that weighs something.</param>
public sealed record GateSectionDefinition(string Name, decimal Weight, IReadOnlyList<CheckDefinition> Checks);
