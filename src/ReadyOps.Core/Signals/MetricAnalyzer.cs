using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals;

/// <summary>
/// Judges a span of a metric as a rollout judges a step that began with it: the same source, the same tracker and the same judge,
/// sample by sample.
/// </summary>
internal sealed class MetricAnalyzer
{
    private readonly SignalDefinition _signal;
    private readonly DateTimeOffset _start;
    private readonly List<MetricVerdict> _changes = [];
    private SignalTrack _track;
    private SignalBreach? _first;
    private SignalStatus? _firstStatus;
    private int _breaches;
    private int _samples;
    private int _bad;
    private bool _told;

    private MetricAnalyzer(SignalDefinition signal, DateTimeOffset start)
    {
        _signal = signal with { IsStandalone = true, InitialDelay = TimeSpan.Zero, WarmUp = TimeSpan.Zero };
        _start = start;
        _track = new SignalTrack { CollectedUntil = start };
    }

    /// <summary>Asks for the span and judges it.</summary>
    /// <param name="signal">The metric.</param>
    /// <param name="source">Where its samples come from.</param>
    /// <param name="start">When the span begins.</param>
    /// <param name="end">When it ends.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>What it amounts to; a source that could not be asked is a verdict and no exception.</returns>
    public static async Task<MetricAnalysis> AnalyzeAsync(SignalDefinition signal, ISignalSource source, DateTimeOffset start, DateTimeOffset end, CancellationToken cancel)
    {
        var analyzer = new MetricAnalyzer(signal, start);
        var warnings = new SortedSet<string>(StringComparer.Ordinal);
        while (true)
        {
            SignalBatch batch = await source.CollectAsync(new SignalSpan(analyzer._track.CollectedUntil, end, start, start), null, cancel).ConfigureAwait(false);
            warnings.UnionWith(batch.Warnings);
            DateTimeOffset before = analyzer._track.CollectedUntil;
            analyzer.Take(batch, end);
            if (batch.Error is not null || batch.CollectedUntil <= before || batch.CollectedUntil >= end) break;
        }

        return analyzer.Result(end, [.. warnings]);
    }

    private void Take(SignalBatch batch, DateTimeOffset end)
    {
        foreach (SignalSample sample in batch.Samples)
        {
            DateTimeOffset? last = Newer(_track.LastTime, _track.SilentTime);
            if (last is { } newest && sample.Time - newest > _signal.StaleAfter) Note(newest + _signal.StaleAfter + TimeSpan.FromTicks(1));
            _track = SignalTracker.Advance(_signal, _track, new SignalBatch { CollectedUntil = sample.Time, Samples = [sample] }, null, _start, sample.Time);
            if (_track.LastTime == sample.Time)
            {
                _samples++;
                if (!_track.LastGood) _bad++;
            }

            Note(sample.Time);
        }

        _track = SignalTracker.Advance(_signal, _track, batch with { Samples = [] }, null, _start, end);
    }

    /// <summary>Notes what it says at a moment, where that is news. A breach is noted once and then acknowledged, as if it had been acted on.</summary>
    private void Note(DateTimeOffset at)
    {
        bool breached = _track.Breach is not null;
        if (breached && _told) _track = SignalTracker.Acknowledge(_track);
        if (SignalTracker.IsOver(_track)) _told = false;
        SignalStatus status = SignalJudge.Judge(_signal, _track, _start, exposed: true, at);
        if (_track.Breach is { } breach)
        {
            _breaches++;
            _first ??= breach;
            _firstStatus ??= status;
            _told = true;
            _track = SignalTracker.Acknowledge(_track);
        }
        else if (_changes is [.., var last] && (last.Verdict == status.Verdict && (last.State == status.State || _told)))
        {
            return;
        }

        _changes.Add(new MetricVerdict { At = at, Verdict = status.Verdict, State = status.State, Value = status.Value, Reason = status.Reason });
    }

    private MetricAnalysis Result(DateTimeOffset end, IReadOnlyList<string> warnings)
    {
        SignalStatus status = SignalJudge.Judge(_signal, _track, _start, exposed: true, end);
        if (_changes.Count == 0 || _changes[^1].Verdict != status.Verdict) Note(end);
        if (status.Verdict == Verdict.Pass && _firstStatus is null && _signal.For is { } sustained && sustained >= end - _start)
            status = status with { Verdict = Verdict.Inconclusive, Reason = $"{_signal.Name} could not be broken for {Quantities.Format(sustained)} over {Quantities.Format(end - _start)}: the span is too short to tell." };
        string more = _breaches > 1 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" It was the first of {_breaches} breaches.") : "";
        string ended = _firstStatus is null ? "" : $" At the end: {status.Reason}";
        return new MetricAnalysis
        {
            Name = _signal.Name,
            Verdict = _firstStatus?.Verdict ?? status.Verdict,
            Reason = _firstStatus is { } first ? $"{first.Reason}{more}{ended}" : status.Reason,
            Query = _signal.Node["query"]?.Text ?? "",
            Start = _start,
            End = end,
            Samples = _samples,
            Bad = _bad,
            FirstBreach = _first?.At,
            Breaches = _breaches,
            Status = status,
            Changes = _changes,
            Warnings = warnings,
        };
    }

    private static DateTimeOffset? Newer(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b ?? a : a;
}
