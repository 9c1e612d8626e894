using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Tests.Documents;

public sealed class TimeZonesTests
{
    // Central European Summer Time is UTC+2; this process knows it with and without ICU, as the agent must.
    [Fact]
    public void A_zone_is_found_by_its_iana_id() =>
        Assert.Equal(TimeSpan.FromHours(2), TimeZones.Find("Europe/Berlin")!.GetUtcOffset(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero)));

    [Fact]
    public void Utc_is_known_everywhere() => Assert.Same(TimeZoneInfo.Utc, TimeZones.Find("UTC"));

    [Theory]
    [InlineData("")]
    [InlineData("Atlantis/City")]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/localtime")]
    [InlineData("Europe/Berlin\0")]
    public void What_is_no_zone_is_none(string id) => Assert.Null(TimeZones.Find(id));

    [Fact]
    public void A_name_of_windows_is_known_exactly_where_it_can_be_converted()
    {
        bool converts = TimeZoneInfo.TryConvertWindowsIdToIanaId("W. Europe Standard Time", out _);
        Assert.Equal(converts || OperatingSystem.IsWindows(), TimeZones.Find("W. Europe Standard Time") is not null);
    }

    [Fact]
    public void Where_windows_has_no_icu_it_is_said_what_to_write_instead()
    {
        Assert.Contains("'W. Europe Standard Time'", TimeZones.Expect(windowsNamesOnly: true), StringComparison.Ordinal);
        Assert.Contains("Europe/Berlin", TimeZones.Expect(windowsNamesOnly: false), StringComparison.Ordinal);
    }
}
