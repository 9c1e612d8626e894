namespace ReadyOps.Simulation;

/// <summary>One rule taken out of the engine, as an edit of its source.</summary>
/// <param name="Name">Names it on the command line.</param>
/// <param name="Rule">The rule, in a sentence.</param>
/// <param name="File">The source, below <c>src/ReadyOps.Core</c>.</param>
/// <param name="Old">What stands there; once.</param>
/// <param name="New">What stands there instead; <c>$M</c> is true while this rule is out.</param>
internal sealed record Mutation(string Name, string Rule, string File, string Old, string New)
{
    /// <summary>In which worlds the rule can matter at all; in any when it is not said. The others need not be run to find out.</summary>
    public Func<SimDraw, bool>? In { get; init; }
}
