namespace ReadyOps.Core.Rollouts;

/// <summary>A checkpoint of a monitoring window: what every signal did since the one before.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Due">When it was due.</param>
/// <param name="Missed">Whether nobody looked before the next one was due too; that one tells of both stretches.</param>
/// <param name="Verdict">The worst of the signals; <see cref="Verdict.NoData"/> for one that was missed.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Signals">What each signal did; empty for one that was missed.</param>
public sealed record CheckpointReached(
    int Number, DateTimeOffset Due, bool Missed, Verdict Verdict, string Reason, IReadOnlyList<CheckpointReading> Signals) : RolloutEvent;

/// <summary>What one signal did between two checkpoints.</summary>
/// <param name="Signal">Its name.</param>
/// <param name="Verdict">What it says at the checkpoint; <see cref="Verdict.Inconclusive"/> where nothing was seen of it for too long in between.</param>
/// <param name="Value">Its newest value, in base units; nothing for a check that measures none.</param>
/// <param name="Samples">How many samples there were.</param>
/// <param name="Bad">How many of them broke the bound.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
/// <param name="Silence">The longest time in which nothing was seen of it.</param>
/// <param name="Gap">Whether that was longer than the window allows.</param>
/// <param name="Reason">Why it says so, in a sentence.</param>
public sealed record CheckpointReading(
    string Signal, Verdict Verdict, double? Value, int Samples, int Bad, double? Min, double? Max, TimeSpan Silence, bool Gap, string Reason);

/// <summary>What is counted of one signal between two checkpoints.</summary>
/// <param name="Samples">How many samples there were.</param>
/// <param name="Bad">How many of them broke the bound.</param>
/// <param name="Min">The least value.</param>
/// <param name="Max">The greatest value.</param>
/// <param name="Silence">The longest time without a sample that has ended.</param>
public sealed record CheckpointTally(int Samples, int Bad, double? Min, double? Max, TimeSpan Silence)
{
    /// <summary>Nothing yet.</summary>
    public static CheckpointTally Empty { get; } = new(0, 0, null, null, TimeSpan.Zero);

    /// <summary>With what was observed over one more span.</summary>
    internal CheckpointTally With(SignalObservation seen) => new(
        Samples + seen.Samples, Bad + seen.Bad, Least(Min, seen.Min), Greatest(Max, seen.Max), seen.Silence > Silence ? seen.Silence.Value : Silence);

    private static double? Least(double? a, double? b) => a is null ? b : b is null ? a : Math.Min(a.Value, b.Value);

    private static double? Greatest(double? a, double? b) => a is null ? b : b is null ? a : Math.Max(a.Value, b.Value);
}
