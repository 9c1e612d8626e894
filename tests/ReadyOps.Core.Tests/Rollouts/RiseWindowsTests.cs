using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>
/// Moments worked out by hand. Berlin is at UTC+1 in winter and UTC+2 in summer. On 2026-03-29 clocks go from 02:00 to 03:00 at 01:00Z:
/// the times between do not exist. On 2026-10-25 they go from 03:00 back to 02:00 at 01:00Z: the times between come twice, first at
/// UTC+2 and then at UTC+1.
/// </summary>
public sealed class RiseWindowsTests
{
    private const string Berlin = "\"timeZone\":\"Europe/Berlin\"";

    [Theory]
    // Mon–Fri 09:00–16:00: the same on the wall, an hour apart in UTC.
    [InlineData("2026-01-14T07:59:59Z", false)]
    [InlineData("2026-01-14T08:00Z", true)]
    [InlineData("2026-01-14T14:59:59Z", true)]
    [InlineData("2026-01-14T15:00Z", false)]
    [InlineData("2026-07-15T06:59:59Z", false)]
    [InlineData("2026-07-15T07:00Z", true)]
    [InlineData("2026-07-15T14:00Z", false)]
    // A Saturday.
    [InlineData("2026-01-17T10:00Z", false)]
    public void Allowed_hours_are_those_on_the_wall(string at, bool open) =>
        Assert.Equal(open, Windows($$"""{ {{Berlin}}, "allowed":[{"days":"mon-fri","from":"09:00","to":"16:00"}]}""").Closed(Moment(at)) is null);

    [Theory]
    [InlineData("2026-03-28T01:30Z", true)]  // 02:30 the day before
    [InlineData("2026-03-29T00:59:59Z", false)] // 01:59:59, and then
    [InlineData("2026-03-29T01:00Z", true)]  // 03:00: the beginning fell into the gap and means its end
    [InlineData("2026-03-29T01:59Z", true)]  // 03:59
    [InlineData("2026-03-29T02:00Z", false)] // 04:00
    public void Hours_that_begin_in_the_gap_begin_at_its_end(string at, bool open) =>
        Assert.Equal(open, Windows($$"""{ {{Berlin}}, "allowed":[{"from":"02:30","to":"04:00"}]}""").Closed(Moment(at)) is null);

    [Fact]
    public void Hours_within_the_gap_do_not_come_that_day()
    {
        RiseWindows windows = Windows($$"""{ {{Berlin}}, "allowed":[{"from":"02:15","to":"02:45"}]}""");
        // From Saturday 02:45 the next 02:15 is that of Monday, at UTC+2 by then.
        Assert.Equal(Moment("2026-03-30T00:15Z"), windows.OpensAt(Moment("2026-03-28T01:45Z")));
    }

    [Theory]
    // Allowed 02:30–06:00: which 02:30 is meant is in doubt, so only the second counts (01:30Z).
    [InlineData("2026-10-25T00:29Z", false)]
    [InlineData("2026-10-25T00:45Z", false)]
    [InlineData("2026-10-25T01:15Z", false)]
    [InlineData("2026-10-25T01:30Z", true)]
    [InlineData("2026-10-25T04:59Z", true)]
    [InlineData("2026-10-25T05:00Z", false)]
    public void Hours_that_begin_in_the_hour_that_comes_twice_begin_the_second_time(string at, bool open) =>
        Assert.Equal(open, Windows($$"""{ {{Berlin}}, "allowed":[{"from":"02:30","to":"06:00"}]}""").Closed(Moment(at)) is null);

    [Theory]
    // Allowed 01:00–02:30: from 23:00Z to the first 02:30, 00:30Z.
    [InlineData("2026-10-24T22:59Z", false)]
    [InlineData("2026-10-24T23:00Z", true)]
    [InlineData("2026-10-25T00:29Z", true)]
    [InlineData("2026-10-25T00:30Z", false)]
    [InlineData("2026-10-25T01:15Z", false)]
    public void Hours_that_end_in_the_hour_that_comes_twice_end_the_first_time(string at, bool open) =>
        Assert.Equal(open, Windows($$"""{ {{Berlin}}, "allowed":[{"from":"01:00","to":"02:30"}]}""").Closed(Moment(at)) is null);

