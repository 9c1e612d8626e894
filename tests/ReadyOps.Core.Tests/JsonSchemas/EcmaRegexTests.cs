using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>What matches follows from ECMA-262, section 22.2; the cases are those where .NET differs.</summary>
public sealed class EcmaRegexTests
{
    [Theory]
    [InlineData(@"^\d+$", "12", true)]
    [InlineData(@"^\d+$", "٣", false)]
    [InlineData(@"^\D$", "٣", true)]
    [InlineData(@"^\w$", "é", false)]
    [InlineData(@"^\W$", "é", true)]
    [InlineData(@"^\s$", "\uFEFF", true)]
    [InlineData(@"^\s$", "\u0085", false)]
    [InlineData(@"^\S$", "\u0085", true)]
    [InlineData("^a$", "a\n", false)]
    [InlineData("^.$", "\U0001F432", true)]
    [InlineData("^.$", "\u2028", false)]
    [InlineData("^\U0001F432*$", "\U0001F432\U0001F432", true)]
    [InlineData("^\U0001F432*$", "\U0001F409", false)]
    [InlineData("^[\U0001F430-\U0001F440a]$", "\U0001F432", true)]
    [InlineData("^[\U0001F430-\U0001F440a]$", "\U0001F450", false)]
    [InlineData("^[\U0001F430-\U0001F440a]$", "a", true)]
    [InlineData("^[^a]$", "\U0001F432", true)]
    [InlineData("^[^\U0001F432]$", "\U0001F432", false)]
    [InlineData("^[^\U0001F432]$", "\U0001F433", true)]
    [InlineData(@"^\u{1F432}$", "\U0001F432", true)]
    [InlineData(@"^\uD83D\uDC32$", "\U0001F432", true)]
    [InlineData(@"^\x41\u0042\cJ$", "AB\n", true)]
    [InlineData(@"^\p{Letter}\p{Lu}\P{digit}$", "éÉx", true)]
    [InlineData(@"^[\d-x]$", "-", true)]
    [InlineData(@"^[[]$", "[", true)]
    [InlineData(@"^[a-z-[aeiou]$", "[", true)]
    [InlineData(@"^[\b]$", "\b", true)]
    [InlineData(@"^[^]$", "\n", true)]
    [InlineData(@"[]", "a", false)]
    [InlineData(@"\bé", "é", false)]
    [InlineData(@"^\-\%\/$", "-%/", true)]
    [InlineData(@"^(?<a>x)\k<a>(?=y)", "xxy", true)]
    [InlineData("a|b", "xb", true)]
    public void A_pattern_matches_as_ecma_262_says(string pattern, string text, bool matches) => Assert.Equal(matches, EcmaRegex.IsMatch(EcmaRegex.Compile(pattern), text));

    [Theory]
    [InlineData("[")]
    [InlineData("(")]
    [InlineData(@"\a")]
    [InlineData(@"\Z")]
    [InlineData(@"\")]
    [InlineData("[z-a]")]
    [InlineData(@"\u12")]
    [InlineData(@"\u{110000}")]
    [InlineData(@"\p{Script=Greek}")]
    [InlineData(@"\pL")]
    [InlineData("(?i)a")]
    [InlineData("(?>a)")]
    [InlineData("(?")]
    public void What_ecma_262_does_not_know_is_refused(string pattern) => Assert.ThrowsAny<ArgumentException>(() => EcmaRegex.Compile(pattern));

    [Fact]
    public void A_pattern_that_backtracks_without_end_elsewhere_ends_here()
    {
        string text = new string('a', 50_000) + "!";
        Assert.False(EcmaRegex.IsMatch(EcmaRegex.Compile("^(a+)+$"), text));
        // With a look-ahead it has to backtrack, and is cut off.
        Assert.False(EcmaRegex.IsMatch(EcmaRegex.Compile("^(?=a)(a+)+$"), text));
    }
}
