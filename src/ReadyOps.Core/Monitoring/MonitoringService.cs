using System.Globalization;
using System.Runtime.CompilerServices;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Monitoring;

/// <summary>
/// Everything one can do with monitoring windows. A window is a rollout that only bakes, so whatever ticks rollouts ticks it
/// too, and taking it back is taking back a rollout; this tells of its checkpoints.
/// </summary>
/// <param name="rollouts">Everything one can do with rollouts.</param>
public sealed class MonitoringService(RolloutService rollouts)
{
    /// <summary>Starts a window and ticks it once.</summary>
    /// <exception cref="DocumentException">Everything that is wrong with the document.</exception>
    /// <exception cref="ReadyOpsException">As <see cref="RolloutService.StartAsync"/>; <c>ShareDiffers</c> when another share is exposed than the document says.</exception>
    public async ValueTask<MonitoringWindow> StartAsync(Document document, RolloutStart start, CancellationToken cancel) =>
        await TellAsync(await rollouts.StartAsync(document, start, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);

    /// <summary>Ticks one window. One that has ended is only looked at.</summary>
    /// <exception cref="ReadyOpsException"><c>MonitoringWindowNotFound</c>, and as <see cref="RolloutService.TickAsync(string, CancellationToken)"/>.</exception>
    public async ValueTask<MonitoringWindow> TickAsync(string id, CancellationToken cancel)
    {
        _ = await GetAsync(id, cancel).ConfigureAwait(false);
        return await TellAsync(await rollouts.TickAsync(id, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
    }

    /// <summary>Ticks a window again and again until it has ended, telling after each tick where it stands.</summary>
    public async IAsyncEnumerable<MonitoringWindow> RunAsync(string id, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (RolloutStatus status in rollouts.RunAsync(id, cancel).ConfigureAwait(false))
            yield return await TellAsync(status, cancel).ConfigureAwait(false);
    }

    /// <summary>Where a window stands. Looks at its journal only.</summary>
    /// <exception cref="ReadyOpsException"><c>MonitoringWindowNotFound</c></exception>
    public async ValueTask<MonitoringWindow> GetAsync(string id, CancellationToken cancel) =>
        await FindAsync(id, cancel).ConfigureAwait(false)
        ?? throw new ReadyOpsException("MonitoringWindowNotFound", $"'{id}' is a rollout and no monitoring window.", "Get-ProgressiveRollout tells where it stands; Get-MonitoringWindow lists the windows.");

    /// <summary>The same; <see langword="null"/> for a rollout that is no window.</summary>
    public async ValueTask<MonitoringWindow?> FindAsync(string id, CancellationToken cancel)
    {
        (RolloutDefinition definition, RolloutState state) = await rollouts.FoldAsync(id, cancel).ConfigureAwait(false);
        return state.IsWindow ? Tell(await rollouts.GetAsync(id, cancel).ConfigureAwait(false), definition, state) : null;
    }

    private async ValueTask<MonitoringWindow> TellAsync(RolloutStatus status, CancellationToken cancel)
    {
        (RolloutDefinition definition, RolloutState state) = await rollouts.FoldAsync(status.Id, cancel).ConfigureAwait(false);
        return Tell(status, definition, state);
    }

    private static MonitoringWindow Tell(RolloutStatus status, RolloutDefinition definition, RolloutState state)
    {
        WindowDefinition window = definition.Window!;
        return new MonitoringWindow
        {
            Id = status.Id,
            Name = status.Name,
            Release = status.Release,
            Phase = status.Phase,
            Verdict = VerdictOf(state),
            Reason = status.Reason,
            SharePercent = status.SharePercent,
            StartedAt = state.StartedAt,
            EndsAt = state.StartedAt + window.Length,
            CheckpointCount = window.Checkpoints.Count,
            NextCheckpointAt = state.Ended || state.Checkpoints.Count == window.Checkpoints.Count ? null : state.StartedAt + window.Checkpoints[state.Checkpoints.Count],
            NextTickAt = status.NextTickAt,
            Checkpoints = [.. state.Checkpoints.Select((reached, i) => ToContract(reached, state.CheckpointTimes[i]))],
            Gaps = [.. state.Checkpoints.SelectMany(GapsOf)],
            Signals = status.Signals,
            Events = status.Events,
        };
    }

    private static Verdict VerdictOf(RolloutState state) => state.Phase switch
    {
        RolloutPhase.Succeeded => Verdict.Pass,
        RolloutPhase.RollingBack or RolloutPhase.RolledBack => Verdict.Fail,
        RolloutPhase.Failed => state.WindowVerdict ?? Verdict.Fail,
        _ => Verdict.Inconclusive,
    };

    private static MonitoringCheckpoint ToContract(CheckpointReached reached, DateTimeOffset at) => new()
    {
        Number = reached.Number,
        DueAt = reached.Due,
        ReportedAt = at,
        Missed = reached.Missed,
        Verdict = reached.Verdict,
        Reason = reached.Reason,
        Signals = [.. reached.Signals.Select(ToContract)],
    };

    private static MonitoringReading ToContract(CheckpointReading reading) => new()
    {
        Signal = reading.Signal,
        Verdict = reading.Verdict,
        Value = reading.Value,
        Samples = reading.Samples,
        Bad = reading.Bad,
        Min = reading.Min,
        Max = reading.Max,
        Silence = reading.Silence,
        Reason = reading.Reason,
    };

    private static IEnumerable<MonitoringGap> GapsOf(CheckpointReached reached)
    {
        if (reached.Missed)
        {
            yield return new MonitoringGap
            {
                Checkpoint = reached.Number,
                Reason = string.Create(CultureInfo.InvariantCulture, $"Checkpoint {reached.Number}, due at {reached.Due.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, was missed: nobody looked."),
            };
        }

        foreach (CheckpointReading reading in reached.Signals.Where(reading => reading.Gap))
        {
            yield return new MonitoringGap
            {
                Checkpoint = reached.Number,
                Signal = reading.Signal,
                Silence = reading.Silence,
                Reason = string.Create(CultureInfo.InvariantCulture, $"Nothing was seen of {reading.Signal} for {Quantities.Format(TimeSpan.FromSeconds(Math.Round(reading.Silence.TotalSeconds)))} before checkpoint {reached.Number}."),
            };
        }
    }
}
