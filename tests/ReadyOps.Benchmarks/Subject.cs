namespace ReadyOps.Benchmarks;

/// <summary>Something to be timed.</summary>
/// <param name="Name">What to call it in the table.</param>
/// <param name="Run">One run of it.</param>
internal sealed record Subject(string Name, Func<Task> Run)
{
    /// <summary>What has to happen before each run and is not timed.</summary>
    public Action? Before { get; init; }
}
