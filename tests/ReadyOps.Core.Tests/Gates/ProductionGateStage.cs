using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Tests.Checks;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Gates;

/// <summary>
/// The production gate of examples/03-production-gate with everything in place, in a folder of its own: its service, Prometheus and
/// Alertmanager answer from the files of the example. Two checks start git; the example itself runs them, and here they are played.
/// </summary>
internal sealed class ProductionGateStage : IDisposable
{
    public const string Release = "0.1.0";
    public const string Runner = "release-manager";
    public const string Tagged = "version tagged in git";
    public const string Command = "rollback ready";

    private readonly TestFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly EngineContext _context;

    public ProductionGateStage()
    {
        Copy(Path.Combine(Root, "examples", "03-production-gate"), _folder.Path);
        foreach (string file in (string[])["README.md", "CHANGELOG.md", "docs/agent.md"]) _folder.Write($"repository/{file}", File.ReadAllText(Path.Combine(Root, file)));
        _folder.Write("backups/shop.tar", "data", _clock.GetUtcNow());
        _folder.Write("backups/shop.tar.sha256", $"{Convert.ToHexString(SHA256.HashData("data"u8)).ToLowerInvariant()}  shop.tar\n", _clock.GetUtcNow());
        _context = new StubHandler(Answer).Context(_clock) with { Actor = Runner, AllowCommand = true };
        _context = _context with { Journals = new MemoryJournalStore(_context) };
    }

    /// <summary>What the checks that start git see.</summary>
    public Dictionary<string, Verdict> Git { get; } = new() { [Tagged] = Verdict.Pass, [Command] = Verdict.Pass };

    /// <summary>The root of the repository.</summary>
    public static string Root => Repository.Root;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Everything that people and the gates before decide.</summary>
    public async Task PrepareAsync(params string[] butApprovals)
    {
        await AskAsync("gate-10.yaml");
        await AskAsync("gate-11.yaml");
        (string Check, string Role, string Person)[] approvals =
        [
            ("security sign-off", "security", "sasha"), ("stakeholder approval", "stakeholder", "maria"), ("stakeholder approval", "stakeholder", "noor"),
            ("on-call schedule confirmed", "operations", "omar"), ("team available", "operations", "omar"), ("reviewer", "reviewer", "rita"),
        ];
        foreach ((string check, string role, string person) in approvals.Where(one => !butApprovals.Contains(one.Check))) await DecideAsync(check, role, person);
    }

    /// <summary>Records what a person decides at the production gate.</summary>
    public Task DecideAsync(string check, string role, string person, ApprovalDecision decision = ApprovalDecision.Approved, string release = Release, TimeSpan? expires = null)
    {
        var request = new ApprovalRequest { Decision = decision, Release = release, Check = check, Role = role, Reason = "test", ExpiresAfter = expires };
        return new ApprovalService(_context.Journals!, _context with { Actor = person }).RecordAsync(Read("production.yaml", release), request, Stop);
    }

    /// <summary>Asks the production gate.</summary>
    public Task<GateResult> AskAsync() => AskAsync("production.yaml");

    /// <summary>Asks a gate, and keeps its result.</summary>
    public async Task<GateResult> AskAsync(string file, string release = Release, bool allowCommand = true)
    {
        EngineContext context = _context with { AllowCommand = allowCommand };
        GateResult result = await GateEvaluator.EvaluateAsync(Read(file, release, allowCommand), release, context, null, Stop);
        return await GateJournal.AppendAsync(result, _context.Journals!, context, Stop);
    }

    /// <summary>Changes a file of the example in the first place that fits.</summary>
    public void Change(string file, string from, string to)
    {
        string path = Path.Combine(_folder.Path, file), text = File.ReadAllText(path);
        int at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{file} does not hold '{from}'.");
        _folder.Write(file, string.Concat(text.AsSpan(0, at), to, text.AsSpan(at + from.Length)), _clock.GetUtcNow());
    }

    public void Delete(string file) => File.Delete(Path.Combine(_folder.Path, file));

    public void Pass(TimeSpan time) => _clock.Advance(time);

    public GateDefinition Read(string file, string release = Release, bool played = true)
    {
        var variables = new Dictionary<string, string> { ["service"] = "http://service.test", ["release"] = release };
        GateDefinition gate = GateReader.Read(DocumentLoader.Load(Path.Combine(_folder.Path, file), "Gate", variables));
        return gate with { Sections = [.. gate.Sections.Select(section => section with { Checks = [.. section.Checks.Select(check => Played(check, played))] })] };
    }

    public void Dispose() => _folder.Dispose();

    private CheckDefinition Played(CheckDefinition check, bool played) =>
        Git.TryGetValue(check.Name, out Verdict verdict) && (played || check.Name == Tagged) ? check with { Check = new Play(verdict) } : check;

    private HttpResponseMessage Answer(StubRequest request)
    {
        string path = request.Url.AbsolutePath;
        if (path == "/api/v1/query")
        {
            using JsonDocument values = JsonDocument.Parse(ReadFile("service/metrics.json"));
            string series = values.RootElement.TryGetProperty(request.Form["query"], out JsonElement value)
                ? string.Create(CultureInfo.InvariantCulture, $$"""{"metric":{},"value":[{{_clock.GetUtcNow().ToUnixTimeSeconds()}},"{{value.GetRawText()}}"]}""") : "";
            return StubHandler.Text("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + series + "]}}");
        }

        string file = $"service/{(path == "/api/v2/alerts" ? "alerts" : path.Trim('/'))}.json";
        return File.Exists(Path.Combine(_folder.Path, file)) ? StubHandler.Text(ReadFile(file)) : StubHandler.Text("", 404);
    }

    private string ReadFile(string file) => File.ReadAllText(Path.Combine(_folder.Path, file));

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private sealed class Play(Verdict verdict) : ICheck
    {
        public ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel) => new(Observation.Of(verdict, $"It is played as {verdict}."));
    }
}
