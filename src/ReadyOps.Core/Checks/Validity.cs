namespace ReadyOps.Core.Checks;

/// <summary>How long what was seen holds.</summary>
internal static class Validity
{
    /// <summary>The earlier of two ends; <see langword="null"/> is no end.</summary>
    public static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;

    /// <summary>Until when at least so many of several still hold: the end of the one that runs out as the last that can be spared.</summary>
    /// <param name="ends">When each ends; <see langword="null"/> for never.</param>
    /// <param name="required">How many are needed: 1 to all.</param>
    public static DateTimeOffset? Until(IEnumerable<DateTimeOffset?> ends, int required) =>
        ends.OrderByDescending(end => end ?? DateTimeOffset.MaxValue).ElementAt(required - 1);
}
