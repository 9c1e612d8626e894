using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Tests.Documents;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("500ms", 5_000_000)]
    [InlineData("30s", 300_000_000)]
    [InlineData("5m", 3_000_000_000)]
    [InlineData("1h30m", 54_000_000_000)]
    [InlineData("1.5h", 54_000_000_000)]
    [InlineData("7d", 6_048_000_000_000)]
    [InlineData("2w", 12_096_000_000_000)]
    [InlineData("0.1s", 1_000_000)]
    [InlineData("1m30.5s", 905_000_000)]
    [InlineData("1w1d1h1m1s1ms", 6_048_000_000_000 + 864_000_000_000 + 36_000_000_000 + 600_000_000 + 10_000_000 + 10_000)]
    [InlineData("0.0001ms", 1)]
    [InlineData("90m", 54_000_000_000)]
    [InlineData("3650d", 3650L * 864_000_000_000)]
    public void A_duration_is_read_exactly(string text, long ticks)
    {
        Assert.True(Quantities.TryParseDuration(text, out TimeSpan duration));
        Assert.Equal(ticks, duration.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5.")]
    [InlineData(".5h")]
    [InlineData("-5m")]
    [InlineData("+5m")]
    [InlineData("m")]
    [InlineData("5M")]
    [InlineData("5min")]
    [InlineData("1h 30m")]
    [InlineData(" 5m")]
    [InlineData("30m1h")]
    [InlineData("1h1h")]
    [InlineData("1.5h30m")]
    [InlineData("1.2.3s")]
    [InlineData("1e3s")]
    [InlineData("3650d1ms")]
    [InlineData("99999999999999999999999999w")]
    [InlineData("99999999999999999999999999999999999w")]
    [InlineData("0.00001ms")]
    [InlineData("٣m")]
    [InlineData("5m\n")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Quantities.TryParseDuration(text, out _));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0%", "0")]
    [InlineData("0.0", "0")]
    [InlineData("1%", "1")]
    [InlineData("1 %", "1")]
    [InlineData("25%", "25")]
    [InlineData("25.0%", "25")]
    [InlineData("0.25", "25")]
    [InlineData("0.01", "1")]
    [InlineData("0.00001", "0.001")]
    [InlineData("12.345%", "12.345")]
    [InlineData("100%", "100")]
    public void A_share_is_read_in_per_cent(string text, string percent)
    {
        Assert.True(Quantities.TryParsePercent(text, out decimal read));
        Assert.Equal(percent, read.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("1.0")]
    [InlineData("25")]
    [InlineData("100")]
    [InlineData("100.001%")]
    [InlineData("12.3456%")]
    [InlineData("0.000001")]
    [InlineData("-1%")]
    [InlineData("%")]
    [InlineData("")]
    [InlineData(".5")]
    [InlineData("1e-1")]
    [InlineData("1,5%")]
    public void What_is_no_share_or_may_mean_two_is_refused(string text) => Assert.False(Quantities.TryParsePercent(text, out _));

    [Theory]
    [InlineData("1%", 0.01, Unit.Ratio)]
    [InlineData("0.1%", 0.001, Unit.Ratio)]
    [InlineData("99.9%", 0.999, Unit.Ratio)]
    [InlineData("7%", 0.07, Unit.Ratio)]
    [InlineData("500ms", 0.5, Unit.Seconds)]
    [InlineData("131.57ms", 0.13157, Unit.Seconds)]
    [InlineData("5us", 5e-6, Unit.Seconds)]
    [InlineData("5ns", 5e-9, Unit.Seconds)]
    [InlineData("2m", 120, Unit.Seconds)]
    [InlineData("0.1m", 6, Unit.Seconds)]
    [InlineData("1h30m", 5400, Unit.Seconds)]
    [InlineData("1d", 86400, Unit.Seconds)]
    [InlineData("1kB", 1000, Unit.Bytes)]
    [InlineData("1KB", 1000, Unit.Bytes)]
    [InlineData("10MB", 10_000_000, Unit.Bytes)]
    [InlineData("1.5GB", 1_500_000_000, Unit.Bytes)]
    [InlineData("1TB", 1e12, Unit.Bytes)]
    [InlineData("1KiB", 1024, Unit.Bytes)]
    [InlineData("1.5MiB", 1_572_864, Unit.Bytes)]
    [InlineData("1GiB", 1_073_741_824, Unit.Bytes)]
    [InlineData("5 MB", 5_000_000, Unit.Bytes)]
    [InlineData("42", 42, Unit.None)]
    [InlineData("-0.5", -0.5, Unit.None)]
    [InlineData("+3", 3, Unit.None)]
    [InlineData("1e3", 1000, Unit.None)]
    [InlineData("2.5E-3", 0.0025, Unit.None)]
    [InlineData("1e-30", 1e-30, Unit.None)]
    public void A_number_is_read_into_the_base_of_its_unit(string text, double expected, Unit expectedUnit)
    {
        Assert.True(Quantities.TryParseNumber(text, out double value, out Unit unit));
        Assert.Equal(expected, value);
        Assert.Equal(expectedUnit, unit);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("1e400")]
    [InlineData("1e99999999")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("5mb")]
    [InlineData("5 ")]
    [InlineData(" 5")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1,000")]
    [InlineData("0x10")]
    [InlineData("5%%")]
    [InlineData("-1h30m")]
    public void What_is_no_number_is_refused(string text) => Assert.False(Quantities.TryParseNumber(text, out _, out _));

    // Expected texts worked out by hand.
    [Theory]
    [InlineData(0.0231, Unit.Ratio, "2.31%")]
    [InlineData(0.01, Unit.Ratio, "1%")]
    [InlineData(0.07, Unit.Ratio, "7%")]
    [InlineData(1, Unit.Ratio, "100%")]
    [InlineData(0, Unit.Ratio, "0%")]
    [InlineData(1.0 / 3, Unit.Ratio, "33.333%")]
    [InlineData(0.5, Unit.Seconds, "500ms")]
    [InlineData(0.13157, Unit.Seconds, "131.57ms")]
    [InlineData(1.5, Unit.Seconds, "1.5s")]
    [InlineData(0.9999999, Unit.Seconds, "1s")]
    [InlineData(0.000005, Unit.Seconds, "5us")]
    [InlineData(0, Unit.Seconds, "0s")]
    [InlineData(90, Unit.Seconds, "1m30s")]
    [InlineData(90.25, Unit.Seconds, "90.25s")]
    [InlineData(5400.4, Unit.Seconds, "1h30m")]
    [InlineData(604800, Unit.Seconds, "7d")]
    [InlineData(-0.25, Unit.Seconds, "-250ms")]
    [InlineData(1_500_000_000, Unit.Bytes, "1.5GB")]
    [InlineData(999_999_999, Unit.Bytes, "1GB")]
    [InlineData(512, Unit.Bytes, "512B")]
    [InlineData(0, Unit.Bytes, "0B")]
    [InlineData(1234567, Unit.None, "1234567")]
    [InlineData(123456.78, Unit.None, "123457")]
    [InlineData(0.98765432, Unit.None, "0.98765")]
    [InlineData(1e-9, Unit.None, "1E-09")]
    [InlineData(1e20, Unit.None, "1E+20")]
    [InlineData(double.NaN, Unit.Seconds, "NaN")]
    [InlineData(double.PositiveInfinity, Unit.None, "+Inf")]
    [InlineData(double.NegativeInfinity, Unit.Ratio, "-Inf")]
    public void A_value_is_written_in_its_unit(double value, Unit unit, string expected) => Assert.Equal(expected, Quantities.Format(value, unit));

    [Fact]
    public void A_duration_is_written_with_its_units()
    {
        Assert.Equal("1h30m", Quantities.Format(TimeSpan.FromMinutes(90)));
        Assert.Equal("7d", Quantities.Format(TimeSpan.FromDays(7)));
        Assert.Equal("1s500ms", Quantities.Format(TimeSpan.FromMilliseconds(1500)));
        Assert.Equal("0.0001ms", Quantities.Format(new TimeSpan(1)));
        Assert.Equal("0s", Quantities.Format(TimeSpan.Zero));
        Assert.Equal("-5m", Quantities.Format(TimeSpan.FromMinutes(-5)));
        Assert.Equal("10675199d2h48m5s477.5808ms", Quantities.Format(TimeSpan.MinValue).TrimStart('-'));
    }

    [Fact]
    public void Any_duration_survives_being_written_and_read()
    {
        Gen<long> ticks = Gen.Choose(0, int.MaxValue).SelectMany(high => Gen.Choose(0, int.MaxValue), (high, low) => (((long)high << 31) + low) % Quantities.LongestDuration.Ticks);
        Gen<long> milliseconds = Gen.Choose(0, int.MaxValue).Select(ms => ms * TimeSpan.TicksPerMillisecond);
        Prop.ForAll(Gen.OneOf(ticks, milliseconds).ToArbitrary(), tick =>
        {
            var duration = new TimeSpan(tick);
            return Quantities.TryParseDuration(Quantities.Format(duration), out TimeSpan back) && back == duration;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_written_value_reads_back_within_half_a_unit_of_its_fifth_digit()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat>(), Gen.Elements(Enum.GetValues<Unit>()).ToArbitrary(), (value, unit) =>
        {
            double number = value.Get;
            string text = Quantities.Format(number, unit);
            if (!Quantities.TryParseNumber(text.TrimStart('-'), out double back, out Unit backUnit)) return false;
            return backUnit == unit && Math.Abs(back - Math.Abs(number)) <= Math.Abs(number) * 2e-4 + double.Epsilon;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_larger_number_in_the_same_unit_is_read_as_larger()
    {
        Gen<string> unit = Gen.Elements("%", "ms", "s", "m", "h", "d", "us", "ns", "B", "kB", "MB", "GiB", "");
        Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), Gen.Choose(1, 1000).ToArbitrary(), unit.ToArbitrary(), (small, more, name) =>
        {
            string Written(int thousandths) => System.FormattableString.Invariant($"{thousandths / 1000}.{thousandths % 1000:000}{name}");
            return Quantities.TryParseNumber(Written(small), out double low, out _)
                && Quantities.TryParseNumber(Written(small + more), out double high, out _) && low < high;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Per_cent_and_ratio_of_one_share_read_alike()
    {
        Prop.ForAll(Gen.Choose(0, 99_999).ToArbitrary(), thousandths =>
        {
            string percent = System.FormattableString.Invariant($"{thousandths / 1000}.{thousandths % 1000:000}%");
            string ratio = System.FormattableString.Invariant($"0.{thousandths:00000}");
            return Quantities.TryParsePercent(percent, out decimal a) && Quantities.TryParsePercent(ratio, out decimal b) && a == b;
        }).QuickCheckThrowOnFailure();
    }
}
