namespace ReadyOps.Core.Targets;

/// <summary>Stands for the target of a window that only watches: there is a share, and nothing that could change it.</summary>
/// <param name="watcher">Who watches; two that are called the same exclude each other.</param>
/// <param name="percent">The share that is said to be exposed, in per cent (0–100).</param>
internal sealed class NoTarget(string watcher, decimal percent) : ITarget
{
    /// <inheritdoc/>
    public string Identity => $"nothing (watched by {watcher})";

    /// <inheritdoc/>
    public decimal Nearest(decimal percent) => percent;

    /// <inheritdoc/>
    public ValueTask<decimal> ReadAsync(CancellationToken cancel) => ValueTask.FromResult(percent);

    /// <inheritdoc/>
    public ValueTask SetAsync(decimal percent, CancellationToken cancel) =>
        throw new ReadyOpsException("TargetMissing", $"'{watcher}' watches only: its document names no target.", "Name a 'target' in the document to have the release taken back.");
}
