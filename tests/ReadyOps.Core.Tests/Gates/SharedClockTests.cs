using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Tests.Checks;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Gates;

/// <summary>Where a store has a clock, gates on machines whose clocks are wrong go by that one.</summary>
public sealed class SharedClockTests
{
    private static readonly ManualClock Shared = new();

    private readonly EngineContext _right = new() { Clock = Shared, Actor = "alice" };
    private readonly SharedStore _store;

    public SharedClockTests() => _store = new SharedStore(new MemoryJournalStore(_right));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task An_approval_runs_out_at_the_same_moment_on_every_machine(int minutesOff)
    {
        EngineContext wrong = Off(minutesOff);
        GateDefinition gate = GateTesting.Gate(100, CheckTesting.Read("""{"name":"sign-off","type":"approval","role":"security","validFor":"5m"}""") with { Critical = true });
        var request = new ApprovalRequest { Decision = ApprovalDecision.Approved, Release = "2.4.0", Role = "security", Reason = "looked at it" };
        GateApproval approval = await new ApprovalService(_store, wrong with { Actor = "bob" }).RecordAsync(gate, request, Stop);
        DateTimeOffset given = Shared.GetUtcNow();
        Assert.Equal((given, given.AddMinutes(5)), (approval.Time, approval.ExpiresAt));

        Shared.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(Verdict.Pass, await LookAsync(gate, wrong));
        Assert.Equal(ApprovalState.Standing, Assert.Single(await new ApprovalService(_store, wrong).ListAsync(gate.Name, gate, Stop)).State);
        Shared.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Verdict.Stale, await LookAsync(gate, wrong));
        Assert.Equal(ApprovalState.Expired, Assert.Single(await new ApprovalService(_store, wrong).ListAsync(gate.Name, gate, Stop)).State);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task A_result_of_a_gate_is_as_old_as_the_store_says(int minutesOff)
    {
        EngineContext wrong = Off(minutesOff) with { Journals = _store };
        GateResult staging = await GateEvaluator.EvaluateAsync(GateTesting.Gate(100, GateTesting.Check("tests", Verdict.Pass)) with { Name = "staging" }, "2.4.0", wrong, null, Stop);
        Assert.Equal(Shared.GetUtcNow(), staging.Time);
        await GateJournal.AppendAsync(staging, _store, wrong, Stop);

        GateDefinition gate = GateTesting.Gate(100, CheckTesting.Read("""{"name":"staging","type":"gate","gate":"staging","maxAge":"5m"}""") with { Critical = true });
        Shared.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(Verdict.Pass, await LookAsync(gate, wrong));
        Shared.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(Verdict.Stale, await LookAsync(gate, wrong));
    }

    [Fact]
    public async Task A_past_result_is_stale_by_the_clock_of_the_store()
    {
        EngineContext wrong = Off(-10) with { Journals = _store };
        GateResult result = new() { Gate = "staging", Release = "2.4.0", Status = GateStatus.Passed, Time = Shared.GetUtcNow(), ValidUntil = Shared.GetUtcNow().AddMinutes(5), Digest = "d1" };
        await GateJournal.AppendAsync(result, _store, wrong, Stop);
        Shared.Advance(TimeSpan.FromMinutes(6));
        await foreach (GateResult past in new GateHistory(_store, wrong).ReadAsync("gates/staging", new GateHistoryQuery(), why => throw why, Stop))
            Assert.Equal(result.ValidUntil, past.StaleSince);
    }

    [Fact]
    public async Task A_gate_is_asked_by_the_machines_clock_where_the_store_does_not_answer()
    {
        EngineContext wrong = Off(10) with { Journals = new SharedStore(new MemoryJournalStore(_right)) { Down = true } };
        GateResult result = await GateEvaluator.EvaluateAsync(GateTesting.Gate(100, GateTesting.Check("tests", Verdict.Pass)), "2.4.0", wrong, null, Stop);
        Assert.Equal(GateStatus.Passed, result.Status);
    }

    private EngineContext Off(int minutes) => _right with { Clock = new OffClock(TimeSpan.FromMinutes(minutes)) };

    private async Task<Verdict> LookAsync(GateDefinition gate, EngineContext context) =>
        (await GateEvaluator.EvaluateAsync(gate, "2.4.0", context with { Journals = _store }, null, Stop)).Evidence[0].Verdict;

    private sealed class OffClock(TimeSpan off) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Shared.GetUtcNow() + off;
    }

    /// <summary>A store with a clock.</summary>
    private sealed class SharedStore(IJournalStore inner) : IJournalStore
    {
        public bool Down { get; init; }

        public string Location => inner.Location;

        public TimeProvider? Clock => Shared;

        public ValueTask<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) =>
            Down ? throw new ReadyOpsException("JournalUnavailable", "The database does not answer.") : inner.ListAsync(prefix, cancel);

        public ValueTask<IReadOnlyList<JournalLine>> ReadAsync(string stream, CancellationToken cancel) => inner.ReadAsync(stream, cancel);

        public ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel) => inner.TryAcquireAsync(stream, wait, cancel);

        public ValueTask<JournalVerification> VerifyAsync(string stream, CancellationToken cancel) => inner.VerifyAsync(stream, cancel);
    }
}
