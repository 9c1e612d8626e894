using ReadyOps.Core.Checks;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Tests.Checks;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Gates;

public sealed class GateCheckTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly TestFolder _folder = new();
    private readonly EngineContext _context;
    private IJournalStore _store;

    public GateCheckTests()
    {
        _context = new EngineContext { Clock = _clock };
        _store = new MemoryJournalStore(_context);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_gate_that_passed_for_this_release_passes_as_long_as_its_result_may_be_old()
    {
        GateResult staging = await RecordAsync(GateStatus.Passed);
        _clock.Advance(TimeSpan.FromHours(24));
        Evidence seen = await LookAsync();
        Assert.Equal(Verdict.Pass, seen.Verdict);
        Assert.Equal((86400.0, 0.0, staging.Time.AddHours(24)), (seen.Value, seen.Margin, seen.ValidUntil));
        Assert.Contains("(gates/staging#1)", seen.Reason, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromSeconds(1));
        seen = await LookAsync();
        Assert.Equal(Verdict.Stale, seen.Verdict);
        Assert.Equal("Run Test-DeploymentGate with the document of the gate 'staging' and -Release 2.4.0.", seen.NextStep);
    }

    [Fact]
    public async Task Without_any_result_there_is_nothing_to_judge() => Assert.Equal(Verdict.NoData, (await LookAsync()).Verdict);

    [Theory]
    [InlineData(GateStatus.Failed, Verdict.Fail)]
    [InlineData(GateStatus.Blocked, Verdict.NoData)]
    [InlineData(GateStatus.Skipped, Verdict.NoData)]
    public async Task Only_a_gate_that_passed_passes_and_the_newest_result_counts(GateStatus status, Verdict verdict)
    {
        await RecordAsync(GateStatus.Passed);
        await RecordAsync(status);
        Assert.Equal(verdict, (await LookAsync()).Verdict);
        await RecordAsync(GateStatus.Passed);
        Assert.Equal(Verdict.Pass, (await LookAsync()).Verdict);
    }

    [Fact]
    public async Task A_skipped_gate_passes_only_where_the_document_says_so()
    {
        await RecordAsync(GateStatus.Skipped);
        Assert.Equal(Verdict.Pass, (await LookAsync(""","allowSkipped":true""")).Verdict);
        await RecordAsync(GateStatus.Failed);
        Assert.Equal(Verdict.Fail, (await LookAsync(""","allowSkipped":true""")).Verdict);
    }

    [Theory]
    [InlineData("2.3.0")]
    [InlineData(null)]
    public async Task A_result_for_another_release_or_for_none_counts_only_where_any_is_asked_for(string? release)
    {
        await RecordAsync(GateStatus.Passed, release);
        Assert.Equal(Verdict.NoData, (await LookAsync()).Verdict);
        Assert.Equal(Verdict.Pass, (await LookAsync(""","release":"any" """)).Verdict);
    }

    [Fact]
    public async Task A_gate_that_is_asked_without_a_release_counts_on_no_result_for_the_same()
    {
        await RecordAsync(GateStatus.Passed, release: null);
        Assert.Equal(Verdict.Error, (await LookAsync(release: null)).Verdict);
        Assert.Equal(Verdict.Pass, (await LookAsync(""","release":"any" """, release: null)).Verdict);
    }

    [Fact]
    public async Task Another_text_of_the_other_gate_fails_where_one_is_asked_for()
    {
        string asked = new('a', 64);
        await RecordAsync(GateStatus.Passed, digest: new string('b', 64));
        Assert.Equal(Verdict.Fail, (await LookAsync($""","digest":"{asked}" """)).Verdict);
        await RecordAsync(GateStatus.Passed, digest: asked);
        Assert.Equal(Verdict.Pass, (await LookAsync($""","digest":"{asked.ToUpperInvariant()}" """)).Verdict);
    }

    [Fact]
    public async Task A_result_whose_own_evidence_has_gone_stale_is_stale()
    {
        await RecordAsync(GateStatus.Passed, validFor: TimeSpan.FromHours(1));
        Assert.Equal(_clock.GetUtcNow().AddHours(1), (await LookAsync()).ValidUntil);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Verdict.Stale, (await LookAsync()).Verdict);
    }

    [Fact]
    public async Task A_result_that_is_dated_in_the_future_is_an_error()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        await RecordAsync(GateStatus.Passed);
        _clock.Advance(TimeSpan.FromHours(-1));
        Assert.Equal(Verdict.Error, (await LookAsync()).Verdict);
    }

    [Fact]
    public async Task A_gate_cannot_vouch_for_itself()
    {
        await RecordAsync(GateStatus.Passed);
        GateResult result = await GateEvaluator.EvaluateAsync(
            GateTesting.Gate(100, Check("")) with { Name = "staging" }, "2.4.0", _context with { Journals = _store }, null, Stop);
        Assert.Equal(Verdict.Error, result.Evidence[0].Verdict);
    }

    [Theory]
    [InlineData("bend")]
    [InlineData("cut")]
    [InlineData("remove")]
    [InlineData("garbage")]
    public async Task A_journal_that_was_tampered_with_is_an_error_and_no_pass(string how)
    {
        _store = new FolderJournalStore(_folder.Path, _context);
        await RecordAsync(GateStatus.Passed);
        await RecordAsync(GateStatus.Failed);
        string file = Path.Combine(_folder.Path, "gates", "staging.jsonl");
        string[] lines = await File.ReadAllLinesAsync(file, Stop);
        if (how == "remove") File.Delete(file);
        else if (how == "garbage") await AppendAsync("""{"gate":"staging","release":"2.4.0","status":"1"}""");
        else await File.WriteAllTextAsync(file, (how == "bend" ? string.Join('\n', lines).Replace("Failed", "Passed", StringComparison.Ordinal) : lines[0]) + "\n", Stop);
        Assert.Equal(Verdict.Error, (await LookAsync()).Verdict);
    }

    [Theory]
    [InlineData("""{"name":"a","type":"gate","gate":"staging"}""")]
    [InlineData("""{"name":"a","type":"gate","maxAge":"1h"}""")]
    [InlineData("""{"name":"a","type":"gate","gate":"staging","maxAge":"1h","release":"2.4.0"}""")]
    [InlineData("""{"name":"a","type":"gate","gate":"staging","maxAge":"1h","digest":"abc"}""")]
    public void What_says_too_little_is_a_problem_of_the_document(string check) => Assert.NotEmpty(CheckTesting.Problems(check));

    private static CheckDefinition Check(string more) => CheckTesting.Read($$"""{"name":"staging gate","type":"gate","gate":"staging","maxAge":"24h"{{more}}}""");

    private async Task<Evidence> LookAsync(string more = "", string? release = "2.4.0") =>
        (await GateEvaluator.EvaluateAsync(GateTesting.Gate(100, Check(more)), release, _context with { Journals = _store }, null, Stop)).Evidence[0];

    private Task<GateResult> RecordAsync(GateStatus status, string? release = "2.4.0", string digest = "d1", TimeSpan? validFor = null) =>
        GateJournal.AppendAsync(new GateResult
        {
            Gate = "staging",
            Release = release,
            Status = status,
            Digest = digest,
            Reason = "so.",
            Time = _clock.GetUtcNow(),
            ValidUntil = _clock.GetUtcNow() + validFor,
        }, _store, _context, Stop);

    private async Task AppendAsync(string data)
    {
        await using IJournalLease? lease = await _store.TryAcquireAsync("gates/staging", TimeSpan.Zero, Stop);
        await lease!.AppendAsync([new JournalEntry(GateJournal.EventType, "x", System.Text.Json.JsonDocument.Parse(data).RootElement)], Stop);
    }
}
