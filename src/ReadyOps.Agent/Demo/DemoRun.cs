using System.Globalization;
using System.Text.Json;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Agent.Demo;

/// <summary>
/// The demo: real HTTP services, real requests, a real flag file, and the same gate, rollout and journal as everywhere else.
/// Only the machine is one's own, and the holds are seconds.
/// </summary>
/// <param name="folder">Holds all that it writes.</param>
internal sealed class DemoRun(string folder) : IAsyncDisposable
{
    // About 60 of its 100 users at 25 % find no connection left; at 5 % they are 20 and all get one.
    private const int FaultyPool = 40;

    private static readonly TimeSpan MeasureWindow = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MeasurePace = TimeSpan.FromMilliseconds(500);

    // A proxy that the machine is set up for must not see what goes to its own loopback.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly List<DemoService> _services = [];
    private readonly CancellationTokenSource _loadStop = new();
    private Task _loadTask = Task.CompletedTask;
    private FolderJournalStore? _journals;
    private RolloutService? _rollouts;
    private DemoLoad? _load;
    private DemoChapter? _current;
    private EngineContext _context = new();

    /// <summary>The folder of its journals.</summary>
    public string State { get; } = Path.Combine(folder, "state");

    /// <summary>The two chapters, as they will be told.</summary>
    public IReadOnlyList<DemoChapter> Chapters { get; } =
    [
        new("2.0", "1.0", "a healthy release"),
        new("2.1", "2.0", "fails under load"),
    ];

    /// <summary>The chapter under way.</summary>
    public DemoChapter Current => _current ?? Chapters[0];

    /// <summary>What verifying the journals said, once both chapters have ended.</summary>
    public IReadOnlyList<JournalVerification> Journals { get; private set; } = [];

    /// <summary>Runs both chapters and verifies the journals.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        _context = new EngineContext { Http = _http, Actor = "demo" };
        _journals = new FolderJournalStore(State, _context);
        _rollouts = new RolloutService(_journals, _context);
        _load = new DemoLoad(_http);
        WriteFiles();

        DemoService stable = await ServeAsync(Chapters[0].Stable, null, cancel);
        DemoService healthy = await ServeAsync(Chapters[0].Release, null, cancel);
        await PlayAsync(Chapters[0], stable, healthy, cancel);
        if (Chapters[0].Status is { Phase: RolloutPhase.Succeeded })
        {
            DemoService faulty = await ServeAsync(Chapters[1].Release, FaultyPool, cancel);
            await PlayAsync(Chapters[1], healthy, faulty, cancel);
        }

