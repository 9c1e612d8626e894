using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Targets;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>A target whose share decides who serves the requests.</summary>
internal sealed class SimulatedTarget(Metrics metrics, BacktestClock clock) : ITarget
{
    public string Identity => "simulated";

    public decimal Nearest(decimal percent) => Math.Round(percent);

    public ValueTask<decimal> ReadAsync(CancellationToken cancel) => ValueTask.FromResult((decimal)metrics.Percent);

    public ValueTask SetAsync(decimal percent, CancellationToken cancel)
    {
        metrics.SetShare((int)percent, (clock.GetUtcNow() - ReadyOpsPolicy.Start).TotalSeconds);
        return ValueTask.CompletedTask;
    }
}
