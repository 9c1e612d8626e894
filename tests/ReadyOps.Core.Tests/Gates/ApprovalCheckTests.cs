using ReadyOps.Core.Journal;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Gates;

public sealed class ApprovalCheckTests
{
    private readonly ApprovalTesting _gate = new();

    [Fact]
    public async Task What_nobody_has_approved_is_open_and_says_the_command()
    {
        Evidence seen = await _gate.LookAsync();
        Assert.Equal(Verdict.NoData, seen.Verdict);
        Assert.Equal("0 of 1 approval of release 2.4.0 as security.", seen.Reason);
        Assert.Equal("Approve-GateApproval -Path gate.yaml -Release 2.4.0 -Check sign-off -Role security -Reason '…'", seen.NextStep);
    }

    [Fact]
    public async Task An_approval_passes_and_is_told_with_person_role_time_reason_and_end()
    {
        GateApproval made = await _gate.DecideAsync("alice", with: one => one with { ExpiresAfter = TimeSpan.FromHours(24) });
        Assert.Equal("approvals/production#1", made.JournalReference);
        Evidence seen = await _gate.LookAsync();
        Assert.Equal((Verdict.Pass, made.Time + TimeSpan.FromHours(24)), (seen.Verdict, seen.ValidUntil));
        Assert.StartsWith("1 of 1 approval of release 2.4.0 as security: alice until ", seen.Reason, StringComparison.Ordinal);
        string line = Assert.Single(seen.Details);
        Assert.StartsWith("alice approved as security on ", line, StringComparison.Ordinal);
        Assert.EndsWith(": alice says so", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_told_of_a_failure_is_told_too_that_the_approval_counts_all_the_same()
    {
        _gate.Store = new JournalStore(new WithoutCatalog(new MemoryMedium()), _gate.Context);
        ReadyOpsException told = await Assert.ThrowsAsync<ReadyOpsException>(() => _gate.DecideAsync("alice"));
        Assert.Equal("ApprovalNotSealed", told.Id);
        Assert.StartsWith("The decision is recorded as approvals/production#1 and counts", told.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, (await _gate.LookAsync()).Verdict);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t")]
    public async Task A_denial_says_why(string reason) =>
        Assert.Equal("ReasonMissing", await _gate.RefusalAsync(() => _gate.DecideAsync("bob", ApprovalDecision.Denied, one => one with { Reason = reason })));

    [Theory]
    [InlineData("2.4.1")]
    [InlineData(null)]
    public async Task An_approval_for_one_release_counts_for_no_other(string? release)
    {
        await _gate.DecideAsync("alice");
        Assert.Equal(Verdict.NoData, (await _gate.LookAsync(release)).Verdict);
    }

    [Fact]
    public async Task An_approval_without_a_release_counts_only_for_a_gate_that_is_asked_without_one()
    {
        await _gate.DecideAsync("alice", with: one => one with { Release = null, NoRelease = true });
        Assert.Equal(Verdict.NoData, (await _gate.LookAsync()).Verdict);
        Assert.Equal(Verdict.Pass, (await _gate.LookAsync(release: null)).Verdict);
    }

    [Fact]
    public async Task An_approval_for_one_text_of_the_gate_counts_for_no_other()
    {
        await _gate.DecideAsync("alice");
        _gate.ChangeText("\"role\":\"security\"", "d2");
        Evidence seen = await _gate.LookAsync();
        Assert.Equal((Verdict.NoData, "0 of 1 approval of release 2.4.0 as security; that of alice does not count: it was given for another text of the gate, which has changed since."), (seen.Verdict, seen.Reason));
    }

    [Fact]
    public async Task An_approval_runs_out_at_its_end_and_at_the_end_that_the_document_sets()
    {
        await _gate.DecideAsync("alice", with: one => one with { ExpiresAfter = TimeSpan.FromHours(1) });
        _gate.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.Equal(Verdict.Pass, (await _gate.LookAsync()).Verdict);
        _gate.Clock.Advance(TimeSpan.FromTicks(1));
        Evidence seen = await _gate.LookAsync();
        Assert.Equal(Verdict.Stale, seen.Verdict);
        Assert.Contains("it expired on ", seen.Reason, StringComparison.Ordinal);

        var shorter = new ApprovalTesting("\"validFor\":\"30m\"");
        GateApproval made = await shorter.DecideAsync("alice", with: one => one with { ExpiresAfter = TimeSpan.FromHours(1) });
        Assert.Equal(made.Time + TimeSpan.FromMinutes(30), made.ExpiresAt);
        shorter.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(Verdict.Stale, (await shorter.LookAsync()).Verdict);
    }

    [Fact]
    public async Task The_same_person_counts_once_however_the_name_is_spelled()
    {
        var two = new ApprovalTesting("\"required\":2");
        await two.DecideAsync("Alice");
        await two.DecideAsync("alice ");
        Evidence seen = await two.LookAsync();
        Assert.Equal(Verdict.NoData, seen.Verdict);
        Assert.Equal(1, seen.Value);
        await two.DecideAsync("bob");
        Assert.Equal(Verdict.Pass, (await two.LookAsync()).Verdict);
    }

    [Fact]
    public async Task Of_n_approvals_where_m_are_needed_the_pass_holds_until_too_few_are_left()
    {
        var two = new ApprovalTesting("\"required\":2");
        foreach ((string person, int hours) in new[] { ("alice", 1), ("bob", 3), ("carol", 2) }) await two.DecideAsync(person, with: one => one with { ExpiresAfter = TimeSpan.FromHours(hours) });
        // After two hours only bob's is left.
        Assert.Equal(two.Clock.GetUtcNow() + TimeSpan.FromHours(2), (await two.LookAsync()).ValidUntil);
    }

    [Fact]
    public async Task A_denial_blocks_whatever_others_say_until_the_same_person_withdraws_it_or_approves()
    {
        await _gate.DecideAsync("alice");
        await _gate.DecideAsync("bob", ApprovalDecision.Denied);
        Evidence seen = await _gate.LookAsync();
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.StartsWith("bob denied release 2.4.0 as security on ", seen.Reason, StringComparison.Ordinal);
        Assert.Equal("Revoke-GateApproval -Path gate.yaml -Release 2.4.0 -Check sign-off -Actor bob -Reason '…'", seen.NextStep);

        _gate.Clock.Advance(TimeSpan.FromDays(300));
        await _gate.DecideAsync("carol");
        Assert.Equal(Verdict.Fail, (await _gate.LookAsync()).Verdict);
        await _gate.DecideAsync("bob", ApprovalDecision.Withdrawn);
        Assert.Equal(Verdict.Pass, (await _gate.LookAsync()).Verdict);
        await _gate.DecideAsync("bob", ApprovalDecision.Denied);
        Assert.Equal(Verdict.Fail, (await _gate.LookAsync()).Verdict);
        await _gate.DecideAsync("bob");
        Assert.Equal(Verdict.Pass, (await _gate.LookAsync()).Verdict);
    }

    [Fact]
    public async Task Editing_the_gate_lifts_no_denial()
    {
        await _gate.DecideAsync("bob", ApprovalDecision.Denied);
        _gate.ChangeText("\"role\":\"security\"", "d2");
        await _gate.DecideAsync("alice");
        Assert.Equal(Verdict.Fail, (await _gate.LookAsync()).Verdict);
    }

    [Fact]
    public async Task Only_the_person_who_decided_can_withdraw()
    {
        await _gate.DecideAsync("alice");
        ReadyOpsException refusal = await Assert.ThrowsAsync<ReadyOpsException>(() => _gate.DecideAsync("bob", ApprovalDecision.Withdrawn));
        Assert.Equal(("ApprovalNotFound", "What alice decided, only alice can withdraw."), (refusal.Id, refusal.NextStep));
        Assert.Equal(Verdict.Pass, (await _gate.LookAsync()).Verdict);

        await _gate.DecideAsync("alice", ApprovalDecision.Withdrawn);
        Assert.Equal(Verdict.NoData, (await _gate.LookAsync()).Verdict);
        Assert.Equal("ApprovalNotFound", await _gate.RefusalAsync(() => _gate.DecideAsync("alice", ApprovalDecision.Withdrawn)));
    }

    [Fact]
    public async Task With_four_eyes_whoever_asks_the_gate_does_not_approve_it()
    {
        var four = new ApprovalTesting("\"fourEyes\":true");
        await four.DecideAsync("alice");
        Assert.Equal(Verdict.NoData, (await four.LookAsync(runner: "ALICE")).Verdict);
        Assert.Equal(Verdict.Pass, (await four.LookAsync(runner: "bob")).Verdict);
    }

    [Fact]
    public async Task A_decision_that_cannot_count_is_refused_and_leaves_no_trace()
    {
        var few = new ApprovalTesting("\"role\":[\"security\",\"platform\"],\"approvers\":[\"alice\",\"bob\"]");
        Assert.Equal("ApproverNotAllowed", await few.RefusalAsync(() => few.DecideAsync("mallory", with: one => one with { Role = "security" })));
        Assert.Equal("ApproverNotAllowed", await few.RefusalAsync(() => few.DecideAsync("mallory", ApprovalDecision.Denied)));
        Assert.Equal("RoleMissing", await few.RefusalAsync(() => few.DecideAsync("alice")));
        ReadyOpsException unknown = await Assert.ThrowsAsync<ReadyOpsException>(() => few.DecideAsync("alice", with: one => one with { Role = "securty" }));
        Assert.Equal(("RoleUnknown", true), (unknown.Id, unknown.Message.EndsWith("; did you mean 'security'?", StringComparison.Ordinal)));
        Assert.Equal("CheckUnknown", await few.RefusalAsync(() => few.DecideAsync("alice", with: one => one with { Check = "signoff" })));
        Assert.Equal("ReleaseMissing", await few.RefusalAsync(() => few.DecideAsync("alice", with: one => one with { Role = "security", Release = null })));
        Assert.Equal("ReleaseAmbiguous", await few.RefusalAsync(() => few.DecideAsync("alice", with: one => one with { Role = "security", NoRelease = true })));
        Assert.Empty(await few.Store.ListAsync("", TestContext.Current.CancellationToken));
        Assert.Equal("platform", (await few.DecideAsync("alice", with: one => one with { Role = "Platform" })).Role);
    }

    [Fact]
    public async Task Outside_a_gate_and_without_a_journal_it_is_an_error()
    {
        const string Check = """{"name":"a","type":"approval"}""";
        Assert.Equal(Verdict.Error, (await CheckTesting.RunAsync(Check)).Verdict);
        GateResult result = await GateTesting.EvaluateAsync(GateTesting.Gate(100, CheckTesting.Read(Check)));
        Assert.Equal((GateStatus.Blocked, Verdict.Error), (result.Status, result.Evidence[0].Verdict));
    }

    [Theory]
    [InlineData("\"required\":0")]
    [InlineData("\"required\":3,\"approvers\":[\"alice\",\"bob\"]")]
    [InlineData("\"required\":2,\"approvers\":[\"alice\",\"Alice\"]")]
    [InlineData("\"approvers\":[]")]
    [InlineData("\"role\":\"\"")]
    [InlineData("\"validFor\":\"0s\"")]
    [InlineData("\"signers\":[]")]
    [InlineData("\"signers\":[{\"person\":\"alice\"}]")]
    [InlineData("\"signers\":[{\"person\":\"alice\",\"key\":\"written out\"}]")]
    [InlineData("\"signers\":[{\"person\":\"alice\",\"key\":\"secret:A\",\"certificate\":\"a.pem\"}]")]
    [InlineData("\"required\":2,\"signers\":[{\"person\":\"alice\",\"key\":\"secret:A\"},{\"person\":\"ALICE\",\"certificate\":\"a.pem\"}]")]
    public void What_could_never_be_approved_or_proves_nothing_is_a_problem_of_the_document(string members) =>
        Assert.NotEmpty(CheckTesting.Problems($$"""{"name":"a","type":"approval",{{members}}}"""));

    [Fact]
    public async Task A_list_says_what_each_decision_counts_for()
    {
        await _gate.DecideAsync("alice");
        _gate.Clock.Advance(TimeSpan.FromMinutes(1));
        await _gate.DecideAsync("alice", ApprovalDecision.Withdrawn);
        await _gate.DecideAsync("bob", with: one => one with { ExpiresAfter = TimeSpan.FromMinutes(1) });
        await _gate.DecideAsync("carol");
        _gate.Clock.Advance(TimeSpan.FromMinutes(1));
        await _gate.DecideAsync("carol");
        Assert.Equal(
            [ApprovalState.Withdrawn, ApprovalState.Standing, ApprovalState.Expired, ApprovalState.Replaced, ApprovalState.Standing],
            (await _gate.ListAsync()).Select(one => one.State));
        _gate.ChangeText("\"role\":\"security\"", "d2");
        Assert.Equal(ApprovalState.NotCounted, (await _gate.ListAsync())[^1].State);
    }

    /// <summary>Everything can be written but the catalog.</summary>
    private sealed class WithoutCatalog(IJournalMedium inner) : IJournalMedium
    {
        public string Location => inner.Location;

        public IEnumerable<string> List() => inner.List();

        public IJournalFile? OpenRead(string stream) => inner.OpenRead(stream);

        public IJournalFile? OpenWrite(string stream, bool create) => stream == JournalCatalog.Stream ? throw new IOException("No space left on device.") : inner.OpenWrite(stream, create);

        public IDisposable? TryLock(string stream, string holder) => inner.TryLock(stream, holder);

        public string? Holder(string stream) => inner.Holder(stream);
    }
}
