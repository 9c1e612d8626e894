using System.Text;
using ReadyOps.Core.Checklists;
using ReadyOps.Core.Gates.Conversion;

namespace ReadyOps.Core.Tests.Gates.Conversion;

public sealed class ItemRulesTests
{
    [Theory]
    [InlineData("All tests passing", "tests path=${reports}/**/*.trx")]
    [InlineData("All integration tests pass", "tests path=${reports}/**/*integration*.trx")]
    [InlineData("Smoke tests passed (0%)", "tests path=${reports}/**/*smoke*.trx")]
    [InlineData("Test pass rate ≥98% sustained", "tests path=${reports}/**/*.trx bound=>= 98%")]
    [InlineData("95%+ test pass rate", "tests path=${reports}/**/*.trx bound=>= 95%")]
    [InlineData("Test coverage > 90% (20%)", "coverage path=${reports}/**/coverage.cobertura.xml bound=> 90%")]
    [InlineData("Unit tests (>90% coverage)", "coverage path=${reports}/**/coverage.cobertura.xml bound=> 90%")]
    [InlineData("Coverage at least 80 %", "coverage path=${reports}/**/coverage.cobertura.xml bound=>= 80%")]
    [InlineData("Security scan clean", "sarif path=${reports}/**/*.sarif total=== 0")]
    [InlineData("Vulnerability scan passes", "sarif path=${reports}/**/*.sarif total=== 0")]
    [InlineData("No critical or high vulnerabilities", "sarif path=${reports}/**/*.sarif securitySeverity=< 7")]
    [InlineData("No critical vulnerabilities", "sarif path=${reports}/**/*.sarif securitySeverity=< 9")]
    [InlineData("Backup verified", "backup path=${backups} maxAge=26h checksum=required")]
    [InlineData("Production backup taken", "backup path=${backups} maxAge=26h checksum=present")]
    [InlineData("Version tagged in git", "git tag=v${release}")]
    [InlineData("CHANGELOG updated", "git changelog=CHANGELOG.md version=${release}")]
    [InlineData("Working tree clean", "git clean=True")]
    [InlineData("GATE-10 Passed", "gate gate=GATE-10 maxAge=7d")]
    [InlineData("All production health checks passing", "http url=${health}")]
    [InlineData("https://shop.example/health responds", "http url=https://shop.example/health")]
    [InlineData("Monitoring system active with no critical alerts", "alerts url=${alertmanager} severity=critical")]
    [InlineData("No alerts firing", "alerts url=${alertmanager}")]
    [InlineData("TLS certificate valid for at least 30 days", "certificate host=${host} expires=>= 30d")]
    [InlineData("Port 5432 reachable", "tcp host=${host} port=5432")]
    [InlineData("`docs/RUNBOOK.md` exists", "file path=docs/RUNBOOK.md minSize=1B")]
    [InlineData("Created `a/b.json` (15 flags)", "file path=a/b.json minSize=1B")]
    [InlineData("Count logged in state.json → `validation`", "file path=state.json contains=\"validation\"")]
    [InlineData("`cloud.provider` must be `aws`, `gcp`, or `azure`", "json path=${state} pointer=/cloud/provider bound=in [aws, gcp, azure]")]
    [InlineData("`production.enabled` must be `true`", "json path=${state} pointer=/production/enabled bound=== true")]
    public void What_is_plain_becomes_a_check(string text, string expected) => Assert.Equal(expected, Told(Find(text)));

    [Theory]
    [InlineData("Error rate < 0.1%", "< 0.1%", "5m")]
    [InlineData("P95 latency <200ms sustained", "< 200ms", "0.95")]
    [InlineData("Response time p99 at most 1 second", "<= 1s", "0.99")]
    [InlineData("< 2 second average response time", "< 2s", "http_request_duration_seconds_sum")]
    [InlineData("Service uptime 99.9% or higher", ">= 99.9%", "avg_over_time(up")]
    [InlineData("Success rate > 99.9%", "> 99.9%", "1 - (sum")]
    [InlineData("Performance within 10% of baseline (131.57ms ±13ms)", "within 10% of 131.57ms", "0.95")]
    [InlineData("Error rate below 1% for 15 minutes", "< 1%", "[15m]")]
    public void Numbers_of_a_service_are_asked_of_Prometheus(string text, string bound, string inQuery)
    {
        CheckDraft draft = Assert.IsType<CheckDraft>(Find(text));
        Assert.Equal(("prometheus", bound), (draft.Type, draft.Members.Single(member => member.Key == "bound").Value));
        Assert.Contains(inQuery, (string)draft.Members[0].Value, StringComparison.Ordinal);
        Assert.NotEmpty(draft.Guess);
    }

