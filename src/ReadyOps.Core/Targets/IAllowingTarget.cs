namespace ReadyOps.Core.Targets;

/// <summary>A target that can expose the release to named people, before and besides any share.</summary>
public interface IAllowingTarget : ITarget
{
    /// <summary>Whom it names now, in order.</summary>
    /// <exception cref="ReadyOpsException">As <see cref="ITarget.ReadAsync"/>.</exception>
    ValueTask<IReadOnlyList<string>> ReadAllowedAsync(CancellationToken cancel);

    /// <summary>Sets the share and whom it names, both at once; nobody for an empty list.</summary>
    /// <exception cref="ReadyOpsException">As <see cref="ITarget.SetAsync(decimal, CancellationToken)"/>.</exception>
    ValueTask SetAsync(decimal percent, IReadOnlyList<string> allowed, CancellationToken cancel);
}
