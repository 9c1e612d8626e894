using ReadyOps.Core.Targets;

namespace ReadyOps.Simulation;

/// <summary>What one target truly exposes.</summary>
internal sealed class SimShare
{
    private readonly List<(long Time, decimal Share, IReadOnlyList<string>? Named)> _late = [];

    public decimal Percent { get; private set; }

    /// <summary>Who gets the release besides the share.</summary>
    public IReadOnlyList<string> Named { get; private set; } = [];

    /// <summary>A share takes effect, and with it whom it names, if that is said.</summary>
    public void Set(decimal percent, IReadOnlyList<string>? named = null)
    {
        // A later call overtakes what is still under way from an earlier one.
        _late.Clear();
        (Percent, Named) = (percent, named ?? Named);
    }

    public void SetLater(long time, decimal percent, IReadOnlyList<string>? named) => _late.Add((time, percent, named));

    public void PassTime(long now)
    {
        if (_late.Count == 0) return;
        foreach ((long Time, decimal Share, IReadOnlyList<string>? Named) one in _late.Where(late => late.Time <= now).ToArray())
        {
            (Percent, Named) = (one.Share, one.Named ?? Named);
            _late.Remove(one);
        }
    }
}

/// <summary>One target as one process sees it.</summary>
internal class SimTarget(SimWorld world, SimProcess process, int index) : ITarget
{
    public string Identity { get; } = world.Shares.Count == 1 ? "simulated web/new" : $"simulated web-{index}/new";

    protected SimWorld World => world;

    protected SimProcess Process => process;

    protected int Index => index;

    protected SimShare Share => world.Shares[index];

    protected TargetLook Seen => process.Look.Of(index);

    public decimal Nearest(decimal percent) => percent;

    public ValueTask<decimal> ReadAsync(CancellationToken cancel)
    {
        Seen.Reads++;
        BeginRead();
        decimal share = Share.Percent;
        if (world.Is(Fault.TargetLies, index))
        {
            process.Look.TargetFaults++;
            share = share >= 1 ? share - 1 : share + 1;
        }

        Look look = process.Look;
        if (look.HasSet) Seen.Back = share;
        Seen.Tell(share);
        look.Hear(index, process.Agent.Clock.Now);
        return ValueTask.FromResult(share);
    }

    public ValueTask SetAsync(decimal percent, CancellationToken cancel)
    {
        Set(percent, null);
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits, and fails where it cannot be read.</summary>
    protected void BeginRead()
    {
        process.Touch();
        Wait();
        process.Look.Hear(index, process.Agent.Clock.Now);
        if (!world.Is(Fault.TargetUnreadable, index) && !Blinks(Fault.TargetUnreadable, 40)) return;
        Seen.Lose();
        process.Look.TargetFaults++;
        throw new ReadyOpsException("TargetUnreachable", "The target does not answer.");
    }

    protected void Set(decimal percent, IReadOnlyList<string>? named)
    {
        world.Laws.BeginAct(process);
        process.Touch();
        world.Laws.BeforeSet(process, index, percent, named);
        Look look = process.Look;
        look.BeginSet(process.Agent.Clock.Now);
        if (world.Is(Fault.TargetRefuses, index) || Blinks(Fault.TargetRefuses, 15))
        {
            look.TargetFaults++;
            throw new ReadyOpsException("TargetUnreachable", "The target refuses.");
        }

        Wait();
        Seen.Forget();
        world.Story?.Add($"{world.Stamp} {process.Agent.Name}: sets {percent}% where {Share.Percent}% is{(world.Shares.Count > 1 ? $" on {index}" : "")}{(named is null ? "" : $", names {string.Join(' ', named)} where {string.Join(' ', Share.Named)} are")}");
        world.Laws.AfterEffect(process);
        if (world.Is(Fault.TargetIgnores, index)) look.TargetFaults++;
        else if (world.Is(Fault.TargetLate, index)) TakeEffectLater(percent, named);
        else Share.Set(percent, named);
        process.Touch();
        world.Laws.AfterSet(process);
        (look.HasSet, Seen.Arrived) = (true, percent);
    }

    /// <summary>One of several that fails once and not the next time: what counts for one must not depend on the others.</summary>
    private bool Blinks(Fault fault, int times)
    {
        if (world.Shares.Count == 1 || world.IsCalm || !world.Profile.Has(fault) || !world.Random.OneIn(times)) return false;
        world.Count(fault);
        return true;
    }

    private void TakeEffectLater(decimal percent, IReadOnlyList<string>? named)
    {
        process.Look.TargetFaults++;
        if (world.Random.OneIn(2)) Share.Set(percent, named);
        else Share.SetLater(world.Scheduler.Now + world.Random.Seconds(1, 10).Ticks, percent, named);
        world.Laws.AfterSet(process);
        throw new ReadyOpsException("TargetUnreachable", "The target does not answer.");
    }

    private void Wait()
    {
        if (world.Is(Fault.TargetSlow, index)) world.Sleep(process, world.Random.Seconds(1, 20));
    }
}

/// <summary>A target that can name people, too.</summary>
internal sealed class SimNamingTarget(SimWorld world, SimProcess process, int index) : SimTarget(world, process, index), IAllowingTarget
{
    public ValueTask<IReadOnlyList<string>> ReadAllowedAsync(CancellationToken cancel)
    {
        BeginRead();
        IReadOnlyList<string> named = Share.Named;
        if (World.Is(Fault.TargetLies))
        {
            Process.Look.TargetFaults++;
            named = [.. named, "nobody"];
        }

        Seen.Named = named;
        Process.Look.Hear(Index, Process.Agent.Clock.Now);
        return ValueTask.FromResult(named);
    }

    public ValueTask SetAsync(decimal percent, IReadOnlyList<string> allowed, CancellationToken cancel)
    {
        Set(percent, allowed);
        return ValueTask.CompletedTask;
    }
}
