using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace ReadyOps.Core.JsonSchemas.Patterns;

/// <summary>
/// A pattern of ECMA-262 with Unicode, compiled. Most are simple enough to be matched against the bytes of the text as they are; the others run as
/// regular expressions of .NET, in linear time unless they look around or back, and never for long.
/// </summary>
internal sealed class EcmaPattern
{
    private const int ShortText = 256;
    private const int MostSize = 200_000;

    private readonly PatternScan? _scan;
    private readonly Lazy<PatternRegex> _ascii;
    private readonly Lazy<PatternRegex> _unicode;

    private EcmaPattern(string text)
    {
        Text = text;
        PatternNode node = PatternParser.Parse(text, out bool captures);
        if (node.Size > MostSize) throw new ArgumentException("its counted repetitions amount to more than 200,000 characters");
        _scan = PatternScan.TryMake(node);
        _ascii = new(() => new PatternRegex(node, ascii: true, captures));
        _unicode = new(() => new PatternRegex(node, ascii: false, captures));
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether it is matched without a regular expression of .NET.</summary>
    internal bool IsSimple => _scan is not null;

    /// <summary>Whether it looks around or refers back, so that how long it takes is not in proportion to the text.</summary>
    public bool MayTakeLong => _scan is null && !_ascii.Value.MayBeLinear;

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="ArgumentException">It is no pattern, or one whose repetitions would take too much memory. The message completes "… is no pattern:".</exception>
    public static EcmaPattern Compile(string pattern) => new(pattern);

    /// <summary>Whether a text is a pattern.</summary>
    public static bool IsPattern(string text)
    {
        try
        {
            PatternParser.Parse(text, out _);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Whether the pattern matches somewhere in a text. Allocates nothing once the first text was matched.</summary>
    /// <param name="utf8">The text, without JSON's escapes.</param>
    /// <exception cref="ReadyOpsException"><c>PatternTooSlow</c>: it took too long to find out, so that neither verdict is right.</exception>
    public bool IsMatch(ReadOnlySpan<byte> utf8)
    {
        if (_scan is not null) return _scan.IsMatch(utf8);
        PatternRegex regex = (System.Text.Ascii.IsValid(utf8) ? _ascii : _unicode).Value;
        try
        {
            return utf8.Length <= ShortText ? IsShortMatch(regex, utf8) : IsLongMatch(regex, utf8);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new ReadyOpsException(
                "PatternTooSlow",
                $"The pattern '{Shown(Text)}' took more than a second on a text of {utf8.Length} bytes, so whether it matches is not known.",
                "Write the pattern without repetitions within repetitions, look-arounds and back references, or limit the length of the text by 'maxLength' in a schema that is checked before.");
        }
    }

    private static bool IsShortMatch(PatternRegex regex, ReadOnlySpan<byte> utf8)
    {
        Span<char> chars = stackalloc char[ShortText];
        return regex.IsMatch(chars[..Encoding.UTF8.GetChars(utf8, chars)]);
    }

    private static bool IsLongMatch(PatternRegex regex, ReadOnlySpan<byte> utf8)
    {
        char[] rented = ArrayPool<char>.Shared.Rent(utf8.Length);
        try
        {
            return regex.IsMatch(rented.AsSpan(0, Encoding.UTF8.GetChars(utf8, rented)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static string Shown(string text)
    {
        const int Most = 80;
        return text.Length <= Most ? text : $"{text[..(Most - 1)]}…";
    }
}
