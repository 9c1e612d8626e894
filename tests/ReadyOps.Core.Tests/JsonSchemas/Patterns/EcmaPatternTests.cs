using System.Text;
using ReadyOps.Core.JsonSchemas.Patterns;

namespace ReadyOps.Core.Tests.JsonSchemas.Patterns;

/// <summary>What matches follows from ECMA-262, section 22.2; the cases are those where .NET differs.</summary>
public sealed class EcmaPatternTests
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
    [InlineData(@"^\P{L}\P{L}$", "\U0001F432", false)] // One character and not its two halves.
    [InlineData(@"^\D\D$", "\U0001F432", false)]
    [InlineData(@"^(?:[^a]|\uD83D)\uDC32$", "\U0001F432", false)]
    [InlineData(@"^\p{L}$", "\U00020000", true)] // An ideograph of plane 2.
    [InlineData(@"^\p{Lu}+$", "\U00010400Ä", true)] // DESERET CAPITAL LETTER LONG I
    [InlineData(@"^\p{Script=Greek}+$", "αβγ", true)]
    [InlineData(@"^\p{sc=Grek}+$", "αbγ", false)]
    [InlineData(@"^\p{Script_Extensions=Deva}$", "\u0964", true)] // DEVANAGARI DANDA: Common, and used in Devanagari.
    [InlineData(@"^\p{Script=Deva}$", "\u0964", false)]
    [InlineData(@"^\p{scx=Latin}$", "a", true)]
    [InlineData(@"^[\p{Emoji_Presentation}x]+$", "x\U0001F432", true)]
    [InlineData(@"^\p{ASCII}+$", "aé", false)]
    [InlineData(@"^\p{gc=Nd}\p{General_Category=Decimal_Number}$", "4٣", true)]
    [InlineData(@"^\p{Alphabetic}\p{White_Space}\P{Any}?$", "a ", true)]
    [InlineData(@"(?<b>y)?\k<b>x\1$", "x", true)] // A group that took no part matches nothing.
    [InlineData(@"^(a)(?<n>b)(c)\2\3$", "abcbc", true)] // .NET counts named groups last.
    [InlineData(@"^\1(a)$", "a", true)] // A reference ahead matches nothing.
    [InlineData(@"(?<!a)b", "cb", true)]
    [InlineData(@"(?<!a)b", "ab", false)]
    [InlineData(@"(?<!^)(?!$)", "\U0001F432", false)] // No place within a character.
    [InlineData(@"\bé\b", "aéa", true)]
    [InlineData(@"\Bé\B", "é", true)]
    [InlineData(@"a{2}{", "aa{", true)]
    [InlineData(@"^}]$", "}]", true)]
    [InlineData(@"^\$\{\{.*}}$", "${{ x }}", true)]
    [InlineData(@"^x{0}y$", "y", true)]
    [InlineData(@"^(ab){2}c?$", "abab", true)]
    [InlineData(@"^(ab|cd){2}$", "abcd", true)]
    [InlineData(@"^(ab|cd){2}$", "abc", false)]
    [InlineData(@"(^a|b$)", "cb", true)]
    [InlineData(@"(^a|b$)", "ca", false)]
    [InlineData(@"^[a-z]+a$", "bba", true)]
    [InlineData(@"", "", true)]
    [InlineData(@"^$", "a", false)]
    [InlineData(@"a*", "", true)]
    [InlineData(@"[0-9]{2,5}", "a1b22", true)]
    [InlineData(@"\.json$", "x.json", true)]
    [InlineData(@"\.json$", "x.jsons", false)]
    [InlineData(@"^.{2,3}$", "\U0001F432é", true)]
    [InlineData(@"^.{2,3}$", "\U0001F432", false)]
    [InlineData(@"^[^:]+:\d*$", "é🐲:12", true)]
    public void A_pattern_matches_as_ecma_262_says(string pattern, string text, bool matches) => Assert.Equal(matches, EcmaPattern.Compile(pattern).IsMatch(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("[")]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("a)")]
    [InlineData("*")]
    [InlineData("a**")]
    [InlineData("a++")]
    [InlineData("^*")]
    [InlineData("(?<=a)*")]
    [InlineData("{1}")]
    [InlineData("a{2,1}")]
    [InlineData("a{,5}")]
    [InlineData(@"\a")]
    [InlineData(@"\Z")]
    [InlineData(@"\")]
    [InlineData(@"\01")]
    [InlineData(@"\1")]
    [InlineData(@"(a)\2")]
    [InlineData(@"\k")]
    [InlineData(@"\k<a>")]
    [InlineData(@"(?<a>x)(?<a>y)")]
    [InlineData(@"(?<1a>x)")]
    [InlineData("[z-a]")]
    [InlineData(@"[\a]")]
    [InlineData(@"\u12")]
    [InlineData(@"\u{}")]
    [InlineData(@"\u{110000}")]
    [InlineData(@"\u{-1}")]
    [InlineData(@"\x+1")]
    [InlineData(@"\c1")]
    [InlineData(@"\pL")]
    [InlineData(@"\p{Greek}")]
    [InlineData(@"\p{L")]
    [InlineData("(?i)a")]
    [InlineData("(?>a)")]
    [InlineData("(?P<a>x)")]
    [InlineData("(?#a)")]
    [InlineData("(?")]
    public void What_ecma_262_does_not_know_is_refused(string pattern) => Assert.Throws<ArgumentException>(() => EcmaPattern.Compile(pattern));

    [Fact]
    public void A_pattern_that_backtracks_without_end_elsewhere_ends_here()
    {
        byte[] text = Encoding.UTF8.GetBytes(new string('a', 50_000) + "!");
        Assert.False(EcmaPattern.Compile("^(a+)+$").IsMatch(text));
        Assert.False(EcmaPattern.Compile("^(a|a)*$").IsMatch(text));
        Assert.False(EcmaPattern.Compile("^(.*a){12}b").IsMatch(text));
    }

    [Fact]
    public void A_pattern_that_has_to_backtrack_for_too_long_gives_no_verdict()
    {
        ReadyOpsException exception = Assert.Throws<ReadyOpsException>(() => EcmaPattern.Compile("^(?=a)(a|aa)+$").IsMatch(Encoding.UTF8.GetBytes(new string('a', 5_000) + "!")));
        Assert.Equal("PatternTooSlow", exception.Id);
        Assert.Contains("^(?=a)(a|aa)+$", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a{1000}){1000}")]
    [InlineData("((((a{100}){100}){100}){100}){100}")]
    [InlineData("a{99999999999999999999}")]
    [InlineData("(?=(a{2147483647}){2147483647})")]
    public void Repetitions_that_amount_to_too_much_are_refused(string pattern)
    {
        Assert.Contains("200,000", Assert.Throws<ArgumentException>(() => EcmaPattern.Compile(pattern)).Message, StringComparison.Ordinal);
        Assert.True(EcmaPattern.IsPattern(pattern)); // It is one all the same.
    }

    [Fact]
    public void Patterns_too_long_or_too_deep_are_refused()
    {
        Assert.Throws<ArgumentException>(() => EcmaPattern.Compile(new string('a', 16_385)));
        Assert.Throws<ArgumentException>(() => EcmaPattern.Compile(new string('(', 16_000)));
        Assert.Throws<ArgumentException>(() => EcmaPattern.Compile(string.Concat(Enumerable.Repeat("(?:", 201)) + "a" + new string(')', 201)));
        Assert.True(EcmaPattern.Compile(new string('a', 16_384)).IsMatch(Encoding.UTF8.GetBytes(new string('a', 16_384))));
    }

    [Theory]
    [InlineData("^[a-z][a-z0-9-]*$", true)]
    [InlineData(@"^\d{4}-\d{2}$", true)]
    [InlineData("^(foo|bar)$", true)]
    [InlineData("^x-", true)]
    [InlineData(@"^\S+$", true)]
    [InlineData("^.*$", true)]
    [InlineData(@"^v?\d+\.\d+(\.\d+)?$", true)]
    [InlineData("^[a-z]+[a-z0-9]$", false)]
    [InlineData("^(a|b)*$", false)]
    [InlineData("[a-z][0-9]+[a-z]", false)]
    public void Common_patterns_need_no_regular_expression(string pattern, bool simple) => Assert.Equal(simple, EcmaPattern.Compile(pattern).IsSimple);

    [Theory]
    [InlineData("^[a-z][a-z0-9-]*$", "release-1")]
    [InlineData("^(a|b)*$", "abba")]
    [InlineData("^(é|b)*$", "ébbé")]
    public void Matching_allocates_nothing(string pattern, string text)
    {
        EcmaPattern compiled = EcmaPattern.Compile(pattern);
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < 10; i++) Assert.True(compiled.IsMatch(utf8));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) compiled.IsMatch(utf8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
