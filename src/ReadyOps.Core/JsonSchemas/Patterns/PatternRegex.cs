using System.Text.RegularExpressions;

namespace ReadyOps.Core.JsonSchemas.Patterns;

/// <summary>
/// Runs a pattern as a regular expression of .NET. A backtracking one is made in microseconds and mostly fast; when it does not end soon, one that takes
/// linear time takes over for good, which is a hundred times as costly to make. One that is used a lot is compiled.
/// </summary>
internal sealed class PatternRegex
{
    private const int ManyMatches = 3_000;

    // The automaton of a larger one would be refused, after much work.
    private const int MostLinearSize = 5_000;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly string _pattern;
    private readonly bool _mayBeLinear;
    private volatile Regex _regex;
    private volatile bool _isFinal;
    private int _matches;

    public PatternRegex(PatternNode node, bool ascii, bool captures)
    {
        var writer = new PatternWriter(ascii, captures);
        _pattern = writer.Write(node);
        _mayBeLinear = !writer.Backtracks && node.Size <= MostLinearSize;
        _regex = Make(RegexOptions.None);
    }

    /// <summary>Whether linear time will do where it comes to that.</summary>
    public bool MayBeLinear => _mayBeLinear;

    /// <summary>Whether it matches.</summary>
    /// <exception cref="RegexMatchTimeoutException">It took too long.</exception>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        // Counting need not be exact, and two that compile at once do no harm.
        if (!_isFinal && ++_matches == ManyMatches) _regex = Make(RegexOptions.Compiled);
        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException) when (_mayBeLinear && !_isFinal)
        {
            _regex = MakeLinear();
            _isFinal = true;
            return _regex.IsMatch(text);
        }
    }

    private Regex Make(RegexOptions options) => new(_pattern, options | RegexOptions.CultureInvariant, _mayBeLinear ? Soon : Longest);

    private Regex MakeLinear()
    {
        try
        {
            return new Regex(_pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Longest);
        }
        catch (NotSupportedException)
        {
            return new Regex(_pattern, RegexOptions.CultureInvariant, Longest);
        }
    }
}
