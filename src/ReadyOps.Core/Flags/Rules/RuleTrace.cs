namespace ReadyOps.Core.Flags.Rules;

/// <summary>What an evaluation came by, for those who ask why.</summary>
internal sealed class RuleTrace
{
    // Rules over lists can take very many steps.
    private const int MostSteps = 1000;

    public List<FlagStep> Steps { get; } = [];

    public List<FlagBucket> Buckets { get; } = [];

    public Dictionary<string, object?> ContextValues { get; } = new(StringComparer.Ordinal);

    public void Step(FlagStep step)
    {
        if (Steps.Count < MostSteps) Steps.Add(step);
    }

    public void Bucket(FlagBucket bucket)
    {
        if (Buckets.Count < MostSteps) Buckets.Add(bucket);
    }
}
