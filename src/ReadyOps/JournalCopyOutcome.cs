namespace ReadyOps;

/// <summary>What copying a journal came to.</summary>
public enum JournalCopyOutcome
{
    /// <summary>Events were copied; both are the same now.</summary>
    Copied,

    /// <summary>Both were the same already.</summary>
    UpToDate,

    /// <summary>The destination begins with the same events and has gone on since: nothing was copied.</summary>
    DestinationAhead,
}
