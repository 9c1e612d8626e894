using System.Globalization;
using System.Text.RegularExpressions;

namespace ReadyOps.Core.Tests.Gates;

/// <summary>The production gate of examples/03-production-gate passes, fails, blocks and is skipped for each reason that it can.</summary>
public sealed partial class ProductionGateTests : IDisposable
{
    private const string Firing = """
        [{"labels": {"alertname": "Down", "severity": "critical"}, "annotations": {}, "receivers": [{"name": "team"}], "fingerprint": "0a", "startsAt": "2026-11-20T00:00:00Z",
          "updatedAt": "2026-11-21T10:00:00Z", "endsAt": "2099-01-01T00:00:00Z", "status": {"state": "active", "silencedBy": [], "inhibitedBy": []}},
        """;

    private readonly ProductionGateStage _stage = new();

    /// <summary>File, what is in it, what to put in its place (nothing: the file goes), and the check that then fails.</summary>
    public static TheoryData<string, string, string, string> Failures { get; } = new()
    {
        { "pre-deployment-checklist.md", "", "", "pre-deployment checklist" },
        { "deployment-log-production.md", "", "", "production deployment log" },
        { "post-deployment-verification.md", "", "", "post-deployment verification" },
        { "release-notes.md", "0.1.0", "0.0.9", "release notes" },
        { "change.json", "\"confirmed\": true", "\"confirmed\": false", "deployment window confirmed" },
        { "reports/unit.xml", "name=\"Charges once\" time=\"0.1\" />", "name=\"Charges once\"><failure /></testcase>", "all tests passing" },
        { "defects.json", "\"critical\": 0", "\"critical\": 1", "no critical or high defects" },
        { "defects.json", "\"high\": 0", "\"high\": 1", "no critical or high defects" },
        { "reports/security.sarif", "\"level\": \"warning\"", "\"level\": \"error\"", "security scan clean" },
        { "reports/security.sarif", "\"3.1\"", "\"7.5\"", "security scan clean" },
        { "reports/performance.json", "131.57", "500.01", "performance targets verified" },
        { "repository/docs/agent.md", "", "", "documentation complete" },
        { "monitoring/prometheus.yml", "scrape_configs", "scrape", "monitoring configured" },
        { "monitoring/alerts.yml", "alert:", "record:", "alerting configured" },
        { "monitoring/logging.json", "true", "false", "logging configured" },
        { "runbook.md", "## Rollback", "## Going back", "runbooks ready" },
        { "backups/shop.tar", "data", "dato", "backup verified" },
        { "recovery-drill.json", "restored", "lost", "recovery procedure tested" },
        { "runbook.md", "git checkout v", "git checkout ", "rollback procedure ready" },
        { "pre-deployment-checklist.md", "[x] Stakeholders", "[ ] Stakeholders", "stakeholders notified" },
        { "pre-deployment-checklist.md", "[x] Support", "[ ] Support", "support team notified" },
        { "pre-deployment-checklist.md", "[x] Status", "[ ] Status", "status page prepared" },
        { "deployment.json", "42", "301", "deployment started at scheduled time" },
        { "deployment.json", "completed", "aborted", "deployment completed successfully" },
        { "deployment.json", "\"errors\": 0", "\"errors\": 1", "no errors during deployment" },
        { "deployment.json", "\"failed\": 0", "\"failed\": 1", "database migrations successful" },
        { "service/health.json", "\"ok\"", "\"degraded\"", "health checks passing" },
        { "reports/smoke.xml", "name=\"Log in\" time=\"0.1\" />", "name=\"Log in\"><error /></testcase>", "smoke tests passing" },
        { "reports/critical.xml", "name=\"Pays\" time=\"0.1\" />", "name=\"Pays\"><failure /></testcase>", "critical functionality verified" },
        { "service/metrics.json", "0.0021", "0.02", "no spike in errors" },
        { "service/metrics.json", "0.1284", "0.15", "response times normal" }, // 131.57 ms and 10 % are 144.7 ms
        { "service/integrations.json", "\"mail\": \"up\"", "\"mail\": \"down\"", "external integrations working" },
        { "service/metrics.json", "\"min(up)\": 1", "\"min(up)\": 0", "metrics being collected" },
        { "service/dashboards.json", "\"emptyPanels\": 0", "\"emptyPanels\": 2", "dashboards showing data" },
        { "service/alerts.json", "[", Firing, "alerts working" },
        { "service/logs.json", "418", "0", "logs flowing" },
        { "release-notes.md", "0.1.0", "0.0.9", "release notes published" },
        { "repository/CHANGELOG.md", "0.1.0", "0.0.9", "changelog updated" },
        { "post-deployment-verification.md", "[x] Documentation", "[ ] Documentation", "documentation updated" },
        { "post-deployment-verification.md", "[x] Deployment", "[ ] Deployment", "deployment success communicated" },
        { "post-deployment-verification.md", "[x] Known", "[ ] Known", "known issues communicated" },
        { "post-deployment-verification.md", "[x] Support", "[ ] Support", "support team briefed" },
        { "monitoring/hypercare.json", "15s", "1m", "enhanced monitoring active" },
        { "post-deployment-verification.md", "[x] User", "[ ] User", "feedback channels monitored" },
        { "service/metrics.json", "0.0021", "0.051", "error rate at most 5%" },
        { "service/metrics.json", "0.412", "1.001", "p99 below its threshold" },
        { "service/metrics.json", "\"min_over_time(probe_success[10m])\": 1", "\"min_over_time(probe_success[10m])\": 0", "no repeated health check failures" },
        { "reports/critical.xml", "name=\"Ships\" time=\"0.1\" />", "name=\"Ships\"><failure /></testcase>", "critical functionality intact" },
        { "defects.json", "\"security\": 0", "\"security\": 1", "no security issue" },
        { "data-integrity.json", "\"mismatches\": 0", "\"mismatches\": 3", "data intact" },
        { "state.json", "\"performed\": true", "\"performed\": false", "self-validation performed" },
        { "state.json", "\"X\": \"validated\"", "\"X\": \"violated\"", "articles IX, X and XI validated" },
        { "state.json", "\"iterations\": 3", "\"iterations\": 0", "iteration count logged" },
        { "state.json", "\"open\": 0", "\"open\": 1", "violations addressed" },
        { "state.json", "compliant", "iterating", "final status compliant" },
        { "state.json", "compliant", "escalated", "final status compliant" },
        { "state.json", "compliant", "Compliant", "final status compliant" },
        { "state.json", "\"iterations\": 3", "\"iterations\": 6", "iterations within limit" },
    };

