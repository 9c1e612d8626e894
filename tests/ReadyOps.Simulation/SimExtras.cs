namespace ReadyOps.Simulation;

/// <summary>
/// What a world has beyond one target with one share. Drawn from a sequence of its own, so that a world without any of it does not
/// depend on what others have.
/// </summary>
internal sealed class SimExtras
{
    /// <summary>Draws it.</summary>
    /// <param name="random">Decides it.</param>
    /// <param name="isPlain">Whether it has nothing beyond: a window has no steps.</param>
    public SimExtras(SeedRandom random, bool isPlain)
    {
        Random = random.Fork();
        Targets = 1;
        if (isPlain) return;
        Targets = random.Below(100) switch { < 82 => 1, < 93 => 2, _ => 3 };
        IsBlueGreen = random.OneIn(14);
        NamesPeople = !IsBlueGreen && random.OneIn(8);
        HasChecks = IsBlueGreen || random.OneIn(7);
        HasStepDeadlines = !IsBlueGreen && random.OneIn(8);
        HasHooks = random.OneIn(9);
    }

    /// <summary>Whether a fault is decided by what a world has beyond the others, and not drawn like the rest.</summary>
    public static bool Draws(Fault fault) => fault is >= Fault.CheckFails and <= Fault.HookUnheard;

    /// <summary>How many targets are moved as one.</summary>
    public int Targets { get; }

    /// <summary>Whether it goes from nobody to everybody by a check.</summary>
    public bool IsBlueGreen { get; }

    /// <summary>Whether named people get it before any share.</summary>
    public bool NamesPeople { get; }

    /// <summary>Whether steps wait for checks and people.</summary>
    public bool HasChecks { get; }

    public bool HasStepDeadlines { get; }

    /// <summary>Whether somebody is told when a person must look.</summary>
    public bool HasHooks { get; }

    /// <summary>Draws the rest of it.</summary>
    public SeedRandom Random { get; }
}
