namespace ReadyOps.Simulation;

/// <summary>What kind of world a seed makes, known before it is run. Of one object either a world is made or nothing is.</summary>
internal sealed class SimDraw
{
    private SimPlan? _plan;

    public SimDraw(ulong seed)
    {
        Random = new SeedRandom(seed * 0x9E3779B97F4A7C15);
        Profile = new SimProfile(Random.Fork());
        Extras = new SimExtras(new SeedRandom(seed ^ 0xD1B54A32D192ED03), Profile.IsWindow);
    }

    public SimProfile Profile { get; }

    public SimExtras Extras { get; }

    /// <summary>The document. Drawn when it is asked for, because that takes longer than all the rest.</summary>
    public SimPlan Plan => _plan ??= SimPlan.Draw(Random.Fork(), Profile, Extras);

    /// <summary>Draws whatever else the world has, once the plan is drawn.</summary>
    public SeedRandom Random { get; }
}