    [Theory]
    [InlineData("Error rate > 5%", "<= 5%")]
    [InlineData("P95 latency > 500ms sustained for 5 minutes", "<= 500ms")]
    [InlineData("Test coverage < 80% → escalate", ">= 80%")]
    public void A_trigger_becomes_its_opposite(string text, string bound)
    {
        CheckDraft draft = Assert.IsType<CheckDraft>(Find(text, "## Rollback criteria"));
        Assert.Equal(bound, draft.Members.Single(member => member.Key == "bound").Value);
    }

    [Theory]
    [InlineData("Health checks failing repeatedly", "http")]
    [InlineData("Security scan failure → block", "sarif")]
    public void A_trigger_in_words_becomes_a_look_at_the_same_thing(string text, string type) => Assert.Equal(type, Find(text, "## Rollback criteria")?.Type);

    [Theory]
    [InlineData("Error rate > 5%")] // nobody wants that: it is a trigger out of place
    [InlineData("Latency > 200ms")]
    [InlineData("Coverage < 80%")]
    [InlineData("Response time p99 < {threshold}ms")]
    [InlineData("Error recovery < 2 seconds")]
    [InlineData("Rollback capability verified (<15 min SLA)")]
    [InlineData("SDUI rendering engine (80%)")]
    [InlineData("Monitoring complete (55 checkpoints, 30+ alerts)")]
    [InlineData("Coverage 90%")] // at least? at most? now?
    [InlineData("Error rate < 5ms")]
    [InlineData("All tests passing except two")]
    [InlineData("Penetration test passed")]
    [InlineData("Integration tests complete")]
    [InlineData("Security scan not clean yet, will pass")]
    [InlineData("Alert rules configured")]
    [InlineData("Team trained")]
    [InlineData("Set up backup and have it verified")]
    [InlineData("`cloud.provider` must be chosen")]
    [InlineData("Pass rate > 90% or < 10%")]
    public void What_is_not_plain_is_left_to_people(string text) => Assert.Null(Find(text));

    [Theory]
    [InlineData("Performance < 500ms → escalate", "direction")]
    [InlineData("Response time p99 > {threshold}ms", "open")]
    public void Why_a_number_is_left_to_people_is_told(string text, string why)
    {
        Assert.Null(Find(text, "## Escalation triggers", out string told));
        Assert.Contains(why, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_numbers_become_a_group_when_all_are_understood()
    {
        CheckDraft draft = Assert.IsType<CheckDraft>(Find("SLOs: Test pass rate ≥98%, error rate <0.1%, P95 latency <200ms"));
        Assert.Equal(["tests", "prometheus", "prometheus"], draft.Parts.Select(part => part.Type));
        Assert.Null(Find("SLOs: Test pass rate ≥98%, happiness > 3"));
    }

    [Theory]
    [InlineData("Security team approved infrastructure setup", "security")]
    [InlineData("Security sign-off obtained", "security")]
    [InlineData("Database team approved data handling", "database")]
    [InlineData("Database migrations successful", "database")]
    [InlineData("QA team confirmed test results", "qa")]
    [InlineData("No critical/high defects", "qa")]
    [InlineData("Product manager approved timeline", "product-manager")]
    [InlineData("Customer success team ready for support", "customer-success")]
    [InlineData("Finance approved resource allocation", "finance")]
    [InlineData("Lead Engineer reviewed deployment plan", "lead-engineer")]
    [InlineData("Engineering Lead", "engineering-lead")]
    [InlineData("Security Officer", "security-officer")]
    [InlineData("Alerting configured", "operations")]
    [InlineData("Documentation complete", "documentation")]
    [InlineData("Articles IX, X, XI read", "release-manager")]
    public void The_role_is_the_one_named_or_the_one_whose_field_it_is(string text, string role) => Assert.Equal(role, Roles.Of(text));

    private static CheckDraft? Find(string text, string heading = "## Success criteria") => Find(text, heading, out _);

    private static CheckDraft? Find(string text, string heading, out string why)
    {
        Checklist list = ChecklistReader.Read(Encoding.UTF8.GetBytes($"{heading}\n- [ ] {text}\n"), "a.md");
        ChecklistItem item = Assert.Single(list.Items);
        return ItemRules.Find(new RuleScope(list, item, item.Text, item.Passage.Kind == PassageKind.Trigger), out why);
    }

    private static string Told(CheckDraft? draft) =>
        draft is null ? "(a person)" : $"{draft.Type} {string.Join(' ', draft.Members.Select(member => $"{member.Key}={member.Value}"))}";
}
