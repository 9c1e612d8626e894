using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Targets;

namespace ReadyOps.Benchmarks;

/// <summary>A rollout with a journal in a folder, a flag file as its target, signals in memory, and a clock that is moved by hand.</summary>
internal sealed class RolloutBed : IDisposable
{
    private const string Signals = """
        signals:
        - {name: error-rate, query: 'sum(rate(http_requests_total{job="checkout",code=~"5.."}[${window}])) / sum(rate(http_requests_total{job="checkout"}[${window}]))', bound: <= 1%, for: 5m}
        - {name: p95, query: 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job="checkout"}[${window}])))', bound: <= 500ms, for: 5m}
        - {name: p99, query: 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job="checkout"}[${window}])))', bound: <= 1000ms, for: 5m}
        """;

    private const string FourthMetric = "- {name: saturation, query: 'max(container_cpu_share{job=\"checkout\"})', bound: <= 80%, for: 5m}";
    private const string HealthCheck = "- {name: health, type: http, url: 'http://127.0.0.1:8080/healthz', consecutive: 5}";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("readyops-benchmark-");
    private readonly EngineContext _context;

    /// <summary>Starts the rollout.</summary>
    /// <param name="health">Whether the fourth signal is a health check, which has no history, instead of a metric.</param>
    public RolloutBed(bool health)
    {
        _context = new EngineContext { Clock = Clock };
        File.WriteAllText(Path.Combine(_folder.FullName, "flags.json"), """
            {"flags": {"new-checkout": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"}}}
            """);
        string text = $"apiVersion: readyops/v1\nkind: Rollout\nname: checkout\nstrategy: safe\nprometheus: http://127.0.0.1:9090\ntarget: {{type: flag, path: flags.json, flag: new-checkout}}\n{Signals}\n{(health ? HealthCheck : FourthMetric)}\n";
        // Queries keep their own ${window}, as they do when a rollout is started.
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes(text), "checkout.yaml", _folder.FullName, "Rollout");
        Id = NewService().StartAsync(document, new RolloutStart { Release = "2.4.0" }, CancellationToken.None).AsTask().GetAwaiter().GetResult().Id;
    }

    public VirtualClock Clock { get; } = new();

    public string Id { get; }

    public string Stream => RolloutService.Prefix + Id;

    public string JournalFile => Path.Combine(_folder.FullName, ".readyops", "rollouts", Id + ".jsonl");

    public long JournalBytes => new FileInfo(JournalFile).Length;

    public FolderJournalStore NewStore() => new(Path.Combine(_folder.FullName, ".readyops"), _context);

    /// <summary>A service that remembers nothing, as a process that was just started.</summary>
    public RolloutService NewService() => new(NewStore(), _context, Make);

    /// <summary>The same where nothing was kept beside the journal.</summary>
    public RolloutService NewServiceThatReadsAll()
    {
        File.Delete(SnapshotFile);
        return NewService();
    }

    public long SnapshotBytes => new FileInfo(SnapshotFile).Length;

    private string SnapshotFile => Path.ChangeExtension(JournalFile, ".snapshot");

    /// <summary>Ticks for a time under one lease: the same events as with a lease for each tick, without reading the journal for each.</summary>
    public async Task RunAsync(TimeSpan pace, TimeSpan time)
    {
        await using IJournalLease lease = (await NewStore().TryAcquireAsync(Stream, TimeSpan.Zero, CancellationToken.None))!;
        RolloutState state = new RolloutState().Fold(lease.Lines);
        var problems = new ProblemList("");
        RolloutPlan plan = Make(new ObjectReader(DocumentJson.FromJson(state.Started!.Document), "", _folder.FullName, problems), "checkout", _context);
        var engine = new RolloutEngine(plan.Definition, plan.Parts, _context);
        for (DateTimeOffset end = Clock.GetUtcNow() + time; Clock.GetUtcNow() < end;)
        {
            Clock.Advance(pace);
            state = await engine.TickAsync(lease, state, CancellationToken.None);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static RolloutPlan Make(ObjectReader reader, string name, EngineContext context)
    {
        RolloutDefinition definition = RolloutReader.Read(reader, name);
        double[] levels = [0.004, 0.31, 0.62, 0.5];
        return new RolloutPlan(definition, new RolloutParts(
            TargetReader.Read(reader.Object("target")!, context),
            definition.Signals.Select((signal, i) => (signal.Name, Source: (ISignalSource)new SampleSource(signal, levels[i]))).ToDictionary(pair => pair.Name, pair => pair.Source),
            new Dictionary<string, ISignalSource>()));
    }
}
