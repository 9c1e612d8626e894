using ReadyOps.Benchmarks.Quality;

namespace ReadyOps.Core.Tests.Quality;

/// <summary>The published rules of others, on surroundings in which one can say by hand what they come to.</summary>
public sealed class PeerRulesTests
{
    private const int Length = 1440;

    private static readonly Scenario Steady = new("steady") { Noise = 0 };

    [Fact]
    public async Task Argo_promotes_a_steady_release_when_its_steps_are_over()
    {
        Outcome outcome = await Policies.ArgoDocumented.RunAsync(new World(Steady, Length, 1));

        Assert.Equal((Ending.Promoted, 5.0 * Policies.Hold), (outcome.End, outcome.Seconds));
    }

    [Fact]
    public async Task Argo_aborts_at_the_measurement_that_exceeds_the_failure_limit()
    {
        // Five times the errors from the start. At 0 and 10 s there are fewer than two scrapes, which is an error each; then
        // measurements fail at 20 s and every 5 min after it, and the fourth is one more than the limit.
        Outcome outcome = await Policies.ArgoDocumented.RunAsync(new World(Steady with { ErrorFactor = 5, FromPercent = 5 }, Length, 1));

        Assert.Equal((Ending.RolledBack, 20.0 + 900), (outcome.End, outcome.Seconds));
    }

    [Fact]
    public async Task Argo_aborts_on_the_fifth_error_in_a_row_ten_seconds_apart()
    {
        Outcome outcome = await Policies.ArgoDocumented.RunAsync(new World(Steady with { SilentFrom = 5 }, Length, 1));

        Assert.Equal((Ending.RolledBack, 40.0, true), (outcome.End, outcome.Seconds, outcome.IsFalseRollback));
    }

    [Fact]
    public async Task Argo_waits_for_a_person_when_inconclusive_measurements_exceed_their_limit()
    {
        ArgoPolicy guarded = Policies.ArgoDocumented with { Guarded = true, InconclusiveLimit = 2, Interval = 60 };

        Outcome outcome = await guarded.RunAsync(new World(Steady with { SilentFrom = 5 }, Length, 1));

        Assert.Equal((Ending.Held, 120.0), (outcome.End, outcome.Seconds));
    }

    [Fact]
    public async Task Argo_goes_on_by_the_clock_of_its_steps_whatever_was_measured()
    {
        ArgoPolicy patient = Policies.ArgoDocumented with { ConsecutiveErrorLimit = 10_000 };

        Outcome outcome = await patient.RunAsync(new World(Steady with { SilentFrom = 5 }, Length, 1));

        Assert.Equal((Ending.Promoted, 4), (outcome.End, outcome.BlindPromotions));
    }

    [Fact]
    public async Task Flagger_promotes_a_steady_release_after_a_tick_for_each_step_of_weight()
    {
        Outcome outcome = await Policies.FlaggerDocumented.RunAsync(new World(Steady, Length, 1));

        // 2 % at once, 50 % with the 25th tick after 24 min, promotion with the next: 25 min, as its documentation says.
        Assert.Equal((Ending.Promoted, 25 * 60.0), (outcome.End, outcome.Seconds));
    }

    [Fact]
    public async Task Flagger_takes_back_at_the_tick_after_the_threshold_was_reached()
    {
        Outcome outcome = await Policies.FlaggerDocumented.RunAsync(new World(Steady with { SilentFrom = 1 }, Length, 1));

        // Checks fail at minutes 1 to 10; the eleventh tick finds ten.
        Assert.Equal((Ending.RolledBack, 11 * 60.0, true), (outcome.End, outcome.Seconds, outcome.IsFalseRollback));
    }

    [Fact]
    public async Task Flagger_looks_at_nothing_once_it_promotes()
    {
        Outcome outcome = await Policies.FlaggerDocumented.RunAsync(new World(Steady with { ErrorFactor = 10, FromPercent = 100 }, Length, 1));

        Assert.Equal(Ending.Promoted, outcome.End);
    }
}
