namespace ReadyOps.Core.Signals.Slos;

/// <summary>What a window counted.</summary>
/// <param name="Window">The window as it is judged.</param>
internal sealed record SloCount(TimeSpan Window)
{
    /// <summary>The window as it was asked for; shorter within a step of a rollout.</summary>
    public TimeSpan Asked { get; init; } = Window;

    /// <summary>All events; <see langword="null"/> without any series, or where nothing counts them.</summary>
    public decimal? Events { get; init; }

    /// <summary>Bad events; <see langword="null"/> without any series.</summary>
    public decimal? Bad { get; init; }

    /// <summary>The share of bad events; <see langword="null"/> where there is none.</summary>
    public decimal? Ratio { get; init; }

    /// <summary>Whether there is data from the first part of the window.</summary>
    public bool IsCovered { get; init; } = true;

    /// <summary>Why it could not be counted; empty when it could.</summary>
    public string Error { get; init; } = "";

    /// <summary>What is missing, where no number came out; empty when one did.</summary>
    public string Missing { get; init; } = "";

    /// <summary>Why the answers may be partial.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
