namespace ReadyOps.Simulation;

/// <summary>How something that others ask behaves: minutes of one thing, then of another, as the seed decides.</summary>
internal sealed class SimMoods<T>(SeedRandom random, T good, T[] bad, long start)
    where T : struct, Enum
{
    private const int Length = 64;
    private static readonly long s_minute = TimeSpan.FromMinutes(1).Ticks;

    private readonly T[] _minutes = Draw(random, good, bad);

    /// <summary>How it behaves at a moment.</summary>
    public T At(SimWorld world) => world.IsCalm ? good : _minutes[(int)((world.Scheduler.Now - start) / s_minute % Length)];

    private static T[] Draw(SeedRandom random, T good, T[] bad)
    {
        int health = random.Pick(20, 50, 80, 100);
        var minutes = new T[Length];
        for (int i = 0; i < Length;)
        {
            T now = random.Chance(health) ? good : bad[random.Below(bad.Length)];
            for (int end = Math.Min(Length, i + random.Between(1, 6)); i < end; i++) minutes[i] = now;
        }

        return minutes;
    }
}
