using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Tests.Checks;

public sealed class JudgeTests
{
    // The sentences are worked out by hand: value, bound, difference.
    [Theory]
    [InlineData(0.0231, "< 1%", Verdict.Fail, "Error rate 2.31% is above the bound < 1% by 1.31%.")]
    [InlineData(0.004, "< 1%", Verdict.Pass, "Error rate is 0.4%, within the bound < 1% by 0.6%.")]
    [InlineData(0.01, "< 1%", Verdict.Fail, "Error rate 1% is exactly on the bound < 1%, which leaves it out.")]
    [InlineData(0.01, "<= 1%", Verdict.Pass, "Error rate is 1%, exactly on the bound <= 1%.")]
    [InlineData(0.5, ">= 98%", Verdict.Fail, "Error rate 50% is below the bound >= 98% by 48%.")]
    [InlineData(0.2, "between 0.5 and 1.5", Verdict.Fail, "Error rate 0.2 is below the bound between 0.5 and 1.5 by 0.3.")]
    [InlineData(2, "between 0.5 and 1.5", Verdict.Fail, "Error rate 2 is above the bound between 0.5 and 1.5 by 0.5.")]
    [InlineData(3, "in [1, 2]", Verdict.Fail, "Error rate is 3, which breaks the bound in [1, 2].")]
    [InlineData(2, "in [1, 2]", Verdict.Pass, "Error rate is 2, which keeps the bound in [1, 2].")]
    public void A_number_is_judged_with_a_sentence_that_says_both_sides(double value, string bound, Verdict verdict, string reason)
    {
        Observation seen = Judge.Number("Error rate", value, CheckTesting.Bound(bound));
        Assert.Equal(verdict, seen.Verdict);
        Assert.Equal(reason, seen.Reason);
        Assert.Equal(value, seen.Value);
    }

    [Fact]
    public void Rounding_never_tells_a_value_on_the_wrong_side_of_its_bound()
    {
        // 999,999 of 1,000,000 is 99.9999%, which five digits would write as 100%.
        Observation seen = Judge.Number("Pass rate", 0.999999, CheckTesting.Bound(">= 100%"));
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.StartsWith("Pass rate 99.9999% is below the bound >= 100%", seen.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("< 1")]
    [InlineData(">= 1")]
    [InlineData("!= 1")]
    [InlineData("between 0 and 1")]
    public void Nothing_passes_on_NaN(string bound) =>
        Assert.Equal(Verdict.NoData, Judge.Number("Rate", double.NaN, CheckTesting.Bound(bound)).Verdict);

    [Theory]
    [InlineData(double.PositiveInfinity, ">= 1", Verdict.Inconclusive)]
    [InlineData(double.PositiveInfinity, "> 1", Verdict.Inconclusive)]
    [InlineData(double.PositiveInfinity, "!= 1", Verdict.Inconclusive)]
    [InlineData(double.PositiveInfinity, "< 1", Verdict.Fail)]
    [InlineData(double.NegativeInfinity, "< 1", Verdict.Inconclusive)]
    [InlineData(double.NegativeInfinity, ">= 1", Verdict.Fail)]
    [InlineData(double.PositiveInfinity, "between 0 and 1", Verdict.Fail)]
    public void An_infinity_never_passes(double value, string bound, Verdict verdict)
    {
        Observation seen = Judge.Number("Ratio", value, CheckTesting.Bound(bound));
        Assert.Equal(verdict, seen.Verdict);
        Assert.Null(seen.Margin);
    }

    [Theory]
    [InlineData(Unit.Ratio, "< 5")]
    [InlineData(Unit.Seconds, "< 5%")]
    [InlineData(Unit.None, "< 5s")]
    [InlineData(Unit.Bytes, "< 5s")]
    public void A_value_and_a_bound_of_different_kinds_are_an_error(Unit unit, string bound) =>
        Assert.Equal(Verdict.Error, Judge.Number("It", 0.98, unit, CheckTesting.Bound(bound)).Verdict);

    [Fact]
    public void Zero_needs_no_unit() =>
        Assert.Equal(Verdict.Pass, Judge.Number("Latency", 0.1, Unit.Seconds, CheckTesting.Bound("> 0")).Verdict);

    [Fact]
    public void Whole_numbers_that_a_double_cannot_tell_apart_are_not_called_equal()
    {
        // 2^53 + 1 is read as 2^53.
        Observation seen = Judge.Number("Id", 9_007_199_254_740_993, CheckTesting.Bound("== 9007199254740992"));
        Assert.Equal(Verdict.Inconclusive, seen.Verdict);
    }

    [Theory]
    [InlineData("compliant", "== compliant", Verdict.Pass, "Status is 'compliant', which keeps the bound == compliant.")]
    [InlineData("iterating", "== compliant", Verdict.Fail, "Status is 'iterating', which breaks the bound == compliant.")]
    [InlineData("Compliant", "== compliant", Verdict.Fail, "Status is 'Compliant', which breaks the bound == compliant.")]
    [InlineData("98.28%", ">= 98%", Verdict.Pass, "Status is 98.28%, within the bound >= 98% by 0.28%.")]
    [InlineData("131.57ms", "<= 0.1s", Verdict.Fail, "Status 131.57ms is above the bound <= 0.1s by 31.57ms.")]
    [InlineData("n/a", ">= 98%", Verdict.Error, "Status is 'n/a', which is no number that the bound >= 98% could be held against.")]
    public void A_text_is_judged_by_letter_or_by_the_number_that_it_is(string value, string bound, Verdict verdict, string reason)
    {
        Observation seen = Judge.Text("Status", value, CheckTesting.Bound(bound));
        Assert.Equal((verdict, reason), (seen.Verdict, seen.Reason));
    }

    [Fact]
    public void A_text_from_outside_is_told_short_and_on_one_line()
    {
        Observation seen = Judge.Text("Status", "a\nb" + new string('x', 5000), CheckTesting.Bound("== ok"));
        Assert.StartsWith("Status is 'a bxxx", seen.Reason, StringComparison.Ordinal);
        Assert.InRange(seen.Reason.Length, 200, 300);
        Assert.DoesNotContain('\n', seen.Reason);
    }
}
