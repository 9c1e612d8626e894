namespace ReadyOps;

/// <summary>What to do about a signal that does not pass.</summary>
public enum TroubleAction
{
    /// <summary>Hold the share where it is for as long as it takes.</summary>
    Hold,

    /// <summary>Pause and escalate; go on by itself when every signal passes again.</summary>
    Pause,

    /// <summary>Roll back.</summary>
    Rollback,
}
