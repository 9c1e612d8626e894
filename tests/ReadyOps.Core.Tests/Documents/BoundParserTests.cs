using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Tests.Documents;

public sealed class BoundParserTests
{
    private static Bound Read(string text)
    {
        Assert.True(Quantities.TryParseBound(text, out Bound? bound, out string problem), problem);
        Assert.Equal("", problem);
        return bound;
    }

    [Theory]
    [InlineData("< 1%", BoundOperator.Less, Unit.Ratio, new[] { 0.01 })]
    [InlineData("<1%", BoundOperator.Less, Unit.Ratio, new[] { 0.01 })]
    [InlineData("<= 500ms", BoundOperator.LessOrEqual, Unit.Seconds, new[] { 0.5 })]
    [InlineData("<= 500 ms", BoundOperator.LessOrEqual, Unit.Seconds, new[] { 0.5 })]
    [InlineData("> -3", BoundOperator.Greater, Unit.None, new[] { -3.0 })]
    [InlineData(">= 98%", BoundOperator.GreaterOrEqual, Unit.Ratio, new[] { 0.98 })]
    [InlineData("== 1", BoundOperator.Equal, Unit.None, new[] { 1.0 })]
    [InlineData("!= 0", BoundOperator.NotEqual, Unit.None, new[] { 0.0 })]
    [InlineData("in [200, 204]", BoundOperator.In, Unit.None, new[] { 200.0, 204.0 })]
    [InlineData("in[1ms,0]", BoundOperator.In, Unit.Seconds, new[] { 0.001, 0.0 })]
    [InlineData("between 0.9 and 1.1", BoundOperator.Between, Unit.None, new[] { 0.9, 1.1 })]
    [InlineData("between 0 and 5%", BoundOperator.Between, Unit.Ratio, new[] { 0.0, 0.05 })]
    [InlineData("within 10% of 131.57ms", BoundOperator.Within, Unit.Seconds, new[] { 0.118413, 0.144727 })]
    [InlineData("within 5ms of 100ms", BoundOperator.Within, Unit.Seconds, new[] { 0.095, 0.105 })]
    [InlineData("within 10% of -2", BoundOperator.Within, Unit.None, new[] { -2.2, -1.8 })]
    [InlineData("within 1% of 50%", BoundOperator.Within, Unit.Ratio, new[] { 0.495, 0.505 })]
    [InlineData("  < 1h30m  ", BoundOperator.Less, Unit.Seconds, new[] { 5400.0 })]
    public void A_bound_on_numbers_is_read(string text, BoundOperator op, Unit unit, double[] numbers)
    {
        Bound bound = Read(text);
        Assert.Equal(op, bound.Operator);
        Assert.Equal(unit, bound.Unit);
        Assert.Equal(numbers, bound.Numbers);
        Assert.False(bound.IsText);
        Assert.Equal(text.Trim(), bound.Text);
    }

