using ReadyOps.Agent.Running;

namespace ReadyOps.Scenario.Tests.Agent;

public sealed class RolloutBoardTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void A_rollout_without_a_tick_for_longer_than_its_grace_is_a_problem_until_it_gets_one()
    {
        var board = new RolloutBoard(_clock);
        board.Failed("a", "The disk is full.");
        _clock.Now += RolloutBoard.TickGrace;
        board.StoreSeen(["a"]);
        Assert.Empty(board.Problems());

        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal("a has had no tick for 1m1s: The disk is full.", Assert.Single(board.Problems()));

        board.Ticked(new RolloutStatus { Id = "a" }, TimeSpan.FromSeconds(15));
        Assert.Empty(board.Problems());
    }

    [Fact]
    public void A_rollout_that_wants_its_ticks_seldom_is_given_three_of_them()
    {
        var board = new RolloutBoard(_clock);
        board.Ticked(new RolloutStatus { Id = "a" }, TimeSpan.FromMinutes(5));
        _clock.Now += TimeSpan.FromMinutes(15);
        board.StoreSeen(["a"]);
        Assert.Empty(board.Problems());
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Single(board.Problems());
    }

    [Fact]
    public void A_rollout_that_another_agent_is_at_is_well_as_long_as_its_journal_grows()
    {
        var board = new RolloutBoard(_clock);
        DateTimeOffset written = _clock.Now;
        board.Looked(new RolloutStatus { Id = "a", LastEventAt = written }, TimeSpan.FromSeconds(15));

        // A quiet journal gets a checkpoint every five minutes: until then, and a minute of grace, silence means nothing.
        _clock.Now += TimeSpan.FromMinutes(6);
        board.StoreSeen(["a"]);
        board.Looked(new RolloutStatus { Id = "a", LastEventAt = written }, TimeSpan.FromSeconds(15));
        Assert.Empty(board.Problems());
        _clock.Now += TimeSpan.FromSeconds(1);
        board.Looked(new RolloutStatus { Id = "a", LastEventAt = written }, TimeSpan.FromSeconds(15));
        Assert.Single(board.Problems());

        board.Looked(new RolloutStatus { Id = "a", LastEventAt = _clock.Now }, TimeSpan.FromSeconds(15));
        Assert.Empty(board.Problems());
    }

    [Fact]
    public void A_rollout_that_has_ended_or_gone_needs_no_ticks()
    {
        var board = new RolloutBoard(_clock);
        board.Ticked(new RolloutStatus { Id = "ended", Phase = RolloutPhase.Succeeded }, TimeSpan.FromSeconds(1));
        board.Ticked(new RolloutStatus { Id = "gone" }, TimeSpan.FromSeconds(1));
        _clock.Now += TimeSpan.FromDays(1);
        board.StoreSeen(["ended"]);
        Assert.Empty(board.Problems());
        Assert.Equal("ended", Assert.Single(board.Entries).Id);
    }

    [Fact]
    public void A_store_that_cannot_be_listed_is_a_problem_and_so_is_one_that_nobody_looks_into()
    {
        var board = new RolloutBoard(_clock);
        board.StoreFailed("No such disk.");
        Assert.Equal("No such disk.", Assert.Single(board.Problems()));
        board.StoreSeen([]);
        Assert.Empty(board.Problems());
        _clock.Now += RolloutBoard.StoreGrace + TimeSpan.FromSeconds(1);
        Assert.Contains("stuck", Assert.Single(board.Problems()), StringComparison.Ordinal);
    }

    private sealed class HandClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
