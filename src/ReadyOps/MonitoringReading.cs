namespace ReadyOps;

/// <summary>What one signal did between two checkpoints of a monitoring window.</summary>
public sealed record MonitoringReading
{
    internal MonitoringReading()
    {
    }

    /// <summary>Name of the signal.</summary>
    public string Signal { get; internal init; } = "";

    /// <summary>What it says at the checkpoint; <see cref="Verdict.Inconclusive"/> where nothing was seen of it for too long in between.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>Its newest value, in base units (seconds, bytes, 0–1); nothing for a check.</summary>
    public double? Value { get; internal init; }

    /// <summary>How many samples there were since the report before.</summary>
    public int Samples { get; internal init; }

    /// <summary>How many of them broke the bound.</summary>
    public int Bad { get; internal init; }

    /// <summary>The least value, in base units.</summary>
    public double? Min { get; internal init; }

    /// <summary>The greatest value, in base units.</summary>
    public double? Max { get; internal init; }

    /// <summary>The longest time in which nothing was seen of it.</summary>
    public TimeSpan Silence { get; internal init; }

    /// <summary>One sentence: why it says so.</summary>
    public string Reason { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Signal}: {Verdict}: {Reason}";
}
