using System.Management.Automation;

namespace ReadyOps.Binding;

/// <summary>Names as users look for them, with wildcards and in any case.</summary>
internal sealed class Wildcards
{
    private readonly WildcardPattern[] _patterns;

    public Wildcards(IEnumerable<string>? patterns) =>
        _patterns = [.. (patterns ?? []).Select(pattern => new WildcardPattern(pattern, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant))];

    /// <summary>Whether a text is like any of the patterns; without patterns, any text is.</summary>
    public bool Match(string text) => _patterns.Length == 0 || _patterns.Any(pattern => pattern.IsMatch(text));
}
