using ReadyOps.Core.Targets;

namespace ReadyOps.Simulation;

/// <summary>What truly exposes a share of the traffic.</summary>
internal sealed class SimShare
{
    private readonly List<(long Time, decimal Share)> _late = [];

    public decimal Percent { get; private set; }

    /// <summary>A share takes effect.</summary>
    public void Set(decimal percent)
    {
        // A later call overtakes what is still under way from an earlier one.
        _late.Clear();
        Percent = percent;
    }

    public void SetLater(long time, decimal percent) => _late.Add((time, percent));

    public void PassTime(long now)
    {
        if (_late.Count == 0) return;
        foreach ((long time, decimal share) in _late.Where(late => late.Time <= now).ToArray())
        {
            Percent = share;
            _late.Remove((time, share));
        }
    }
}

/// <summary>The target as one process sees it.</summary>
internal sealed class SimTarget(SimWorld world, SimProcess process) : ITarget
{
    public string Identity => "simulated web/new";

    public decimal Nearest(decimal percent) => percent;

    public ValueTask<decimal> ReadAsync(CancellationToken cancel)
    {
        process.Touch();
        Wait();
        Look look = process.Look;
        look.HeardAt = process.Agent.Clock.Now;
        if (world.Is(Fault.TargetUnreadable))
        {
            look.Read = null;
            look.TargetFaults++;
            throw new ReadyOpsException("TargetUnreachable", "The target does not answer.");
        }

        decimal share = world.Share.Percent;
        if (world.Is(Fault.TargetLies))
        {
            look.TargetFaults++;
            share = share >= 1 ? share - 1 : share + 1;
        }

        if (look.HasSet) look.ReadBack = share;
        look.Read = share;
        look.HeardAt = process.Agent.Clock.Now;
        return ValueTask.FromResult(share);
    }

    public ValueTask SetAsync(decimal percent, CancellationToken cancel)
    {
        world.Laws.BeginAct(process);
        process.Touch();
        world.Laws.BeforeSet(process, percent);
        Look look = process.Look;
        look.SetBegun ??= process.Agent.Clock.Now;
        (look.HasSet, look.ReadBack) = (false, null);
        if (world.Is(Fault.TargetRefuses))
        {
            look.TargetFaults++;
            throw new ReadyOpsException("TargetUnreachable", "The target refuses.");
        }

        Wait();
        look.Read = null;
        world.Story?.Add($"{world.Stamp} {process.Agent.Name}: sets {percent}% where {world.Share.Percent}% is");
        world.Laws.AfterEffect(process);
        if (world.Is(Fault.TargetIgnores)) look.TargetFaults++;
        else if (world.Is(Fault.TargetLate)) TakeEffectLater(percent);
        else world.Share.Set(percent);
        process.Touch();
        world.Laws.AfterSet(process);
        look.HasSet = true;
        return ValueTask.CompletedTask;
    }

    private void TakeEffectLater(decimal percent)
    {
        process.Look.TargetFaults++;
        if (world.Random.OneIn(2)) world.Share.Set(percent);
        else world.Share.SetLater(world.Scheduler.Now + world.Random.Seconds(1, 10).Ticks, percent);
        world.Laws.AfterSet(process);
        throw new ReadyOpsException("TargetUnreachable", "The target does not answer.");
    }

    private void Wait()
    {
        if (world.Is(Fault.TargetSlow)) world.Sleep(process, world.Random.Seconds(1, 20));
    }
}
