using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Targets;

namespace ReadyOps.Benchmarks;

/// <summary>
/// A state folder with many rollouts that have been under way for days, each with a flag of its own, as a job finds it that was just
/// started: their journals end now.
/// </summary>
internal sealed class AutomationBed : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("readyops-automation-");
    private readonly VirtualClock _clock;
    private readonly EngineContext _context;
    private readonly FolderJournalStore _store;
    private readonly TimeSpan _age;

    public AutomationBed(TimeSpan age)
    {
        _age = age;
        _clock = new VirtualClock(DateTimeOffset.UtcNow - age);
        _context = new EngineContext { Clock = _clock };
        _store = new FolderJournalStore(State, _context);
    }

    public string State => Path.Combine(_folder.FullName, "state");

    /// <summary>Writes the journals.</summary>
    public async Task FillAsync(string prometheus, int count)
    {
        string text = $$"""
            apiVersion: readyops/v1
            kind: Rollout
            name: checkout
            prometheus: {{prometheus}}
            target: {type: flag, path: flags-0.json, flag: new-checkout}
            steps: [{share: 5%, hold: 1d}, {share: 25%, hold: 1d}, {share: 50%, hold: 10d}, {share: 100%, hold: 1d}]
            signals:
            - {name: error-rate, query: 'sum(rate(http_requests_total{job="checkout",code=~"5.."}[${window}])) / sum(rate(http_requests_total{job="checkout"}[${window}]))', bound: <= 60%, for: 5m}
            - {name: p95, query: 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job="checkout"}[${window}])))', bound: <= 900ms, for: 5m}
            - {name: p99, query: 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job="checkout"}[${window}])))', bound: <= 1000ms, for: 5m}
            - {name: saturation, query: 'max(container_cpu_share{job="checkout"})', bound: <= 80%, for: 5m}
            """;
        string flags = Path.Combine(_folder.FullName, "flags-0.json");
        await File.WriteAllTextAsync(flags, """{"flags": {"new-checkout": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"}}}""");
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes(text), "checkout.yaml", _folder.FullName, "Rollout");
        string first = RolloutService.Prefix + (await new RolloutService(_store, _context, Make).StartAsync(document, new RolloutStart { Release = "2.4.0" }, CancellationToken.None)).Id;
        await TickAsync(first);
        IReadOnlyList<JournalLine> lines = await _store.ReadAsync(first, CancellationToken.None);
        _clock.Advance(-_age);
        for (int i = 1; i < count; i++)
        {
            File.Copy(flags, Path.Combine(_folder.FullName, string.Create(CultureInfo.InvariantCulture, $"flags-{i}.json")));
            await CopyAsync(lines, i);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task TickAsync(string stream)
    {
        await using IJournalLease lease = (await _store.TryAcquireAsync(stream, TimeSpan.Zero, CancellationToken.None))!;
        RolloutState state = new RolloutState().Fold(lease.Lines);
        RolloutPlan plan = Make(new ObjectReader(DocumentJson.FromJson(state.Started!.Document), "", _folder.FullName, new ProblemList("")), "checkout", _context);
        var engine = new RolloutEngine(plan.Definition, plan.Parts, _context);
        for (TimeSpan age = RolloutMachine.Checkpoint; age < _age; age += RolloutMachine.Checkpoint)
        {
            _clock.Advance(RolloutMachine.Checkpoint);
            state = await engine.TickAsync(lease, state, CancellationToken.None);
        }

        _clock.Advance(DateTimeOffset.UtcNow - _clock.GetUtcNow());
        if (state.Phase != RolloutPhase.Progressing) throw new InvalidOperationException($"It is {state.Phase}: {state.Reason}");
    }

    /// <summary>The same journal for another flag: the first line through the store, which keeps account of its streams, the rest as they are.</summary>
    private async Task CopyAsync(IReadOnlyList<JournalLine> lines, int i)
    {
        string stream = string.Create(CultureInfo.InvariantCulture, $"{RolloutService.Prefix}checkout-2.4.0-{i:000}");
        string hash;
        await using (IJournalLease lease = (await _store.TryAcquireAsync(stream, TimeSpan.Zero, CancellationToken.None))!)
            hash = (await lease.AppendAsync([Entry(lines[0], i)], CancellationToken.None))[0].Hash;
        var output = new ArrayBufferWriter<byte>(1 << 20);
        foreach (JournalLine line in lines.Skip(1)) hash = JournalChain.Write(output, Entry(line, i), line.Sequence, hash, line.Time, line.Host).Hash;
        await using FileStream file = new(Path.Combine(State, stream + ".jsonl"), FileMode.Append);
        await file.WriteAsync(output.WrittenMemory);
    }

    private static JournalEntry Entry(JournalLine line, int i) => new(line.Type, line.Actor,
        JsonDocument.Parse(Encoding.UTF8.GetString(line.DataUtf8.Span).Replace("flags-0.json", string.Create(CultureInfo.InvariantCulture, $"flags-{i}.json"), StringComparison.Ordinal)).RootElement);

    private static RolloutPlan Make(ObjectReader reader, string name, EngineContext context)
    {
        RolloutDefinition definition = RolloutReader.Read(reader, name);
        return new RolloutPlan(definition, new RolloutParts(
            TargetReader.Read(reader.Object("target")!, context),
            definition.Signals.ToDictionary(signal => signal.Name, signal => (ISignalSource)new SampleSource(signal, 0.3)),
            new Dictionary<string, ISignalSource>()));
    }
}
