namespace ReadyOps.Core.Targets;

/// <summary>Whatever exposes a share of traffic and can be read back.</summary>
public interface ITarget
{
    /// <summary>
    /// Names the thing that is moved, the same for every document that moves the same thing: two rollouts must not share it.
    /// For example <c>haproxy 127.0.0.1:9999 web</c>. Holds no secret.
    /// </summary>
    string Identity { get; }

    /// <summary>The identity of each thing that is moved, in the order in which they rise; one, unless several are moved as one.</summary>
    IReadOnlyList<string> Identities => [Identity];

    /// <summary>
    /// The share nearest to <paramref name="percent"/> that it can expose, in per cent (0–100); 0 only for 0 and 100 only for
    /// 100, so that rounding never turns a canary into nothing or into everything.
    /// </summary>
    decimal Nearest(decimal percent);

    /// <summary>The share it exposes now, in per cent (0–100), as it says itself and not as it was last told.</summary>
    /// <exception cref="ReadyOpsException">It cannot be asked, or what it says is no share.</exception>
    ValueTask<decimal> ReadAsync(CancellationToken cancel);

    /// <summary>The share that each of <see cref="Identities"/> exposes now, in their order.</summary>
    /// <exception cref="ReadyOpsException">As <see cref="ReadAsync"/>.</exception>
    async ValueTask<IReadOnlyList<decimal>> ReadEachAsync(CancellationToken cancel) => [await ReadAsync(cancel).ConfigureAwait(false)];

    /// <summary>The same as <see cref="SetAsync(decimal, CancellationToken)"/>, for targets that keep a history of who moved them, and why.</summary>
    ValueTask SetAsync(decimal percent, TargetMove move, CancellationToken cancel) =>
        move.Allow is { } names && this is IAllowingTarget naming ? naming.SetAsync(percent, names, cancel) : SetAsync(percent, cancel);

    /// <summary>Sets the share, in per cent (0–100). Setting it again changes nothing.</summary>
    /// <exception cref="ReadyOpsException">It refused or cannot be reached; whether it took effect is for <see cref="ReadAsync"/> to say.</exception>
    ValueTask SetAsync(decimal percent, CancellationToken cancel);
}
