using System.Globalization;
using System.Numerics;
using System.Text;
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
    [InlineData("1e999999999999999999", "1e999999999999999998", 1)]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890.000e0", 0)]
    [InlineData("123456789012345678901234567890", "12345678901234567890123456789.1e1", -1)]
    [InlineData("0.123456789012345678901234567890", "12345678901234567890.123456789e-20", 0)]
    [InlineData("100000000000000000000000000001", "1e29", 1)]
    [InlineData("999999999999999999", "1000000000000000000", -1)]
    [InlineData("18446744073709551615", "18446744073709551616", -1)]
    [InlineData("1e-5", "0.00001", 0)]
    [InlineData("-0", "0e-5", 0)]
    public void Numbers_compare_by_their_value(string a, string b, int order)
    {
        Assert.Equal(order, Order(a, b));
        Assert.Equal(-order, Order(b, a));
        Assert.Equal(order == 0, ExactNumber.AreEqual(Bytes(a), Bytes(b)));
        if (order == 0) Assert.Equal(ExactNumber.Hash(Bytes(a)), ExactNumber.Hash(Bytes(b)));
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
    [InlineData("1e308", "0.5", true)]
    [InlineData("1e-400", "1e-401", true)]
    [InlineData("1e-401", "1e-400", false)]
    [InlineData("600000000000000000000000000000000000000000000000000.00", "3e-2", true)]
    [InlineData("600000000000000000000000000000000000000000000000000.01", "3e-2", false)]
    [InlineData("246913578024691357802469135780", "123456789012345678901234567890", true)]
    [InlineData("246913578024691357802469135781", "123456789012345678901234567890", false)]
    [InlineData("1e40", "1000000000000000000000000000000000000003", false)]
    public void Multiples_are_exact(string value, string divisor, bool multiple) =>
        Assert.Equal(multiple, IsMultiple(value, divisor));

    [Theory]
    [InlineData("1.0", true)]
    [InlineData("1e3", true)]
    [InlineData("15e-1", false)]
    [InlineData("150e-1", true)]
    [InlineData("0.0", true)]
    public void A_number_without_a_fraction_is_whole_however_it_is_written(string value, bool whole) => Assert.Equal(whole, new NumberToken(Bytes(value)).IsInteger);

    [Fact]
    public void It_orders_as_decimals_do()
    {
        Gen<decimal> number = Gen.Choose(-100_000, 100_000).SelectMany(digits => Gen.Choose(0, 6), (digits, scale) => new decimal(Math.Abs(digits), 0, 0, digits < 0, (byte)scale));
        Prop.ForAll(number.ToArbitrary(), number.ToArbitrary(), (a, b) =>
            Math.Sign(a.CompareTo(b)) == Order(Text(a), Text(b))
            && (b <= 0 || (a % b == 0) == IsMultiple(Text(a), Text(b)))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void It_reckons_as_big_integers_do()
    {
        Gen<string> number = Gen.Choose(1, 60).SelectMany(length => Gen.Choose(0, 9).ListOf(length), (_, digits) => string.Concat(digits).TrimStart('0'))
            .Where(text => text.Length > 0).SelectMany(_ => Gen.Choose(0, 3), (text, zeros) => text + new string('0', zeros * 4));
        Prop.ForAll(number.ToArbitrary(), number.ToArbitrary(), (a, b) =>
        {
            (BigInteger one, BigInteger other) = (BigInteger.Parse(a, CultureInfo.InvariantCulture), BigInteger.Parse(b, CultureInfo.InvariantCulture));
            string product = (one * other).ToString(CultureInfo.InvariantCulture);
            return Math.Sign(one.CompareTo(other)) == Order(a, b)
                && (one % other).IsZero == IsMultiple(a, b)
                && IsMultiple(product, b);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("3.0", 3)]
    [InlineData("2e2", 200)]
    [InlineData("0", 0)]
    [InlineData("-1", 0)]
    [InlineData("2147483648", int.MaxValue)]
    [InlineData("1e400", int.MaxValue)]
    public void A_limit_of_a_count_is_an_integer(string value, int count) => Assert.Equal(count, ExactNumber.Parse(value).ToCount());

    [Fact]
    public void Long_numbers_take_time_and_memory_as_they_are_long()
    {
        byte[] digits = Bytes(new string('7', 1_000_000));
        byte[] exponent = Bytes("1e" + new string('9', 1_000_000));
        var seven = new NumberDivisor("7"u8);
        var third = new NumberDivisor("0.0003"u8);
        ExactNumber limit = ExactNumber.Parse(digits);
        Assert.True(seven.Divides(digits));
        Assert.False(third.Divides(exponent));
        long before = GC.GetAllocatedBytesForCurrentThread();
        seven.Divides(digits);
        third.Divides(exponent);
        (int more, int equal) = (limit.Compare(exponent), limit.Compare(digits));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(more > 0);
        Assert.Equal(0, equal);
        Assert.Throws<ArgumentException>(() => new NumberDivisor(digits));
        Assert.Throws<ArgumentException>(() => new NumberDivisor("0.0"u8));
        Assert.Throws<ArgumentException>(() => new NumberDivisor("-1"u8));
    }

    private static int Order(string a, string b) => ExactNumber.Parse(b).Compare(Bytes(a));

    private static bool IsMultiple(string value, string divisor) => new NumberDivisor(Bytes(divisor)).Divides(Bytes(value));

    private static byte[] Bytes(string json) => Encoding.ASCII.GetBytes(json);

    private static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);
}
