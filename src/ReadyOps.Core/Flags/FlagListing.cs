using System.Collections.ObjectModel;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Flags.Strategies;

namespace ReadyOps.Core.Flags;

/// <summary>Flags as their documents have them, for people to read.</summary>
public static class FlagListing
{
    /// <summary>A flag with what its metadata say.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="location">Where its document lives, as it was named.</param>
    /// <param name="now">What to hold its expiry against.</param>
    public static FeatureFlag Describe(FlagDefinition flag, string location, DateTimeOffset now) => new()
    {
        Key = flag.Key,
        Enabled = flag.Enabled,
        Kind = flag.Kind,
        Owner = flag.Owner,
        Description = flag.Description,
        Expires = flag.Expires,
        IsStale = flag.Expires <= now,
        Strategy = Strategy(flag, now),
        Requires = [.. Requires(flag).Select(one => $"{one.Key}={one.Value}")],
        Group = FlagStrategies.Read(flag)?.Slot?.ToString() ?? "",
        DefaultVariant = flag.DefaultVariant,
        Variants = new ReadOnlyDictionary<string, object?>(flag.Variants.ToDictionary(variant => variant.Key, variant => variant.Value.ToObject(), StringComparer.Ordinal)),
        Targeting = flag.Targeting,
        Rollout = flag.Rollout,
        Location = location,
    };

    /// <summary>That there is no flag of a key.</summary>
    public static ReadyOpsException Missing(string key, string file, IReadOnlyList<string> known) =>
        new("FlagMissing", $"There is no flag '{key}' in {file}{Suggestion.For(key, known)}.", "Get-FeatureFlag lists those that there are.");

    private static string Strategy(FlagDefinition flag, DateTimeOffset now)
    {
        bool ruled = flag.Targeting is not null and not "{}";
        if (FlagStrategies.Read(flag) is not { } strategy) return ruled ? "own rule" : $"all at once: {flag.DefaultVariant ?? "(the caller's default)"}";
        string text = strategy.Describe();
        if (FlagSchedules.Pending(flag, now) is { } at) text = $"{text}, from {Progressive.Moment(at)}";
        // A rollout moves the share and leaves the parameters that it began with.
        return FlagStrategies.IsAsCompiled(flag) ? text : $"own rule, once {text}";
    }

    private static IReadOnlyDictionary<string, string> Requires(FlagDefinition flag)
    {
        try
        {
            return FlagRequirements.Read(flag);
        }
        catch (ReadyOpsException)
        {
            return new Dictionary<string, string> { ["(unreadable)"] = "" };
        }
    }
}
