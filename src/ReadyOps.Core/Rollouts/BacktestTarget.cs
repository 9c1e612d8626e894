using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Rollouts;

/// <summary>Stands in for a target: exposes what it is told, as finely as the real one could, and touches nothing.</summary>
internal sealed class BacktestTarget(ITarget real, decimal share) : ITarget
{
    private decimal _share = share;

    public string Identity => real.Identity;

    public decimal Nearest(decimal percent) => real.Nearest(percent);

    public ValueTask<decimal> ReadAsync(CancellationToken cancel) => ValueTask.FromResult(_share);

    public ValueTask SetAsync(decimal percent, CancellationToken cancel)
    {
        _share = percent;
        return ValueTask.CompletedTask;
    }
}
