using ReadyOps.Core.Journal.Postgres;

namespace ReadyOps.Core.Tests.Journal.Postgres;

public sealed class PostgresClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public void A_clock_minutes_off_is_put_right_by_the_middle_of_question_and_answer(int minutes)
    {
        var own = new StandingClock();
        var clock = new PostgresClock(own);
        DateTimeOffset asked = own.GetUtcNow();
        // Asked at :00, answered at :04, so the database showed its time at about :02.
        Assert.True(clock.Saw(asked + TimeSpan.FromMinutes(minutes) + TimeSpan.FromSeconds(2), asked, asked + TimeSpan.FromSeconds(4)));
        Assert.Equal(TimeSpan.FromMinutes(minutes), clock.Offset);
        Assert.Equal(own.GetUtcNow() + TimeSpan.FromMinutes(minutes), clock.GetUtcNow());
        Assert.Equal(own.GetTimestamp(), clock.GetTimestamp());
    }

    [Fact]
    public void What_may_be_the_way_of_the_answer_changes_nothing()
    {
        var clock = new PostgresClock(new StandingClock());
        Assert.False(clock.Saw(Noon + TimeSpan.FromMilliseconds(490), Noon, Noon));
        // Half a second of tolerance and two seconds, in which the answer may have been under way.
        Assert.False(clock.Saw(Noon + TimeSpan.FromSeconds(4.4), Noon, Noon + TimeSpan.FromSeconds(4)));
        Assert.Equal(TimeSpan.Zero, clock.Offset);
        Assert.True(clock.Saw(Noon + TimeSpan.FromSeconds(4.6), Noon, Noon + TimeSpan.FromSeconds(4)));
        Assert.Equal(TimeSpan.FromSeconds(2.6), clock.Offset);
    }

    [Fact]
    public void A_clock_that_was_set_right_needs_no_correction_any_more()
    {
        var clock = new PostgresClock(new StandingClock());
        clock.Saw(Noon + TimeSpan.FromMinutes(5), Noon, Noon);
        Assert.True(clock.Saw(Noon + TimeSpan.FromMilliseconds(100), Noon, Noon));
        Assert.Equal(TimeSpan.Zero, clock.Offset);
    }
}
