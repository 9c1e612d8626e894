namespace ReadyOps.Simulation;

/// <summary>A process that was killed runs nothing more; what unwinds its threads cannot touch the world.</summary>
internal sealed class KilledException : Exception;

/// <summary>A process of an agent. Whatever it does to the world outside goes through <see cref="Touch"/>.</summary>
internal sealed class SimProcess(SimWorld world, SimAgent agent)
{
    private int _operationsLeft = int.MaxValue;

    public SimAgent Agent { get; } = agent;

    public bool IsDead { get; private set; }

    /// <summary>What its present command has seen and done.</summary>
    public Look Look { get; set; } = new();

    /// <summary>How many operations it has begun.</summary>
    public long Operations { get; private set; }

    /// <summary>The leases of a shared store that it was given.</summary>
    public List<SimLease> Leases { get; } = [];

    /// <summary>How many of them before its present command.</summary>
    public int LeasesBefore { get; set; }

    /// <summary>The act that it has begun last, and in which command.</summary>
    public (Look Look, int Act)? Begun { get; set; }

    /// <summary>After which operation it last asked whether a lease is held, and heard that it is.</summary>
    public long HeldAskedAt { get; set; } = -1;

    /// <summary>The rollout whose journal it holds.</summary>
    public Ledger? Held { get; set; }

    /// <summary>Up to where of each journal it was told by a snapshot: of what lies before, it reads nothing.</summary>
    public Dictionary<string, long> Reach { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether it will be killed at its next operation.</summary>
    public bool DiesNext => _operationsLeft == 0;

    /// <summary>Whether it will be killed within its next write.</summary>
    public bool DiesInWrite { get; set; }

    public void DieIn(int operations) => _operationsLeft = operations;

    /// <summary>The moment before an operation: anything may happen in it.</summary>
    public void Touch()
    {
        if (IsDead || world.IsOver) throw new KilledException();
        Operations++;
        if (_operationsLeft-- == 0)
        {
            world.Count(Fault.Killed);
            Die("killed");
        }

        world.PassMoment(this);
        if (IsDead || world.IsOver) throw new KilledException();
    }

    public void Die(string how)
    {
        Kill(how);
        throw new KilledException();
    }

    public void Kill(string how)
    {
        if (IsDead) return;
        IsDead = true;
        world.Story?.Add($"{world.Stamp} {Agent.Name}: {how}");
        world.Disk.Release(this);
    }
}
