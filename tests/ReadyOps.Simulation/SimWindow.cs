using System.Globalization;
using ReadyOps.Core.Targets;

namespace ReadyOps.Simulation;

/// <summary>What a document of kind Monitor says, as the laws need it.</summary>
internal sealed class SimWindow
{
    private readonly (TimeSpan Every, TimeSpan Until)[] _stretches;

    public SimWindow(SeedRandom random)
    {
        Share = random.Pick(100m, 100m, 50m);
        TakesBack = !random.OneIn(3);
        MaxGap = random.Pick(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5));
        TimeSpan first = random.Seconds(3, 10) * 30;
        (TimeSpan, TimeSpan) one = (random.Seconds(2, 6) * 15, first);
        _stretches = random.OneIn(3) ? [one] : [one, (random.Seconds(2, 12) * 20, first + (random.Seconds(2, 14) * 30))];
        Checkpoints = [.. Moments()];
    }

    /// <summary>The share that is watched.</summary>
    public decimal Share { get; }

    /// <summary>Whether there is a target to take the release back by.</summary>
    public bool TakesBack { get; }

    public TimeSpan MaxGap { get; }

    /// <summary>When it reports, from its start.</summary>
    public IReadOnlyList<TimeSpan> Checkpoints { get; }

    public TimeSpan Length => Checkpoints[^1];

    /// <summary>The members of the document that are those of a window.</summary>
    public string Text
    {
        get
        {
            var stretches = _stretches.Select(stretch => string.Create(CultureInfo.InvariantCulture, $$"""{"every":"{{stretch.Every.TotalSeconds:0}}s","until":"{{stretch.Until.TotalSeconds:0}}s"}"""));
            return string.Create(CultureInfo.InvariantCulture, $$"""
                "kind":"Monitor","share":"{{Share}}%",{{(TakesBack ? "\"target\":{}," : "")}}"schedule":[{{string.Join(',', stretches)}}],"maxGap":"{{MaxGap.TotalSeconds:0}}s"
                """);
        }
    }

    /// <summary>Each stretch repeats from the end of the one before it and ends with a checkpoint.</summary>
    private IEnumerable<TimeSpan> Moments()
    {
        TimeSpan now = TimeSpan.Zero;
        foreach ((TimeSpan every, TimeSpan until) in _stretches)
        {
            while (now < until)
            {
                now = now + every < until ? now + every : until;
                yield return now;
            }
        }
    }
}

/// <summary>What a window without a target watches: it is never set.</summary>
internal sealed class SimWatchedShare(SimWorld world, SimProcess process, decimal share) : ITarget
{
    public string Identity => "nothing (watched by checkout)";

    public decimal Nearest(decimal percent) => percent;

    public ValueTask<decimal> ReadAsync(CancellationToken cancel)
    {
        process.Look.Of(0).Tell(share);
        return ValueTask.FromResult(share);
    }

    public ValueTask SetAsync(decimal percent, CancellationToken cancel)
    {
        world.Laws.Hold(Law.RollbackGoesToSafeShare, false, $"{percent}% is to be set where nothing can be");
        throw new ReadyOpsException("TargetMissing", "There is nothing to set.");
    }
}