    /// <summary>File, what is in it, what to put in its place (nothing: the file goes), and the check that then cannot see.</summary>
    public static TheoryData<string, string, string, string, Verdict> Blinds { get; } = new()
    {
        { "change.json", "\"approvalRequired\": false", "\"approvalRequired\": true", "change management approval", Verdict.NoData },
        { "reports/unit.xml", "</testsuite>", "", "all tests passing", Verdict.Error },
        { "reports/security.sarif", "", "", "security scan clean", Verdict.NoData },
        { "reports/security.sarif", "\"results\"", "\"other\"", "security scan clean", Verdict.NoData },
        { "reports/performance.json", "131.57", "null", "performance targets verified", Verdict.Error },
        { "service/metrics.json", "job:latency:p99_5m", "other", "p99 below its threshold", Verdict.NoData },
        { "service/metrics.json", "0.412", "\"NaN\"", "p99 below its threshold", Verdict.Error },
        { "state.json", "\"status\"", "\"state\"", "final status compliant", Verdict.NoData },
        { "state.json", "\"iterations\"", "\"rounds\"", "iterations within limit", Verdict.NoData },
        { "data-integrity.json", "}", "", "data intact", Verdict.Error },
        { "deployment.json", "\"completed\"", "null", "deployment completed successfully", Verdict.NoData },
    };

    public void Dispose() => _stage.Dispose();

