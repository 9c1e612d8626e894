namespace ReadyOps;

/// <summary>An expected failure that says what happened, where and why, and what to do next.</summary>
public class ReadyOpsException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="id">What went wrong in PascalCase, for example <c>TargetUnreachable</c>: the ErrorId in PowerShell.</param>
    /// <param name="message">What, where and why, in a sentence or two.</param>
    /// <param name="nextStep">What to do about it.</param>
    /// <param name="inner">The cause.</param>
    public ReadyOpsException(string id, string message, string nextStep = "", Exception? inner = null)
        : base(message, inner)
    {
        Id = id;
        NextStep = nextStep;
    }

    /// <summary>What went wrong in PascalCase: the ErrorId in PowerShell.</summary>
    public string Id { get; }

    /// <summary>What to do about it; empty when there is nothing to say.</summary>
    public string NextStep { get; }
}
