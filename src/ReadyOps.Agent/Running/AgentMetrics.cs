using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using ReadyOps.Core.Monitoring;
using ReadyOps.Core.Signals;

namespace ReadyOps.Agent.Running;

/// <summary>What <c>/metrics</c> says about the agent and its rollouts.</summary>
/// <param name="board">The rollouts.</param>
/// <param name="clock">The present.</param>
/// <param name="queries">What is asked of Prometheus for many at once.</param>
internal sealed class AgentMetrics(RolloutBoard board, TimeProvider clock, QueryShare? queries = null)
{
    /// <summary>How long a rollout that has ended is still told of, so that an alert can see how.</summary>
    public static readonly TimeSpan EndedFor = TimeSpan.FromDays(1);

    private static readonly string[] Results = ["ok", "busy", "error"];

    private readonly ConcurrentDictionary<string, long> _ticks = new(Results.Select(result => KeyValuePair.Create(result, 0L)));
    private readonly Histogram _durations = new(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);
    private long _lastTick;

    /// <summary>The version of this program.</summary>
    public static string Version { get; } = typeof(AgentMetrics).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Counts a tick.</summary>
    /// <param name="result"><c>ok</c>, <c>busy</c> or <c>error</c>.</param>
    /// <param name="took">How long it took.</param>
    public void Ticked(string result, TimeSpan took)
    {
        _ticks.AddOrUpdate(result, 1, (_, count) => count + 1);
        _durations.Observe(took.TotalSeconds);
        if (result == "ok") Interlocked.Exchange(ref _lastTick, clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>The page.</summary>
    public string Write()
    {
        DateTimeOffset now = clock.GetUtcNow();
        RolloutStatus[] rollouts = [.. board.Entries.Select(entry => entry.Status).OfType<RolloutStatus>().Where(status => !status.Ended || now - status.LastEventAt < EndedFor)];
        var page = new ExpositionWriter();
        WriteAgent(page);
        WriteRollouts(page, rollouts);
        WriteSignals(page, [.. rollouts.SelectMany(rollout => rollout.Signals.Select(signal => (rollout, signal)))]);
        return page.ToString();
    }

    private void WriteAgent(ExpositionWriter page)
    {
        page.Family("readyops_build_info", MetricType.Gauge, "1, with what runs here in its labels.")
            .Sample(1, ("version", Version), ("runtime", RuntimeInformation.FrameworkDescription));
        page.Family("readyops_healthy", MetricType.Gauge, "1 while every rollout gets its ticks and the store can be read, as /healthz says.")
            .Sample(board.Problems().Count == 0 ? 1 : 0);
        page.Family("readyops_ticks_total", MetricType.Counter, "Ticks by result: ok, busy (another process was at it) or error.");
        foreach ((string result, long count) in _ticks.OrderBy(pair => pair.Key, StringComparer.Ordinal)) page.Sample(count, ("result", result));
        page.Family("readyops_tick_duration_seconds", MetricType.Histogram, "How long ticks took.").Sample(_durations);
        if (queries is not null)
        {
            page.Family("readyops_prometheus_answers_total", MetricType.Counter, "Answers of Prometheus that signals wanted.").Sample(queries.Wanted);
            page.Family("readyops_prometheus_questions_total", MetricType.Counter, "Questions that Prometheus was asked for them: what many want alike is asked once.").Sample(queries.Asked);
        }

        long last = Interlocked.Read(ref _lastTick);
        if (last > 0) page.Family("readyops_last_tick_timestamp_seconds", MetricType.Gauge, "When a tick last succeeded, in seconds since the Unix epoch.").Sample(last / 1000.0);
    }

    private static void WriteRollouts(ExpositionWriter page, IReadOnlyList<RolloutStatus> rollouts)
    {
        page.Family("readyops_rollout_phase", MetricType.Gauge, "1 for the phase that the rollout is in, 0 for the others.");
        foreach (RolloutStatus one in rollouts)
            foreach (RolloutPhase phase in Enum.GetValues<RolloutPhase>())
                page.Sample(one.Phase == phase ? 1 : 0, ("rollout", one.Id), ("name", one.Name), ("release", one.Release), ("phase", phase.ToString()));
        page.Family("readyops_rollout_share_ratio", MetricType.Gauge, "The share of traffic that was last set and read back, 0 to 1.");
        foreach (RolloutStatus one in rollouts) page.Sample((double)(one.SharePercent / 100), ("rollout", one.Id), ("name", one.Name));
        page.Family("readyops_rollout_target_share_ratio", MetricType.Gauge, "The share that the current step is to reach, 0 to 1.");
        foreach (RolloutStatus one in rollouts) page.Sample((double)(one.TargetPercent / 100), ("rollout", one.Id), ("name", one.Name));
        page.Family("readyops_rollout_step", MetricType.Gauge, "The current step, from 1; 0 before the first.");
        foreach (RolloutStatus one in rollouts) page.Sample(one.Step, ("rollout", one.Id), ("name", one.Name));
        page.Family("readyops_rollout_steps", MetricType.Gauge, "How many steps there are.");
        foreach (RolloutStatus one in rollouts) page.Sample(one.StepCount, ("rollout", one.Id), ("name", one.Name));
    }

    private static void WriteSignals(ExpositionWriter page, IReadOnlyList<(RolloutStatus Rollout, SignalStatus Signal)> signals)
    {
        page.Family("readyops_signal_verdict", MetricType.Gauge, "1 for the verdict that the signal has, 0 for the others.");
        foreach ((RolloutStatus rollout, SignalStatus signal) in signals)
            foreach (Verdict verdict in Enum.GetValues<Verdict>())
                page.Sample(signal.Verdict == verdict ? 1 : 0, ("rollout", rollout.Id), ("signal", signal.Signal), ("verdict", verdict.ToString()));
        page.Family("readyops_signal_value", MetricType.Gauge, "The newest value of the signal in base units: seconds, bytes, 0 to 1.");
        foreach ((RolloutStatus rollout, SignalStatus signal) in signals)
            if (signal.Value is { } value) page.Sample(value, ("rollout", rollout.Id), ("signal", signal.Signal));
    }
}
