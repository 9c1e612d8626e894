namespace ReadyOps;

/// <summary>Whether a journal is what was written, and if not, where it first differs.</summary>
public sealed record JournalVerification
{
    internal JournalVerification()
    {
    }

    /// <summary>The journal that was verified.</summary>
    public string Stream { get; internal init; } = "";

    /// <summary>Whether every line fits.</summary>
    public bool Valid { get; internal init; }

    /// <summary>How many lines fit before the first that does not.</summary>
    public long Events { get; internal init; }

    /// <summary>The first line that does not fit, from 1; <see langword="null"/> when all do.</summary>
    public long? BadLine { get; internal init; }

    /// <summary>What is wrong, or that nothing is.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Hash of the last line that fits: note it elsewhere to prove later that nothing was cut off.</summary>
    public string LastHash { get; internal init; } = "";
}
