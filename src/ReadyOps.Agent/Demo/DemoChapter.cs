namespace ReadyOps.Agent.Demo;

/// <summary>One release of the demo: what is told of it while it goes out, and what came of it.</summary>
internal sealed class DemoChapter(string release, string stable, string promise)
{
    private readonly object _gate = new();
    private readonly List<DemoLine> _lines = [];
    private readonly List<DemoPoint> _points = [];

    /// <summary>The release that goes out.</summary>
    public string Release { get; } = release;

    /// <summary>The release that it replaces.</summary>
    public string Stable { get; } = stable;

    /// <summary>What the chapter is about, in a sentence.</summary>
    public string Promise { get; } = promise;

    /// <summary>What the gate decided.</summary>
    public GateResult? Gate { get; set; }

    /// <summary>Where the rollout stands.</summary>
    public RolloutStatus? Status { get; set; }

    /// <summary>When the rollout was started.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When it had ended.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>When the service itself began to fail.</summary>
    public DateTimeOffset? FaultAt { get; set; }

    /// <summary>When the first sample broke its bound, of those that led to the rollback.</summary>
    public DateTimeOffset? SeenAt { get; set; }

    /// <summary>When the rollback was decided.</summary>
    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>When the share was read back as 0.</summary>
    public DateTimeOffset? BackAt { get; set; }

    /// <summary>Requests that the new version answered, and how many of them failed.</summary>
    public (long Requests, long Failed) Answered { get; set; }

    /// <summary>Requests that were routed to the new version after the share was read back as 0.</summary>
    public int? SentAfterwards { get; set; }

    /// <summary>The shares that were set, in order, in per cent.</summary>
    public List<decimal> Shares { get; } = [0];

    /// <summary>Is told each line as it is added.</summary>
    public event Action<DemoLine>? Told;

    /// <summary>What was told so far.</summary>
    public IReadOnlyList<DemoLine> Lines
    {
        get
        {
            lock (_gate) return [.. _lines];
        }
    }

    /// <summary>What was measured so far, twice a second.</summary>
    public IReadOnlyList<DemoPoint> Points
    {
        get
        {
            lock (_gate) return [.. _points];
        }
    }

    /// <summary>Tells a line.</summary>
    public void Tell(DateTimeOffset time, string text, DemoTone tone = DemoTone.Plain)
    {
        var line = new DemoLine(time, text, tone);
        lock (_gate) _lines.Add(line);
        Told?.Invoke(line);
    }

    /// <summary>Keeps what was measured.</summary>
    public void Measure(DemoPoint point)
    {
        lock (_gate) _points.Add(point);
    }
}

/// <summary>One line about what happened.</summary>
internal sealed record DemoLine(DateTimeOffset Time, string Text, DemoTone Tone);

/// <summary>How a line is meant.</summary>
internal enum DemoTone
{
    /// <summary>As news.</summary>
    Plain,

    /// <summary>As good news.</summary>
    Good,

    /// <summary>As something that the audience sees before ReadyOps does.</summary>
    Aside,

    /// <summary>As bad news.</summary>
    Bad,
}

/// <summary>The figures of one moment.</summary>
/// <param name="Share">The share of the new version, in per cent.</param>
/// <param name="New">Requests per second, share of failures (0–1) and P95 in seconds of the new version.</param>
/// <param name="Stable">The same of the stable one.</param>
internal sealed record DemoPoint(decimal Share, (double Rate, double? Failed, double? P95) New, (double Rate, double? Failed, double? P95) Stable);