        var verified = new List<JournalVerification>();
        await foreach (JournalVerification journal in _journals.VerifyAllAsync("", cancel)) verified.Add(journal);
        Journals = verified;
    }

    /// <summary>Everything that is not as the demo promises; empty when all is well.</summary>
    public IReadOnlyList<string> Shortcomings()
    {
        var found = new List<string>();
        (DemoChapter first, DemoChapter second) = (Chapters[0], Chapters[1]);
        if (first.Status is not { Phase: RolloutPhase.Succeeded, SharePercent: 100 }) found.Add($"Release {first.Release} should have reached 100 %: {Ending(first)}");
        if (second.Status is not { Phase: RolloutPhase.RolledBack, SharePercent: 0 }) found.Add($"Release {second.Release} should have been rolled back to 0 %: {Ending(second)}");
        if (second.SentAfterwards is > 0) found.Add(string.Create(CultureInfo.InvariantCulture, $"{second.SentAfterwards} requests were routed to release {second.Release} after its rollback."));
        if (Journals.Count == 0) found.Add("No journal was verified.");
        found.AddRange(Journals.Where(journal => !journal.Valid).Select(journal => $"The journal {journal.Stream} is not what was written: {journal.Reason}"));
        return found;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _loadStop.CancelAsync();
        await _loadTask;
        foreach (DemoService service in _services) await service.DisposeAsync();
        _http.Dispose();
        _loadStop.Dispose();
    }

    private static string Ending(DemoChapter chapter) => chapter.Status?.ToString() ?? (chapter.Gate is { } gate ? $"the gate said {gate}" : "it was never started.");

    private async Task<DemoService> ServeAsync(string version, int? pool, CancellationToken cancel)
    {
        DemoService service = await DemoService.StartAsync(version, pool, cancel);
        _services.Add(service);
        return service;
    }

    private async Task PlayAsync(DemoChapter chapter, DemoService stable, DemoService offered, CancellationToken cancel)
    {
        _current = chapter;
        _load!.Route(stable, offered, new FlagRouter(Path.Combine(folder, "flags.json"), $"checkout-{chapter.Release}"));
        if (_loadTask.IsCompleted) _loadTask = Task.Run(() => _load.RunAsync(_loadStop.Token), CancellationToken.None);
        using var measuring = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task measures = Task.Run(() => MeasureAsync(chapter, stable, offered, measuring.Token), CancellationToken.None);
        try
        {
            var variables = new Dictionary<string, string> { ["release"] = chapter.Release, ["new"] = offered.Url };
            if (await PassGateAsync(chapter, variables, cancel)) await RollOutAsync(chapter, variables, cancel);
        }
        finally
        {
            await measuring.CancelAsync();
            await measures;
        }

        chapter.FaultAt = offered.FaultAt;
        chapter.Answered = offered.Answered;
        // Journals tell time in milliseconds: what was decided in the same one may be older.
        if (chapter.BackAt is { } back) chapter.SentAfterwards = _load.SentSince(back.AddMilliseconds(1));
    }

    private async Task<bool> PassGateAsync(DemoChapter chapter, Dictionary<string, string> variables, CancellationToken cancel)
    {
        GateDefinition gate = GateReader.Read(DemoDocuments.Read(DemoDocuments.Gate, "Gate", folder, variables));
        GateResult result = await GateEvaluator.EvaluateAsync(gate, chapter.Release, _context, null, cancel);
        chapter.Gate = await GateJournal.AppendAsync(result, _journals!, _context, cancel);
        bool passed = chapter.Gate.Status == GateStatus.Passed;
        chapter.Tell(chapter.Gate.Time, $"gate: {chapter.Gate.Reason}", passed ? DemoTone.Good : DemoTone.Bad);
        return passed;
    }

    private async Task RollOutAsync(DemoChapter chapter, Dictionary<string, string> variables, CancellationToken cancel)
    {
        Document document = DemoDocuments.Read(DemoDocuments.Rollout, "Rollout", folder, variables);
        chapter.StartedAt = DateTimeOffset.UtcNow;
        RolloutStatus status = await _rollouts!.StartAsync(document, new RolloutStart { Gates = [chapter.Gate!], Reason = "readyops demo" }, cancel);
        Take(chapter, status);
        if (status.Ended) return;
        await foreach (RolloutStatus next in _rollouts.RunAsync(status.Id, cancel)) Take(chapter, next);
        chapter.EndedAt = DateTimeOffset.UtcNow;
    }

    private static void Take(DemoChapter chapter, RolloutStatus status)
    {
        chapter.Status = status;
        foreach (JournalEvent happened in status.Events)
        {
            Note(chapter, happened);
            if (!EventText.IsNews(happened)) continue;
            DemoTone tone = happened.Type switch
            {
                "RollbackStarted" or "RolloutFailed" or "RolloutEscalated" or "RolloutPaused" => DemoTone.Bad,
                "RolloutSucceeded" or "RolledBack" => DemoTone.Good,
                _ => DemoTone.Plain,
            };
            chapter.Tell(happened.Time, EventText.Of(happened), tone);
        }
    }

    private static void Note(DemoChapter chapter, JournalEvent happened)
    {
        switch (happened.Type)
        {
            case "ShareSet":
                decimal share = Convert.ToDecimal(happened.Data["percent"], CultureInfo.InvariantCulture);
                if (chapter.Shares[^1] != share) chapter.Shares.Add(share);
                if (chapter.DecidedAt is not null && share == 0) chapter.BackAt ??= happened.Time;
                break;
            case "RollbackStarted":
                chapter.DecidedAt = happened.Time;
                if (happened.Data.GetValueOrDefault("breach") is Dictionary<string, object?> breach && breach.GetValueOrDefault("since") is string since)
                    chapter.SeenAt = DateTimeOffset.Parse(since, CultureInfo.InvariantCulture);
                break;
        }
    }

    /// <summary>Measures both versions for the picture; nothing decides by it.</summary>
    private static async Task MeasureAsync(DemoChapter chapter, DemoService stable, DemoService offered, CancellationToken cancel)
    {
        using var pace = new PeriodicTimer(MeasurePace);
        bool toldOfFault = false;
        while (!cancel.IsCancellationRequested)
        {
            if (offered.FaultAt is { } fault && !toldOfFault)
            {
                toldOfFault = true;
                chapter.Tell(fault, string.Create(CultureInfo.InvariantCulture, $"({offered.Version} has used up its {FaultyPool} connections: further users get errors)"), DemoTone.Aside);
            }

            chapter.Measure(new DemoPoint(chapter.Status?.SharePercent ?? 0, offered.Lately(MeasureWindow), stable.Lately(MeasureWindow)));
            try
            {
                await pace.WaitForNextTickAsync(cancel);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private void WriteFiles()
    {
        var flags = new Dictionary<string, object>();
        foreach (DemoChapter chapter in Chapters)
        {
            flags[$"checkout-{chapter.Release}"] = new Dictionary<string, object>
            {
                ["state"] = "ENABLED",
                ["variants"] = new Dictionary<string, bool> { ["on"] = true, ["off"] = false },
                ["defaultVariant"] = "off",
            };
            string artifacts = Path.Combine(folder, "artifacts", chapter.Release);
            Directory.CreateDirectory(artifacts);
            File.WriteAllText(Path.Combine(artifacts, "tests.xml"), TestReport());
            File.WriteAllText(Path.Combine(artifacts, "notes.md"), $"# checkout {chapter.Release}\n");
        }

        File.WriteAllBytes(Path.Combine(folder, "flags.json"), JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["flags"] = flags }, Indented));
    }

    /// <summary>A report in JUnit's format: all of the suite passed, as it does with the faulty release too.</summary>
    private static string TestReport()
    {
        IEnumerable<string> cases = Enumerable.Range(1, 120).Select(n => string.Create(CultureInfo.InvariantCulture, $"  <testcase classname=\"checkout\" name=\"case {n}\" time=\"0.01\"/>"));
        return $"<testsuite name=\"checkout\" tests=\"120\" failures=\"0\" errors=\"0\" skipped=\"0\">\n{string.Join('\n', cases)}\n</testsuite>\n";
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
