namespace ReadyOps.Core.Rollouts;

/// <summary>What is to be played.</summary>
public sealed record BacktestOptions
{
    /// <summary>When the history begins; the first line of the file where there is one.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>When it ends; the last line of the file where there is one, otherwise now.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Files of samples to play instead of asking Prometheus: one of CSV, or any number of saved answers in JSON.</summary>
    public IReadOnlyList<string> SampleFiles { get; init; } = [];

    /// <summary>The release, where the document names none.</summary>
    public string? Release { get; init; }

    /// <summary>Whether to watch the signals at a constant share and count every alarm, instead of going through the steps.</summary>
    public bool Watch { get; init; }

    /// <summary>When an incident began that should have been found.</summary>
    public DateTimeOffset? IncidentAt { get; init; }

    /// <summary>The values to try for settings of signals, each named <c>SIGNAL.MEMBER</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Vary { get; init; } = [];

    /// <summary>Whether to play every tick, also those at which nothing can be decided. Slower, with the same result.</summary>
    public bool EveryTick { get; init; }
}
