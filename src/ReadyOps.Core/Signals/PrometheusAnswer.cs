namespace ReadyOps.Core.Signals;

/// <summary>What Prometheus answered, and what it remarked on.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
/// <param name="Data">The answer.</param>
/// <param name="Warnings">
/// Why it may be incomplete or wrong: the server's own warnings, and a partial answer of a clustered backend. Such an answer
/// is degraded, not good.
/// </param>
/// <param name="Infos">Remarks that do not touch the result.</param>
public sealed record PrometheusAnswer<T>(T Data, IReadOnlyList<string> Warnings, IReadOnlyList<string> Infos);
