namespace ReadyOps;

/// <summary>The report of one checkpoint of a monitoring window.</summary>
public sealed record MonitoringCheckpoint
{
    internal MonitoringCheckpoint()
    {
    }

    /// <summary>Its number, from 1.</summary>
    public int Number { get; internal init; }

    /// <summary>When it was due (UTC).</summary>
    public DateTimeOffset DueAt { get; internal init; }

    /// <summary>When it was reported (UTC).</summary>
    public DateTimeOffset ReportedAt { get; internal init; }

    /// <summary>Whether nobody looked before the next one was due too; that one tells of both stretches.</summary>
    public bool Missed { get; internal init; }

    /// <summary>The worst of its signals; <see cref="Verdict.NoData"/> for one that was missed.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>One sentence: why.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What each signal did since the report before; empty for one that was missed.</summary>
    public IReadOnlyList<MonitoringReading> Signals { get; internal init => field = value.AsArray(); } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Number}: {(Missed ? "missed" : Verdict)}: {Reason}";
}
