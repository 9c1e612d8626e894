using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Tests.JsonSchemas;

public sealed class ExactNumberTests
{
    [Theory]
    [InlineData("1", "1.0", 0)]
    [InlineData("1", "10e-1", 0)]
    [InlineData("0", "-0.0", 0)]
    [InlineData("0e999", "0", 0)]
    [InlineData("1e400", "1e401", -1)]
    [InlineData("-1e400", "-1e401", 1)]
    [InlineData("9007199254740993", "9007199254740992", 1)]
    [InlineData("0.1", "0.1000000000000000055511151231257827", -1)]
    [InlineData("1e-999999999999999999999", "0", 1)]
    [InlineData("1e999999999999999999999", "5", 1)]
    [InlineData("-1", "1e-5", -1)]
    [InlineData("99", "1e2", -1)]
    public void Numbers_compare_by_their_value(string a, string b, int order)
    {
        Assert.Equal(order, ExactNumber.Parse(a).CompareTo(ExactNumber.Parse(b)));
        Assert.Equal(-order, ExactNumber.Parse(b).CompareTo(ExactNumber.Parse(a)));
        Assert.Equal(order == 0, ExactNumber.Parse(a) == ExactNumber.Parse(b));
    }

    [Theory]
    [InlineData("0.0075", "0.0001", true)]
    [InlineData("0.00751", "0.0001", false)]
    [InlineData("12391239123", "1e-8", true)]
    [InlineData("1e308", "0.123456789", false)]
    [InlineData("1e999999999", "7", false)]
    [InlineData("7e999999999", "7", true)]
    [InlineData("-9", "3", true)]
    [InlineData("0", "3", true)]
    [InlineData("1", "3", false)]
    public void Multiples_are_exact(string value, string divisor, bool multiple) =>
        Assert.Equal(multiple, ExactNumber.Parse(value).IsMultipleOf(ExactNumber.Parse(divisor)));

    [Theory]
    [InlineData("1.0", true)]
    [InlineData("1e3", true)]
    [InlineData("15e-1", false)]
    [InlineData("150e-1", true)]
    [InlineData("0.0", true)]
    public void A_number_without_a_fraction_is_whole_however_it_is_written(string value, bool whole) => Assert.Equal(whole, ExactNumber.Parse(value).IsInteger);

    [Fact]
    public void It_orders_as_decimals_do()
    {
        Gen<decimal> number = Gen.Choose(-100_000, 100_000).SelectMany(digits => Gen.Choose(0, 6), (digits, scale) => new decimal(Math.Abs(digits), 0, 0, digits < 0, (byte)scale));
        Prop.ForAll(number.ToArbitrary(), number.ToArbitrary(), (a, b) =>
            Math.Sign(a.CompareTo(b)) == ExactNumber.Parse(Text(a)).CompareTo(ExactNumber.Parse(Text(b)))
            && (b <= 0 || (a % b == 0) == ExactNumber.Parse(Text(a)).IsMultipleOf(ExactNumber.Parse(Text(b))))).QuickCheckThrowOnFailure();
    }

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
