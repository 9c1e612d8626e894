using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Reports;

namespace ReadyOps.Core.Tests.Reports;

public sealed class ReportTextTests
{
    [Theory]
    [InlineData("a\r\nb\rc\u0085d\u2028e", "a\nb\nc\nd\ne")]
    [InlineData("nul\0 esc\u001b bell\u0007 c1\u0090", "nul� esc� bell� c1�")]
    [InlineData("admin\u202Enimda\u2066x\u2069", "admin�nimda�x�")]
    [InlineData("😀 日本 é\t", "😀 日本 é\t")]
    [InlineData("\uFFFE\uFFFF", "��")]
    public void What_no_report_may_hold_is_replaced_and_all_else_stays(string text, string clean) => Assert.Equal(clean, ReportText.Lines(text));

    // An attribute cannot hold such a text.
    [Fact]
    public void Half_of_a_surrogate_pair_is_replaced() => Assert.Equal("�x�", ReportText.Lines("\uD800x\uDC00"));

    [Fact]
    public void A_cleaned_text_is_clean() => Check.QuickThrowOnFailure(Prop.ForAll(ReportTesting.Hostile.ToArbitrary(), text => ReportText.Lines(ReportText.Lines(text)) == ReportText.Lines(text)));

    [Theory]
    [InlineData("/repo/deploy/gate.yaml:16", "deploy/gate.yaml", 16)]
    [InlineData("/other/gate.yaml:16", "../other/gate.yaml", 16)]
    [InlineData("gate.yaml:16", "gate.yaml", 16)]
    [InlineData("gate.yaml", "gate.yaml", 0)]
    [InlineData("a:b.yaml:0", "a:b.yaml:0", 0)]
    public void A_place_is_told_from_the_base_folder(string source, string file, int line)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The paths are those of Linux and macOS.");
        Assert.Equal((file, line), ReportText.Place(source, ReportTesting.Options));
    }

    [Fact]
    public void A_value_never_shows_on_the_other_side_of_its_bound() =>
        // 99.99999 % rounds to 100 % at five digits.
        Assert.StartsWith("99.99999", ReportText.Value(new Evidence { Value = 0.9999999, Bound = new Bound(">= 100%", BoundOperator.GreaterOrEqual, Unit.Ratio, [1]) }), StringComparison.Ordinal);

    [Theory]
    [InlineData(94.9999, "94.99")]
    [InlineData(100, "100")]
    [InlineData(0.5, "0.5")]
    public void A_score_is_rounded_down(double score, string shown) => Assert.Equal(shown, ReportText.Number(score));
}
