using System.Globalization;

namespace ReadyOps;

/// <summary>What a call of <c>Step-ProgressiveRollout -All</c> did, and when it wants to be called next; written to the information stream.</summary>
public sealed record RolloutSchedule
{
    internal RolloutSchedule()
    {
    }

    /// <summary>How many rollouts were ticked.</summary>
    public int Ticked { get; internal init; }

    /// <summary>How many could not be ticked: an error tells of each. At least 1 where it could not be found out which are under way.</summary>
    public int Failed { get; internal init; }

    /// <summary>The ids of those that the time budget did not reach.</summary>
    public IReadOnlyList<string> Left { get; internal init => field = value.AsArray(); } = [];

    /// <summary>When the next tick is due (UTC); <see langword="null"/> when nothing is under way any more.</summary>
    public DateTimeOffset? NextCallAt { get; internal init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        string done = string.Create(CultureInfo.InvariantCulture, $"Ticked {Ticked}, failed {Failed}, left {Left.Count}.");
        return NextCallAt is { } next ? string.Create(CultureInfo.InvariantCulture, $"{done} Call again at {next.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z.") : $"{done} Nothing is under way any more.";
    }
}
