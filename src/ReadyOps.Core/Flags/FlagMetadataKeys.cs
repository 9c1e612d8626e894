using System.Globalization;

namespace ReadyOps.Core.Flags;

/// <summary>What ReadyOps writes about a flag: flat members of its metadata, which flagd passes on and otherwise ignores.</summary>
public static class FlagMetadataKeys
{
    /// <summary>All of ours begin with this.</summary>
    public const string Prefix = "readyops.";

    /// <summary>Who answers for the flag: a text.</summary>
    public const string Owner = "readyops.owner";

    /// <summary>What it decides: a text.</summary>
    public const string Description = "readyops.description";

    /// <summary>The day or the moment (ISO 8601) from which on it is stale and should be removed.</summary>
    public const string Expires = "readyops.expires";

    /// <summary><c>release</c>, <c>operations</c> or <c>emergency</c>.</summary>
    public const string Kind = "readyops.kind";

    /// <summary>The rollout that owns the share: a text.</summary>
    public const string Rollout = "readyops.rollout";

    /// <summary>The flags that it requires: an object of JSON, as a text, from their keys to the variants that they must have.</summary>
    public const string Requires = "readyops.requires";

    /// <summary>From when on its strategy counts, while another counts before: a moment (ISO 8601).</summary>
    public const string At = "readyops.at";

    /// <summary>In the metadata of the set: how <c>fractional</c> deals out, <c>v1</c>, <c>v2</c> or <c>v3</c>.</summary>
    public const string Bucketing = "readyops.bucketing";

    /// <summary>The kind of flags that switch something off in an emergency.</summary>
    public const string EmergencyKind = "emergency";

    /// <summary>The kinds there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["release", "operations", EmergencyKind];

    /// <summary>The ways to deal out that there are.</summary>
    internal static IReadOnlyList<string> Bucketings { get; } = ["v1", "v2", "v3"];

    /// <summary>Reads a day (its beginning in UTC) or a moment with its offset.</summary>
    internal static bool TryReadMoment(string text, out DateTimeOffset moment) => DateTimeOffset.TryParseExact(
        text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment);
}
