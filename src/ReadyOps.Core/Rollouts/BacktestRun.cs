using Microsoft.Extensions.Logging.Abstractions;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// One run over history: the engine, the machine, the tracker and the judge are those of a live rollout, on a clock that is moved
/// and a target that exposes nothing.
/// </summary>
internal sealed class BacktestRun
{
    private readonly BacktestHistory _history;
    private readonly BacktestOptions _options;
    private readonly BacktestClock _clock;
    private readonly List<JournalLine> _lines = [];
    private readonly BacktestPace _pace;
    private readonly BacktestReport _report;
    private readonly RolloutEngine _engine;
    private readonly RolloutStarted _started;
    private readonly BacktestTarget _target;

    // A run of bad samples, or a policy, that was told already does not alarm again before it has ended.
    private readonly HashSet<(string Signal, DateTimeOffset? Since)> _told = [];

    public BacktestRun(Document document, RolloutPlan plan, BacktestVariant variant, BacktestHistory history, BacktestOptions options, EngineContext context)
    {
        (_history, _options) = (history, options);
        _clock = new BacktestClock(history.Start);
        // Hours and deadlines are as they would have been. What checks and people before a step would have said is in no history: they pass.
        RolloutDefinition definition = variant.Definition with
        {
            Signals = [.. variant.Definition.Signals.Where(signal => history.Sources.ContainsKey(signal.Name))],
            Steps = [.. variant.Definition.Steps.Select(step => new RolloutStep(step.Percent, step.Hold) { Deadline = step.Deadline })],
        };
        if (options.Watch) definition = definition with { Steps = [new RolloutStep(Watched(definition), TimeSpan.MaxValue)], Bake = TimeSpan.Zero, Windows = null, Deadline = null };
        _pace = new BacktestPace(definition, history.Sources, options.EveryTick);
        _report = new BacktestReport(document.Name, variant, history, options);
        _target = new BacktestTarget(plan.Parts.Target, definition.Rollback.Percent);
        _engine = new RolloutEngine(definition, new RolloutParts(_target, Sources(history.Sources, definition), Sources(history.Stable, definition)),
            context with { Clock = _clock, Logs = NullLoggerFactory.Instance, Journals = null });
        _started = new RolloutStarted(document.Name, options.Release ?? definition.Release ?? "", document.File, document.BaseDirectory, document.Digest,
            DocumentJson.ToJson(document.Root), _target.Identity, definition.Rollback.Percent, null, null);
    }

    /// <summary>Plays it to its end, or to that of the history.</summary>
    /// <exception cref="ReadyOpsException"><c>HistoryUnreadable</c></exception>
    public async Task<BacktestResult> PlayAsync(CancellationToken cancel)
    {
        await using var lease = new BacktestLease(_clock, _lines);
        RolloutState state = new RolloutState().Apply(_started, _history.Start);
        for (DateTimeOffset now = _history.Start; now <= _history.End;)
        {
            cancel.ThrowIfCancellationRequested();
            _clock.MoveTo(now);
            _lines.Clear();
            RolloutState before = state;
            state = await _engine.TickAsync(lease, state, cancel).ConfigureAwait(false);
            if (_history.Failure is { } failure) throw BacktestHistory.Unreadable(failure);

            if (state.Phase != RolloutPhase.RollingBack) Note();
            else if (!_options.Watch)
            {
                // History goes on as if nothing had been taken back: what signals do from here on says nothing of a rollback.
                NoteUntilRollback();
                return _report.Result(state, now);
            }
            else
            {
                state = Rearm(before, now);
                // The engine took the share back, and nobody is to see that as drift.
                await _target.SetAsync(state.SharePercent, cancel).ConfigureAwait(false);
            }

            if (state.Ended) return _report.Result(state, now);
            now = _pace.NextTick(state, _engine.Signals, now);
        }

        return _report.Result(state, _history.End);
    }

    private static Dictionary<string, ISignalSource> Sources(IReadOnlyDictionary<string, IBacktestSource> sources, RolloutDefinition definition) =>
        definition.Signals.Where(signal => sources.ContainsKey(signal.Name)).ToDictionary(signal => signal.Name, signal => sources[signal.Name].For(signal));

    // A comparison can be watched only while both sides have some of the traffic.
    private static decimal Watched(RolloutDefinition definition) => !definition.Signals.Any(signal => signal.NeedsBaseline) ? definition.Steps[^1].Percent
        : definition.Steps.LastOrDefault(step => step.Percent is > 0 and < 100)?.Percent ?? 50;

    private void Note()
    {
        foreach (JournalLine line in _lines)
            if (IsTold(line)) _report.Note(line.Time, RolloutEvents.Decode(line)!);
    }

    private void NoteUntilRollback()
    {
        foreach (JournalLine line in _lines)
        {
            if (!IsTold(line)) continue;
            RolloutEvent happened = RolloutEvents.Decode(line)!;
            _report.Note(line.Time, happened);
            if (happened is RollbackStarted) return;
        }
    }

    private static bool IsTold(JournalLine line) => line.Type is not (nameof(SignalsObserved) or nameof(ShareIntended));

    /// <summary>
    /// Goes on as if the alarm had not been: the state before it, with what was seen since, and the breach acknowledged. The run of
    /// bad samples goes on and is told once.
    /// </summary>
    private RolloutState Rearm(RolloutState before, DateTimeOffset now)
    {
        RolloutState state = before;
        foreach (JournalLine line in _lines)
        {
            RolloutEvent happened = RolloutEvents.Decode(line)!;
            if (happened is RollbackStarted rollback)
            {
                Tell(rollback, state, now);
                break;
            }

            state = state.Apply(happened, line.Time);
            if (IsTold(line)) _report.Note(line.Time, happened);
        }

        return state with { Tracks = state.Tracks.SetItems(state.Tracks.Select(pair => KeyValuePair.Create(pair.Key, SignalTracker.Acknowledge(pair.Value)))) };
    }

    private void Tell(RollbackStarted rollback, RolloutState state, DateTimeOffset now)
    {
        if (rollback.Cause == RollbackCause.Policy)
        {
            // The same trouble goes on for as long as it has not begun anew.
            if (_told.Add((rollback.Signal!, RolloutMachine.Judge(_engine.Definition, state, now).FirstOrDefault(known => known.Signal == rollback.Signal)?.TroubleSince))) _report.Note(now, rollback);
            return;
        }

        foreach ((string signal, SignalTrack track) in state.Tracks)
        {
            if (track.Breach is not { StableFails: false } breach || !_told.Add((signal, breach.Since))) continue;
            SignalStatus status = _engine.Signals.FirstOrDefault(known => known.Signal == signal)!;
            string reason = signal == rollback.Signal ? rollback.Reason : status.Reason;
            _report.Note(now, rollback with { Signal = signal, Breach = breach, Reason = reason });
        }
    }
}
