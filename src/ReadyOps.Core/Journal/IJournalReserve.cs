namespace ReadyOps.Core.Journal;

/// <summary>A store that keeps some room on its disk for what cannot wait until there is more.</summary>
internal interface IJournalReserve
{
    /// <summary>Keeps the room, or as much of it as was given back, while there is plenty. Never fails; cheap where nothing is missing.</summary>
    void KeepRoom();
}
