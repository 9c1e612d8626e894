using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Signals;

public sealed class MetricSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["job"] = "api", ["code"] = "503" };

    [Theory]
    [InlineData("m", true)]
    [InlineData("m{}", true)]
    [InlineData("m{job=\"api\"}", true)]
    [InlineData(" m { job = 'api' , } ", true)]
    [InlineData("m{job=\"ap\"}", false)]
    [InlineData("m{job!=\"ap\"}", true)]
    [InlineData("m{code=~\"5..\"}", true)]
    [InlineData("m{code=~\"5\"}", false)] // anchored
    [InlineData("m{code=~\"4..|5..\"}", true)]
    [InlineData("m{code!~\"5..\"}", false)]
    [InlineData("m{code=~`5\\d+`}", true)]
    [InlineData("m{code=~\"5\\\\d+\"}", true)]
    [InlineData("m{job=\"api\",code=\"200\"}", false)]
    [InlineData("m{none=\"\"}", true)] // a label that is not there is empty
    [InlineData("m{none!=\"\"}", false)]
    [InlineData("m{none=~\".*\"}", true)]
    [InlineData("m{none=~\".+\"}", false)]
    public void Series_match_as_in_promql(string selector, bool expected) =>
        Assert.Equal(expected, MetricSelector.Parse(selector).Matches(Labels));

    [Theory]
    [InlineData("", "metric name")]
    [InlineData("{job=\"api\"}", "metric name")]
    [InlineData("m{job}", "needs one of")]
    [InlineData("m{job=api}", "not in quotes")]
    [InlineData("m{job=\"api}", "not closed")]
    [InlineData("m{job=\"api\"", "'}' is missing")]
    [InlineData("m{job=~\"(\"}", "(")]
    [InlineData("m{job=~\"\\d\"}", "no escape")]
    [InlineData("m{job=~\"(a)\\\\1\"}", "")]
    [InlineData("rate(m[5m])", "follows the selector")]
    [InlineData("m[5m]", "follows the selector")]
    public void What_is_no_selector_is_refused_with_a_reason(string text, string said)
    {
        ReadyOpsException e = Assert.Throws<ReadyOpsException>(() => MetricSelector.Parse(text));
        Assert.Equal("SelectorInvalid", e.Id);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_text_is_a_selector_or_not_and_nothing_else()
    {
        Gen<string> piece = Gen.Elements("m", "{", "}", "\"", "'", "`", "\\", "=", "=~", "!~", "!=", ",", " ", "(", "[", "*", "a{2}", "é");
        Check.QuickThrowOnFailure(Prop.ForAll(piece.ListOf().ToArbitrary(), pieces =>
        {
            bool read = MetricSelector.TryParse(string.Concat(pieces), out MetricSelector? selector, out string problem);
            Assert.Equal(read, selector is not null);
            Assert.Equal(read, problem.Length == 0);
        }));
    }
}
