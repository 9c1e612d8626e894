using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Benchmarks;

/// <summary>
/// Many rollouts of one service under way in one store, each with a target of its own and the same three queries, a Prometheus in memory
/// behind a real client, and a clock that is moved by hand.
/// </summary>
internal sealed class ScaleBed : IDisposable
{
    private const string Text = """
        apiVersion: readyops/v1
        kind: Rollout
        name: checkout
        prometheus: http://prometheus.invalid
        target: {type: flag, path: flags-0.json, flag: new-checkout}
        steps: [{share: 10%, hold: 3d}, {share: 100%, hold: 3d}]
        tick: 15s
        signals:
        - {name: error-rate, query: 'sum(rate(http_requests_total{job="checkout",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="checkout"}[5m]))', bound: <= 60%, for: 5m}
        - {name: p95, query: 'histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job="checkout"}[5m])))', bound: <= 900ms, for: 5m}
        - {name: saturation, query: 'max(container_cpu_share{job="checkout"})', bound: <= 80%, for: 5m}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("readyops-scale-");
    private readonly Questions _questions = new();
    private readonly HttpClient _http;
    private readonly EngineContext _context;
    private readonly IJournalStore _store;

    /// <summary>Opens the store.</summary>
    /// <param name="database">The address of an empty schema; <see langword="null"/> for a folder.</param>
    public ScaleBed(string? database)
    {
        _http = new HttpClient(_questions);
        _context = new EngineContext { Clock = Clock, Http = _http }.SharingQueries();
        _store = database is null ? new FolderJournalStore(Path.Combine(_folder.FullName, ".readyops"), _context)
            : new PostgresJournalStore(database, _context) { SharesClock = false };
        Service = new RolloutService(_store, _context);
    }

    public VirtualClock Clock { get; } = new();

    public RolloutService Service { get; }

    public List<string> Ids { get; } = [];

    /// <summary>Requests that Prometheus got so far.</summary>
    public long Asked => _questions.Count;

    /// <summary>Starts so many rollouts, spread over the five minutes between two checkpoints.</summary>
    public async Task StartAsync(int count)
    {
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes(Text), "checkout.yaml", _folder.FullName, "Rollout");
        WriteFlags(0, "flags");
        Ids.Add((await Service.StartAsync(document, new RolloutStart { Release = "2.4.0" }, CancellationToken.None)).Id);
        IReadOnlyList<JournalLine> lines = await _store.ReadAsync(RolloutService.Prefix + Ids[0], CancellationToken.None);
        string flags = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "flags-0.json"));
        for (int i = 1; i < count; i++)
        {
            Clock.Advance(RolloutMachine.Checkpoint / count);
            string id = string.Create(CultureInfo.InvariantCulture, $"checkout-2.4.0-{i:00000}");
            await File.WriteAllTextAsync(Path.Combine(_folder.FullName, string.Create(CultureInfo.InvariantCulture, $"flags-{i}.json")), flags);
            await using IJournalLease lease = (await _store.TryAcquireAsync(RolloutService.Prefix + id, TimeSpan.Zero, CancellationToken.None))!;
            await lease.AppendAsync([.. lines.Select(line => new JournalEntry(line.Type, line.Actor, Renamed(line, i)))], CancellationToken.None);
            Ids.Add(id);
        }
    }

    /// <summary>Ticks all of them once, a tick's pace later.</summary>
    public async Task TickAsync(int concurrency)
    {
        Clock.Advance(TimeSpan.FromSeconds(15));
        await Parallel.ForEachAsync(Ids, new ParallelOptions { MaxDegreeOfParallelism = concurrency }, async (id, cancel) =>
        {
            RolloutStatus status = await Service.TickAsync(id, cancel);
            if (status.Phase != RolloutPhase.Progressing) throw new InvalidOperationException($"{status}: {status.Reason}");
        });
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private static JsonElement Renamed(JournalLine line, int i) =>
        JsonDocument.Parse(Encoding.UTF8.GetString(line.DataUtf8.Span).Replace("flags-0.json", string.Create(CultureInfo.InvariantCulture, $"flags-{i}.json"), StringComparison.Ordinal)).RootElement;

    private void WriteFlags(int i, string root) => File.WriteAllText(Path.Combine(_folder.FullName, string.Create(CultureInfo.InvariantCulture, $"flags-{i}.json")),
        $$$$"""{"{{{{root}}}}": {"new-checkout": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"}}}""");

    /// <summary>Answers range queries with a value at each moment.</summary>
    private sealed class Questions : HttpMessageHandler
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            string text = SamplePage.Of(await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
        }
    }
}
