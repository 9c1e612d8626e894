namespace ReadyOps.Simulation;

/// <summary>Random numbers that a seed decides, the same on every machine and version (SplitMix64, Steele, Lea and Flood 2014).</summary>
internal sealed class SeedRandom(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public int Below(int end) => (int)((Next() >> 33) % (uint)end);

    /// <summary>Both ends included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    public bool Chance(int percent) => Below(100) < percent;

    public bool OneIn(int times) => Below(times) == 0;

    public TimeSpan Seconds(int least, int most) => TimeSpan.FromSeconds(Between(least, most));

    public T Pick<T>(params ReadOnlySpan<T> choices) => choices[Below(choices.Length)];

    /// <summary>Another sequence, so that a change in one part of the world does not shift the others.</summary>
    public SeedRandom Fork() => new(Next());
}