    [Theory]
    // A freeze from 02:30 covers the hour from the first 02:30 (00:30Z) on, without a hole when clocks go back to 02:00.
    [InlineData("2026-10-25T00:29Z", false)]
    [InlineData("2026-10-25T00:30Z", true)]
    [InlineData("2026-10-25T01:10Z", true)]
    [InlineData("2026-10-25T01:40Z", true)]
    [InlineData("2026-10-25T03:59Z", true)]
    [InlineData("2026-10-25T04:00Z", false)]
    public void A_freeze_covers_both_readings_of_a_time_that_comes_twice(string at, bool frozen)
    {
        Assert.Equal(frozen, Windows($$"""{ {{Berlin}}, "freezes":[{"from":"02:30","to":"05:00"}]}""").Closed(Moment(at)) is not null);
        Assert.Equal(frozen, Windows($$"""{ {{Berlin}}, "freezes":[{"from":"2026-10-25T02:30","to":"2026-10-25T05:00"}]}""").Closed(Moment(at)) is not null);
    }

    [Fact]
    public void A_freeze_from_date_to_date_says_why_and_until_when()
    {
        RiseWindows windows = Windows($$"""
            { {{Berlin}}, "allowed":[{"days":"mon-fri","from":"09:00","to":"16:00"}],
              "freezes":[{"from":"2026-12-18T18:00","to":"2027-01-04T06:00","reason":"end of the year"}]}
            """);
        // 2027-01-04 is a Monday: thawed at 06:00, open at 09:00.
        Assert.Equal("a freeze (end of the year) until 2027-01-04 09:00 Europe/Berlin", windows.Closed(Moment("2026-12-24T12:00Z")));
        Assert.Equal(Moment("2027-01-04T08:00Z"), windows.OpensAt(Moment("2026-12-24T12:00Z")));
        Assert.Null(windows.Closed(Moment("2026-12-18T14:59Z")));
        Assert.Equal("outside the hours in which the share may rise until 2027-01-04 09:00 Europe/Berlin", windows.Closed(Moment("2026-12-18T15:00Z")));
    }

    [Theory]
    [InlineData("2026-12-24", "2026-12-26", "2026-12-26T22:59:59Z", true)] // the last day belongs to it
    [InlineData("2026-12-24", "2026-12-26", "2026-12-26T23:00Z", false)]
    [InlineData("2026-12-24", "2026-12-26", "2026-12-23T22:59:59Z", false)]
    [InlineData("2026-12-24T00:00Z", "2026-12-24T12:00+02:00", "2026-12-24T09:59Z", true)] // offsets go before the zone
    [InlineData("2026-12-24T00:00Z", "2026-12-24T12:00+02:00", "2026-12-24T10:00Z", false)]
    public void Dates_and_offsets(string from, string to, string at, bool frozen) =>
        Assert.Equal(frozen, Windows($$"""{ {{Berlin}}, "freezes":[{"from":"{{from}}","to":"{{to}}"}]}""").Closed(Moment(at)) is not null);

    [Theory]
    // 17:00Z to 17:30Z, although the clocks of the two offsets show 18:00 and 17:30.
    [InlineData("2026-12-18T16:59Z", false)]
    [InlineData("2026-12-18T17:00Z", true)]
    [InlineData("2026-12-18T17:29Z", true)]
    [InlineData("2026-12-18T17:30Z", false)]
    public void A_span_whose_edges_have_different_offsets_is_between_their_moments(string at, bool frozen) =>
        Assert.Equal(frozen, Windows("""{"freezes":[{"from":"2026-12-18T18:00+01:00","to":"2026-12-18T17:30Z"}]}""").Closed(Moment(at)) is not null);

