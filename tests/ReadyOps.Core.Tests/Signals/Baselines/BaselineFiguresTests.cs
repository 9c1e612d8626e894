using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals.Baselines;

namespace ReadyOps.Core.Tests.Signals.Baselines;

public sealed class BaselineFiguresTests
{
    [Fact]
    public void Percentiles_are_those_of_R()
    {
        // quantile(1:10, c(.5, .9, .95, .99)) of R 4 gives 5.5, 9.1, 9.55, 9.91.
        BaselineValues values = BaselineFigures.Of([7, 3, 10, 1, 9, 2, 8, 4, 6, 5])!;
        Assert.Equal((10, 1.0, 10.0, 5.5, 5.5), (values.N, values.Min, values.Max, values.Mean, values.P50));
        Assert.Equal(9.1, values.P90, 1e-12);
        Assert.Equal(9.55, values.P95, 1e-12);
        Assert.Equal(9.91, values.P99, 1e-12);
    }

    [Fact]
    public void Nothing_has_no_figures() => Assert.Null(BaselineFigures.Of([]));

    [Fact]
    public void A_mean_loses_nothing_to_large_neighbours() => Assert.Equal(1.0 / 3, BaselineFigures.Of([1e16, 1, -1e16])!.Mean);

    [Fact]
    public void Figures_lie_in_order_and_do_not_depend_on_the_order_of_the_samples() => Check.QuickThrowOnFailure(Prop.ForAll<NonEmptyArray<NormalFloat>>(given =>
    {
        double[] values = [.. given.Get.Select(value => value.Get)];
        BaselineValues one = BaselineFigures.Of(values)!, other = BaselineFigures.Of(values.Reverse())!;
        return one == other && one.Min <= one.P50 && one.P50 <= one.P90 && one.P90 <= one.P95 && one.P95 <= one.P99 && one.P99 <= one.Max && one.Mean >= one.Min && one.Mean <= one.Max;
    }));

    [Theory]
    [InlineData("2026-01-05T00:00:00Z", "UTC", 0)] // A Monday.
    [InlineData("2026-01-04T23:59:59Z", "UTC", 167)]
    [InlineData("2026-01-05T00:00:00Z", "America/New_York", 163)] // Still Sunday, 19 o'clock there.
    [InlineData("2026-01-05T00:00:00Z", "Asia/Kolkata", 5)] // 5:30.
    [InlineData("2026-10-25T00:30:00Z", "Europe/Berlin", 146)] // 2:30 on Sunday in summer time,
    [InlineData("2026-10-25T01:30:00Z", "Europe/Berlin", 146)] // and 2:30 once more in winter time.
    [InlineData("2026-03-29T00:59:00Z", "Europe/Berlin", 145)]
    [InlineData("2026-03-29T01:00:00Z", "Europe/Berlin", 147)] // There is no 2 o'clock that day.
    public void The_hour_of_the_week_is_that_of_the_clock_on_the_wall(string time, string zone, int hour) =>
        Assert.Equal(hour, new HourOfWeek(TimeZones.Find(zone)!).Of(DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture)).Hour);

    [Fact]
    public void Weeks_are_told_apart_and_begin_on_Monday()
    {
        var hours = new HourOfWeek(TimeZoneInfo.Utc);
        DateTimeOffset monday = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(hours.Of(monday).Week, hours.Of(monday.AddDays(7).AddTicks(-1)).Week);
        Assert.Equal(hours.Of(monday).Week + 1, hours.Of(monday.AddDays(7)).Week);
        Assert.Equal(hours.Of(monday).Week - 1, hours.Of(monday.AddTicks(-1)).Week);
    }

    [Theory]
    [InlineData("10%", true, 0.1)]
    [InlineData("0.25", true, 0.25)]
    [InlineData("200%", true, 2)]
    [InlineData("0%", true, 0)]
    [InlineData("5ms", false, 0.005)]
    [InlineData("abs 0.001", false, 0.001)]
    [InlineData("abs 0.5%", false, 0.005)]
    public void A_tolerance_is_a_share_or_a_distance(string text, bool isRelative, double size)
    {
        Assert.True(BaselineTolerance.TryParse(text, out BaselineTolerance tolerance));
        Assert.Equal((isRelative, size), (tolerance.IsRelative, tolerance.Size));
    }

    [Theory]
    [InlineData("10")] // 10 % or 10 seconds?
    [InlineData("1")]
    [InlineData("-5%")]
    [InlineData("")]
    [InlineData("abs")]
    [InlineData("abs -1")]
    [InlineData("NaN")]
    [InlineData("much")]
    public void What_may_mean_anything_is_no_tolerance(string text) => Assert.False(BaselineTolerance.TryParse(text, out _));

    [Fact]
    public void What_a_value_may_be_follows_from_direction_and_tolerance()
    {
        // By hand: 131.57 ms ± 13.157 ms.
        Assert.True(BaselineTolerance.TryParse("10%", out BaselineTolerance tolerance));
        Bound either = tolerance.Around(0.13157, Unit.Seconds, ComparisonDirection.Either);
        Assert.Equal(("within 10% of 131.57ms", 0.118413, 0.144727), (either.Text, either.Numbers[0], either.Numbers[1]));
        Bound up = tolerance.Around(0.13157, Unit.Seconds, ComparisonDirection.Increase);
        Assert.Equal((BoundOperator.LessOrEqual, 0.144727, true), (up.Operator, up.Numbers[0], up.Holds(0)));
        Bound down = tolerance.Around(0.13157, Unit.Seconds, ComparisonDirection.Decrease);
        Assert.Equal((BoundOperator.GreaterOrEqual, 0.118413, true), (down.Operator, down.Numbers[0], down.Holds(9)));
        // Of a negative value, 10 % are 10 % of its size.
        Assert.Equal([-110.0, -90.0], tolerance.Around(-100, Unit.None, ComparisonDirection.Either).Numbers);
    }
}
