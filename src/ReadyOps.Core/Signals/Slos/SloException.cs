namespace ReadyOps.Core.Signals.Slos;

/// <summary>An objective that cannot be judged as it is defined.</summary>
/// <param name="member">Which part of the definition, by its name in a document.</param>
/// <param name="problem">What is wrong with it, without a full stop.</param>
/// <param name="expected">What it should be.</param>
public sealed class SloException(string member, string problem, string expected)
    : ReadyOpsException("SloInvalid", $"The objective cannot be judged: {member}: {problem}.", $"Give {expected}.")
{
    /// <summary>Which part of the definition, by its name in a document.</summary>
    public string Member => member;

    /// <summary>What is wrong with it.</summary>
    public string Problem => problem;

    /// <summary>What it should be.</summary>
    public string Expected => expected;
}