    [Theory]
    [InlineData("2026-11-20T21:59Z", false)] // a Friday
    [InlineData("2026-11-20T22:00Z", true)]
    [InlineData("2026-11-21T05:59Z", true)] // the night that began on Friday
    [InlineData("2026-11-21T06:00Z", false)]
    [InlineData("2026-11-21T22:00Z", false)]
    public void A_night_belongs_to_the_day_on_which_it_begins(string at, bool frozen) =>
        Assert.Equal(frozen, Windows("""{"freezes":[{"days":["fri"],"from":"22:00","to":"06:00"}]}""").Closed(Moment(at)) is not null);

    [Fact]
    public void Freezes_that_meet_are_one()
    {
        RiseWindows windows = Windows("""{"freezes":[{"days":"sat,sun"},{"from":"2026-11-23T00:00","to":"2026-11-23T08:00"}]}""");
        Assert.Equal(Moment("2026-11-23T08:00Z"), windows.OpensAt(Moment("2026-11-21T10:00Z")));
    }

    [Theory]
    [InlineData("""{"allowed":[]}""", "never rise")]
    [InlineData("""{"allowed":[{"days":"mon-fro"}]}""", "mon-fro")]
    [InlineData("""{"allowed":[{"from":"9 am"}]}""", "9 am")]
    [InlineData("""{"allowed":[{"from":"09:00","to":"09:00"}]}""", "ends when it begins")]
    [InlineData("""{"freezes":[{"from":"2026-12-18"}]}""", "'to' is missing")]
    [InlineData("""{"freezes":[{"from":"2026-12-18","to":"2026-12-01"}]}""", "ends before it begins")]
    // 23:00Z to 18:00Z: later on the clock, and earlier in time.
    [InlineData("""{"freezes":[{"from":"2026-12-18T18:00-05:00","to":"2026-12-18T19:00+01:00"}]}""", "ends before it begins")]
    // 18:00 in Berlin is 17:00Z.
    [InlineData("""{"timeZone":"Europe/Berlin","freezes":[{"from":"2026-12-18T17:30Z","to":"2026-12-18T18:00"}]}""", "ends before it begins")]
    [InlineData("""{"freezes":[{"from":"2026-12-18","to":"2026-12-31","days":"mon"}]}""", "has no days")]
    [InlineData("""{"freezes":[{"reason":"x"}]}""", "nothing says when")]
    [InlineData("""{"timeZone":"Europe/Berlinn","freezes":[{"days":"sat"}]}""", "knows no time zone 'Europe/Berlinn'")]
    [InlineData("""{"timeZone":"../Berlin","freezes":[{"days":"sat"}]}""", "knows no time zone")]
    [InlineData("""{"freezes":[{"days":"mon-sun"}]}""", "not rise at any time")]
    public void What_makes_no_sense_is_said(string json, string problem)
    {
        var problems = new ProblemList("rollout.json");
        ObjectReader reader = ObjectReader.For(RolloutWorld.Document($$"""{"windows":{{json}} }"""), problems);
        RiseWindows? windows = WindowReader.Read(reader.Object("windows"));
        if (!problems.Any) WindowReader.NoteUnusable(reader, windows, Moment("2026-11-21T10:00Z"));
        Assert.Contains(problem, Assert.Throws<DocumentException>(problems.ThrowIfAny).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_zone_is_not_known_the_share_does_not_rise()
    {
        RiseWindows windows = Windows("""{"timeZone":"Atlantis/City","allowed":[{"from":"00:00","to":"24:00"}]}""");
        Assert.Contains("does not know the time zone 'Atlantis/City'", windows.Closed(Moment("2026-11-21T10:00Z")), StringComparison.Ordinal);
    }

    private static RiseWindows Windows(string json)
    {
        var problems = new ProblemList("rollout.json");
        RiseWindows windows = WindowReader.Read(ObjectReader.For(RolloutWorld.Document(json), problems))!;
        problems.ThrowIfAny();
        return windows;
    }

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
