namespace ReadyOps.Agent;

/// <summary>How a process of the agent can end.</summary>
internal static class ExitCode
{
    /// <summary>It did what it was asked to.</summary>
    public const int Done = 0;

    /// <summary>It did not, and said why.</summary>
    public const int Failed = 1;

    /// <summary>The command line could not be understood.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl+C before it was done (128 and the number of SIGINT).</summary>
    public const int Interrupted = 130;
}
