using System.Globalization;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>
/// A part of the users that a flag has for itself: the flags of a group are dealt out by one hash, each within its own slot, so that two
/// of them never meet, and raising the share of one moves nobody of another.
/// </summary>
/// <param name="Group">What the group is called; it is hashed with the targeting key.</param>
/// <param name="From">Where the slot begins, in per cent of the users (0–100), in steps of 0.001.</param>
/// <param name="To">Where it ends.</param>
public sealed record FlagSlot(string Group, decimal From, decimal To)
{
    /// <summary>How wide it is: the greatest share, in per cent of all users.</summary>
    public decimal Width => To - From;

    internal string? Problem() =>
        Group.Length == 0 ? "its group has no name"
        : From < 0 || To > 100 || To <= From ? string.Create(CultureInfo.InvariantCulture, $"a slot from {From}% to {To}% is none")
        : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Group} {From:0.###}-{To:0.###} %");
}
