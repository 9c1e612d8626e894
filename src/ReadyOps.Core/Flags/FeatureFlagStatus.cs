namespace ReadyOps.Core.Flags;

/// <summary>How a <see cref="FeatureFlagClient"/> stands, and why.</summary>
/// <param name="State">How it stands.</param>
/// <param name="Reason">What is wrong, and what to do about it; empty while nothing is.</param>
/// <param name="Since">Since when it stands so (UTC).</param>
public sealed record FeatureFlagStatus(FeatureFlagState State, string Reason, DateTimeOffset Since)
{
    /// <summary>The version of the document that is served, as its store names it; empty before the first.</summary>
    public string Version { get; init; } = "";

    /// <summary>When that document was taken into service (UTC); <see langword="null"/> before the first.</summary>
    public DateTimeOffset? ServedSince { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Reason.Length == 0 ? State.ToString() : $"{State} since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z: {Reason}";
}
