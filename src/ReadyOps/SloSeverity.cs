namespace ReadyOps;

/// <summary>How loudly a burn rate calls.</summary>
public enum SloSeverity
{
    /// <summary>Somebody must look now.</summary>
    Page,

    /// <summary>Somebody must look in the next days.</summary>
    Ticket,
}