    [Fact]
    public async Task It_passes_when_everything_was_seen()
    {
        await _stage.PrepareAsync();
        GateResult result = await _stage.AskAsync();
        Assert.Equal(("Passed: The readiness score 100 reaches the pass score 100.", 15, 100.0), ($"{result.Status}: {result.Reason}", result.Sections.Count, result.Score));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task It_fails(string file, string from, string to, string check)
    {
        await _stage.PrepareAsync();
        Do(file, from, to);
        GateResult result = await _stage.AskAsync();
        Assert.Equal((GateStatus.Failed, Verdict.Fail), (result.Status, Find(result, check).Verdict));
    }

    [Theory]
    [InlineData(ProductionGateStage.Tagged)]
    [InlineData(ProductionGateStage.Command)]
    public async Task It_fails_without_the_tags_of_this_release_and_of_the_one_before(string check)
    {
        await _stage.PrepareAsync();
        _stage.Git[check] = Verdict.Fail;
        Assert.Equal(GateStatus.Failed, (await _stage.AskAsync()).Status);
    }

    [Theory]
    [InlineData("security sign-off", "security")]
    [InlineData("stakeholder approval", "stakeholder")]
    [InlineData("on-call schedule confirmed", "operations")]
    [InlineData("team available", "operations")]
    [InlineData("reviewer", "reviewer")]
    public async Task It_fails_when_somebody_denies_and_blocks_when_nobody_says_anything(string check, string role)
    {
        await _stage.PrepareAsync(check);
        GateResult blocked = await _stage.AskAsync();
        Assert.Equal((GateStatus.Blocked, Verdict.NoData), (blocked.Status, Find(blocked, check).Verdict));
        Assert.Contains("Approve-GateApproval", blocked.Reason, StringComparison.Ordinal);
        Assert.Contains($"'{check}'", blocked.Reason, StringComparison.Ordinal);

        await _stage.DecideAsync(check, role, "dora", ApprovalDecision.Denied);
        Assert.Equal((GateStatus.Failed, Verdict.Fail), ((await _stage.AskAsync()).Status, Find(await _stage.AskAsync(), check).Verdict));
    }

    [Fact]
    public async Task It_blocks_until_the_second_stakeholder_approves()
    {
        await _stage.PrepareAsync("stakeholder approval");
        await _stage.DecideAsync("stakeholder approval", "stakeholder", "maria");
        await _stage.DecideAsync("stakeholder approval", "stakeholder", "maria");
        Assert.Equal(GateStatus.Blocked, (await _stage.AskAsync()).Status);
        await _stage.DecideAsync("stakeholder approval", "stakeholder", "noor");
        Assert.Equal(GateStatus.Passed, (await _stage.AskAsync()).Status);
    }

    [Fact]
    public async Task It_blocks_when_an_approval_was_withdrawn()
    {
        await _stage.PrepareAsync();
        await _stage.DecideAsync("security sign-off", "security", "sasha", ApprovalDecision.Withdrawn);
        Assert.Equal(GateStatus.Blocked, (await _stage.AskAsync()).Status);
    }

    [Fact]
    public async Task It_blocks_when_an_approval_is_for_another_release()
    {
        await _stage.PrepareAsync("reviewer");
        await _stage.DecideAsync("reviewer", "reviewer", "rita", release: "0.0.9");
        Assert.Equal(GateStatus.Blocked, (await _stage.AskAsync()).Status);
    }

    [Fact]
    public async Task It_blocks_when_its_text_was_changed_after_the_approvals()
    {
        await _stage.PrepareAsync();
        _stage.Change("production.yaml", "bound: <= 500ms", "bound: <= 900ms");
        Assert.Equal(GateStatus.Blocked, (await _stage.AskAsync()).Status);
    }

    [Fact]
    public async Task It_blocks_when_an_approval_has_run_out()
    {
        await _stage.PrepareAsync("reviewer");
        await _stage.DecideAsync("reviewer", "reviewer", "rita", expires: TimeSpan.FromHours(1));
        Assert.Equal(GateStatus.Passed, (await _stage.AskAsync()).Status);
        _stage.Pass(TimeSpan.FromHours(2));
        Assert.Equal(GateStatus.Blocked, (await _stage.AskAsync()).Status);
    }

    [Fact]
    public async Task It_blocks_when_the_reviewer_is_the_one_who_asks()
    {
        await _stage.PrepareAsync("reviewer");
        await _stage.DecideAsync("reviewer", "reviewer", ProductionGateStage.Runner);
        Assert.Equal(GateStatus.Blocked, (await _stage.AskAsync()).Status);
    }

    [Fact]
    public async Task It_passes_with_a_change_approval_where_one_is_required()
    {
        await _stage.PrepareAsync();
        _stage.Change("change.json", "\"approvalRequired\": false", "\"approvalRequired\": true");
        await _stage.DecideAsync("change approved", "change-manager", "carla");
        Assert.Equal(GateStatus.Passed, (await _stage.AskAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Blinds))]
    public async Task It_blocks(string file, string from, string to, string check, Verdict verdict)
    {
        await _stage.PrepareAsync();
        Do(file, from, to);
        GateResult result = await _stage.AskAsync();
        Assert.Equal((GateStatus.Blocked, verdict), (result.Status, Find(result, check).Verdict));
    }

    [Fact]
    public async Task It_blocks_when_commands_may_not_run()
    {
        await _stage.PrepareAsync();
        GateResult result = await _stage.AskAsync("production.yaml", allowCommand: false);
        Assert.Equal((GateStatus.Blocked, Verdict.Error), (result.Status, Find(result, ProductionGateStage.Command).Verdict));
        Assert.Contains("-AllowCommand", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_fails_when_the_newest_backup_is_too_old()
    {
        await _stage.PrepareAsync();
        _stage.Pass(TimeSpan.FromHours(27));
        GateResult result = await _stage.AskAsync();
        Assert.Equal((GateStatus.Failed, Verdict.Fail), (result.Status, Find(result, "production backup taken").Verdict));
    }

    [Fact]
    public async Task It_does_not_pass_when_the_alert_that_always_fires_is_not_there()
    {
        await _stage.PrepareAsync();
        _stage.Change("service/alerts.json", "Watchdog", "Other");
        Assert.NotEqual(GateStatus.Passed, (await _stage.AskAsync()).Status);
    }

    [Theory]
    [InlineData("Quick", 3, true)]
    [InlineData("Quick", 4, false)]
    [InlineData("Standard", 5, true)]
    [InlineData("Standard", 6, false)]
    [InlineData("Enterprise", 7, true)]
    [InlineData("Enterprise", 8, false)]
    [InlineData("Turbo", 1, false)]
    public async Task Each_mode_has_its_limit_of_iterations(string mode, int iterations, bool passes)
    {
        await _stage.PrepareAsync();
        _stage.Change("state.json", "Standard", mode);
        _stage.Change("state.json", "\"iterations\": 3", string.Create(CultureInfo.InvariantCulture, $"\"iterations\": {iterations}"));
        Assert.Equal(passes ? GateStatus.Passed : GateStatus.Failed, (await _stage.AskAsync()).Status);
    }

    [Theory]
    [InlineData("", Verdict.NoData)]
    [InlineData(", \"escalation\": { \"recommendations\": [\"Split article X.\"] }", Verdict.Pass)]
    public async Task An_escalation_must_come_with_recommendations_and_does_not_pass_even_then(string escalation, Verdict documented)
    {
        await _stage.PrepareAsync();
        _stage.Change("state.json", "\"compliant\"", "\"escalated\"" + escalation);
        GateResult result = await _stage.AskAsync();
        Assert.Equal((GateStatus.Failed, documented), (result.Status, Find(result, "escalation documented").Verdict));
    }

    [Theory]
    [InlineData("\"aws\"", "\"none\"", "cloud provider configured")]
    [InlineData("\"aws\"", "\"undecided\"", "cloud provider configured")]
    [InlineData("\"provider\"", "\"vendor\"", "cloud provider configured")]
    [InlineData("\"production_enabled\": true", "\"production_enabled\": false", "production enabled")]
    public async Task It_is_skipped_when_the_project_does_not_go_to_production(string from, string to, string prerequisite)
    {
        await _stage.PrepareAsync();
        _stage.Change("project.json", from, to);
        await SkippedAsync(prerequisite);
    }

    [Fact]
    public Task It_is_skipped_before_the_gates_that_come_before() => SkippedAsync("GATE-10 passed");

    [Theory]
    [InlineData("reports/unit.xml", "name=\"Charges once\" time=\"0.1\" />", "name=\"Charges once\"><failure /></testcase>", "GATE-10 passed")]
    [InlineData("reports/staging.xml", "name=\"Migrates\" time=\"0.1\" />", "name=\"Migrates\"><failure /></testcase>", "GATE-11 passed")]
    [InlineData("project.json", "\"staging_enabled\": true", "\"staging_enabled\": false", "GATE-11 passed")] // A staging gate that was skipped is no pass.
    public async Task It_is_skipped_when_a_gate_before_it_did_not_pass(string file, string from, string to, string prerequisite)
    {
        _stage.Change(file, from, to);
        await _stage.PrepareAsync();
        await SkippedAsync(prerequisite);
    }

    [Fact]
    public async Task It_is_skipped_when_the_gates_before_it_passed_too_long_ago()
    {
        await _stage.PrepareAsync();
        _stage.Pass(TimeSpan.FromDays(8));
        await SkippedAsync("GATE-10 passed");
    }

    [Fact]
    public async Task It_is_skipped_when_the_gates_before_it_passed_for_another_release()
    {
        await _stage.AskAsync("gate-10.yaml", "0.0.9");
        await _stage.AskAsync("gate-11.yaml", "0.0.9");
        await SkippedAsync("GATE-10 passed");
    }

    [Fact]
    public async Task The_next_phase_opens_when_it_has_passed()
    {
        Assert.Equal(GateStatus.Skipped, (await _stage.AskAsync("gate-13.yaml")).Status);
        await _stage.PrepareAsync();
        await _stage.AskAsync();
        Assert.Equal(GateStatus.Blocked, (await _stage.AskAsync("gate-13.yaml")).Status);
    }

    [Fact]
    public void Every_check_has_a_test_in_which_it_fails()
    {
        // Approvals are denied in a test of theirs, and the gates before are prerequisites too.
        HashSet<string> tested = [.. Failures.Select(row => row.Data.Item4), ProductionGateStage.Tagged, ProductionGateStage.Command, "all previous gates passed", "change management approval", "production backup taken", "escalation documented"];
        Assert.Empty(_stage.Read("production.yaml").Sections.SelectMany(section => section.Checks).Where(check => check.Type != "approval").Select(check => check.Name).Except(tested));
    }

    [Fact]
    public void Every_box_and_every_artifact_and_every_row_of_the_checklist_is_looked_at()
    {
        string[] lines = File.ReadAllLines(Path.Combine(ProductionGateStage.Root, "examples", "03-production-gate", "checklist.md"));
        // How the whole gate came out is what the gate itself says.
        IEnumerable<int> items = Enumerable.Range(1, lines.Length).Where(line => Item().IsMatch(lines[line - 1]) && !lines[line - 1].StartsWith("**Gate Status**", StringComparison.Ordinal));
        IEnumerable<int> checks = _stage.Read("production.yaml").AllChecks.SelectMany(check => Place().Matches(check.From ?? "")).Select(place => int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Empty(items.Except(checks));
    }

    private async Task SkippedAsync(string prerequisite)
    {
        GateResult result = await _stage.AskAsync();
        Assert.Equal(GateStatus.Skipped, result.Status);
        Assert.Contains($"The prerequisite '{prerequisite}'", result.Reason, StringComparison.Ordinal);
        Assert.All(result.Sections.SelectMany(section => section.Evidence), one => Assert.Equal(Verdict.Skipped, one.Verdict));
    }

    private void Do(string file, string from, string to)
    {
        if (from.Length == 0) _stage.Delete(file);
        else _stage.Change(file, from, to);
    }

    private static Evidence Find(GateResult result, string check) => result.Evidence.Single(one => one.Check == check);

    [GeneratedRegex(@"\[ \]|^\| [\w -]+ \| `[\w.-]+` \| Yes")]
    private static partial Regex Item();

    [GeneratedRegex(@"checklist\.md:(\d+)")]
    private static partial Regex Place();
}
