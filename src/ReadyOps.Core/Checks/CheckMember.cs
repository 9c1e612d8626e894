namespace ReadyOps.Core.Checks;

/// <summary>One member of a check in a document. Schema, help and completion follow from it.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Description">What it means: one sentence.</param>
public sealed record CheckMember(string Name, CheckMemberKind Kind, string Description)
{
    /// <summary>Whether it must be there.</summary>
    public bool Required { get; init; }

    /// <summary>What counts when it is not there, as a document would write it; <see langword="null"/> for nothing.</summary>
    public string? Default { get; init; }

    /// <summary>The words it takes, for <see cref="CheckMemberKind.Choice"/>.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The least number it takes.</summary>
    public double? Minimum { get; init; }

    /// <summary>The greatest number it takes.</summary>
    public double? Maximum { get; init; }

    /// <summary>What is in it, for <see cref="CheckMemberKind.Object"/> and <see cref="CheckMemberKind.Objects"/>.</summary>
    public IReadOnlyList<CheckMember> Members { get; init; } = [];

    /// <summary>Where it is known, for a type that is both a check and a signal.</summary>
    public CheckMemberUse Use { get; init; }

    /// <summary>What a document may write there.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];
}

/// <summary>Where a <see cref="CheckMember"/> is known.</summary>
public enum CheckMemberUse
{
    /// <summary>In checks and in signals.</summary>
    Anywhere,

    /// <summary>In checks only.</summary>
    Check,

    /// <summary>In signals of rollouts only.</summary>
    Signal,
}

/// <summary>What the value of a <see cref="CheckMember"/> is.</summary>
public enum CheckMemberKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A text or a list of texts.</summary>
    Texts,

    /// <summary>A path, absolute or from the folder of the document.</summary>
    Path,

    /// <summary>A path with wildcards, or a list of them.</summary>
    Paths,

    /// <summary>True or false.</summary>
    Flag,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A duration.</summary>
    Duration,

    /// <summary>A size in bytes or with a unit.</summary>
    Size,

    /// <summary>A bound.</summary>
    Bound,

    /// <summary>The unit of a raw number.</summary>
    Unit,

    /// <summary>An absolute URL.</summary>
    Url,

    /// <summary>A status code, a list of them, or a bound on it.</summary>
    Status,

    /// <summary>A URL, or an object of a URL and what it takes to be let in.</summary>
    Endpoint,

    /// <summary>How to authenticate.</summary>
    Authentication,

    /// <summary>Whom to trust and who to be in TLS.</summary>
    Tls,

    /// <summary>Names and texts.</summary>
    Headers,

    /// <summary>How often and how far apart to try again.</summary>
    Retry,

    /// <summary>A list of places in a JSON body with a bound each.</summary>
    JsonBounds,

    /// <summary>A share: 25% or 0.25.</summary>
    Share,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>An object with members of its own.</summary>
    Object,

    /// <summary>A list of such objects.</summary>
    Objects,

    /// <summary>A list of checks.</summary>
    Checks,
}