    [Theory]
    [InlineData("== compliant", BoundOperator.Equal, new[] { "compliant" })]
    [InlineData("!= 'a b'", BoundOperator.NotEqual, new[] { "a b" })]
    [InlineData("== \"a b\"", BoundOperator.Equal, new[] { "a b" })]
    [InlineData("== '1'", BoundOperator.Equal, new[] { "1" })]
    [InlineData("== ''", BoundOperator.Equal, new[] { "" })]
    [InlineData("== 1.2.3", BoundOperator.Equal, new[] { "1.2.3" })]
    [InlineData("== true", BoundOperator.Equal, new[] { "true" })]
    [InlineData("in [aws, gcp, azure]", BoundOperator.In, new[] { "aws", "gcp", "azure" })]
    [InlineData("in ['a, b', \"c]\"]", BoundOperator.In, new[] { "a, b", "c]" })]
    public void A_bound_on_texts_is_read(string text, BoundOperator op, string[] words)
    {
        Bound bound = Read(text);
        Assert.Equal(op, bound.Operator);
        Assert.Equal(words, bound.Words);
        Assert.Empty(bound.Numbers);
        Assert.True(bound.IsText);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("1%", "does not begin with an operator")]
    [InlineData("compliant", "does not begin with an operator")]
    [InlineData("= 1", "write '=='")]
    [InlineData("=< 1", "write '=='")]
    [InlineData("<", "a value is missing")]
    [InlineData("< fast", "needs a number")]
    [InlineData("< '1'", "needs a number")]
    [InlineData("<= 5mb", "needs a number")]
    [InlineData("< 1e400", "not a finite number")]
    [InlineData("== NaN", "not a finite number")]
    [InlineData("<= +Inf", "not a finite number")]
    [InlineData("== a b", "must stand in quotes")]
    [InlineData("== 'a", "quotation mark")]
    [InlineData("== 'a'b'", "quotation mark")]
    [InlineData("in aws, gcp", "square brackets")]
    [InlineData("in []", "a value is missing")]
    [InlineData("in [a,]", "a value is missing")]
    [InlineData("in [1, aws]", "mixes numbers and texts")]
    [InlineData("in ['a, b]", "quotation mark")]
    [InlineData("in [1%, 5ms]", "mixes units: per cent and time")]
    [InlineData("between 1", "two numbers")]
    [InlineData("between a and b", "is no number")]
    [InlineData("between 2 and 1", "lies above")]
    [InlineData("between 1ms and 1MB", "mixes units: time and size")]
    [InlineData("between 0.9 and 110%", "mixes units: a plain number and per cent")]
    [InlineData("within 10%", "a tolerance and a value")]
    [InlineData("within 5ms of 3", "mixes units: time and a plain number")]
    [InlineData("within -5 of 3", "negative")]
    [InlineData("within 10% of green", "is no number")]
    [InlineData("within 1e308 of 1.7e308", "not finite")]
    [InlineData("inside [1]", "does not begin with an operator")]
    [InlineData("<< 1%", "'<< 1%' has one operator too many")]
    [InlineData("> = 98%", "'> = 98%' has one operator too many")]
    public void What_is_no_bound_says_why(string text, string why)
    {
        Assert.False(Quantities.TryParseBound(text, out Bound? bound, out string problem));
        Assert.Null(bound);
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_edge_of_a_bound_is_the_number_as_it_is_written()
    {
        Assert.True(Read("<= 1%").Holds(0.01));
        Assert.True(Read(">= 99.9%").Holds(0.999));
        Assert.True(Read("<= 131.57ms").Holds(0.13157));
        Assert.True(Read("within 10% of 131.57ms").Holds(0.144727));
        Assert.False(Read("< 1%").Holds(0.01));
    }

    [Fact]
    public void A_very_long_text_is_refused_at_once() =>
        Assert.False(Quantities.TryParseBound("in [" + new string('a', 5000) + "]", out _, out _));

    [Fact]
    public void No_text_at_all_makes_the_parser_throw()
    {
        Gen<string> pieces = Gen.Elements("in", "[", "]", "between", " ", "and", "within", "of", "<", "=", "'", "\"", ",", "1", "e9", "%", "ms", "-", ".", "x", "\0")
            .ListOf().Select(list => string.Concat(list));
        Prop.ForAll(Gen.OneOf(pieces, ArbMap.Default.GeneratorFor<string>().Where(text => text is not null)).ToArbitrary(), text =>
        {
            bool read = Quantities.TryParseBound(text, out Bound? bound, out string problem);
            bool duration = Quantities.TryParseDuration(text, out TimeSpan span), share = Quantities.TryParsePercent(text, out decimal percent);
            return (duration || span == TimeSpan.Zero) && (share || percent == 0) && read == (problem.Length == 0) && read == bound is not null && (bound?.Numbers.All(double.IsFinite) ?? true);
        }).QuickCheckThrowOnFailure();
    }
}
