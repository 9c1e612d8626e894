namespace ReadyOps.Simulation;

/// <summary>
/// What kind of world a seed makes. Each has only some of the faults: with all of them at once nothing would ever get beyond its
/// first step, and some laws can be checked exactly only where clocks are right (swarm testing, Groce et al. 2012).
/// </summary>
internal sealed class SimProfile
{
    private readonly bool[] _enabled = new bool[Enum.GetValues<Fault>().Length];
    private readonly Fault[] _disturbances;

    public SimProfile(SeedRandom random)
    {
        Agents = random.Below(100) switch { < 62 => 1, < 90 => 2, _ => 3 };
        Http = random.OneIn(10);
        ClocksAreRight = random.Chance(70);
        Commands = random.Below(100) switch { < 70 => random.Between(5, 10), < 93 => random.Between(11, 22), _ => random.Between(22, 44) };
        Operators = random.Pick(0, 4, 10, 25);
        NewReleases = random.OneIn(5);
        Pace = random.Pick(15, 15, 30, 60);
        CalmAtTheEnd = random.OneIn(4);
        OpsBetweenFaults = random.Pick(15, 40, 40, 120);
        int density = random.Pick(0, 20, 40, 60);
        foreach (Fault fault in Enum.GetValues<Fault>().Where(fault => !SimExtras.Draws(fault))) _enabled[(int)fault] = random.Chance(density);
        _enabled[(int)Fault.Interleaved] = Agents > 1;
        if (ClocksAreRight) _enabled[(int)Fault.ClockForward] = _enabled[(int)Fault.ClockBack] = false;
        SeedRandom store = random.Fork();
        IsShared = store.OneIn(5);
        Lease = TimeSpan.FromSeconds(store.Pick(6, 10, 15, 30));
        FlushesLate = store.OneIn(2);
        IsWindow = store.OneIn(8);
        if (IsWindow) (Commands, Pace) = (store.Between(8, 28), store.Pick(15, 30, 45, 60));
        if (IsShared && Agents == 1 && store.OneIn(2)) Agents = 2;
        // What has no meaning where the others are: a database takes a write as a whole or not at all.
        foreach (Fault fault in IsShared ? [Fault.ShortWrite, Fault.FlushFails, Fault.CutFails, Fault.BitFlipped, Fault.ActsLate] : new[] { Fault.StoreDown, Fault.StoreSlow, Fault.StoreCut, Fault.StoreRestarted, Fault.ActsLate })
            _enabled[(int)fault] = false;
        _enabled[(int)Fault.Interleaved] = Agents > 1;
        // Damage ends a world; it must be rare among the others.
        if (!random.OneIn(3)) _enabled[(int)Fault.BitFlipped] = false;
        _disturbances = [.. Enum.GetValues<Fault>().Where(fault => _enabled[(int)fault] && fault is not (Fault.Interleaved or Fault.MetricsStale))];
    }

    public int Agents { get; }

    /// <summary>Whether the journals are in a database, where a lease ends by itself, and not on a disk.</summary>
    public bool IsShared { get; }

    /// <summary>Whether it watches a release for a time instead of rolling one out.</summary>
    public bool IsWindow { get; }

    /// <summary>How long a lease lasts that is not renewed.</summary>
    public TimeSpan Lease { get; }

    /// <summary>Whether the database is set up to answer before it has flushed.</summary>
    public bool FlushesLate { get; }

    /// <summary>Whether the metrics come over HTTP, through the real client, or straight from a source.</summary>
    public bool Http { get; }

    public bool ClocksAreRight { get; }

    /// <summary>How many commands each agent gives.</summary>
    public int Commands { get; }

    /// <summary>How many of a hundred commands are a person's.</summary>
    public int Operators { get; }

    public bool NewReleases { get; }

    /// <summary>Seconds between two commands, most of the time.</summary>
    public int Pace { get; }

    public bool CalmAtTheEnd { get; }

    public int OpsBetweenFaults { get; }

    public IReadOnlyList<Fault> Disturbances => _disturbances;

    public bool Has(Fault fault) => _enabled[(int)fault];
}
