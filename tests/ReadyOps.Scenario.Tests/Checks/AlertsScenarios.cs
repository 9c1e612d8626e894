using ReadyOps.Core.Tests.Checks;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Checks;

/// <summary>The check type <c>alerts</c> against a real Alertmanager and a real Prometheus.</summary>
public sealed class AlertsScenarios
{
    private const string Rules = """
        groups:
        - name: test
          interval: 1s
          rules:
          - {alert: Watchdog, expr: vector(1), labels: {severity: none}}
          - {alert: HighErrorRate, expr: vector(1) > 0, labels: {severity: critical}, annotations: {summary: too many errors}}
          - {alert: NotLongEnough, expr: vector(1), for: 1h, labels: {severity: critical}}
        """;

    [Fact]
    public async Task Alerts_fire_are_silenced_inhibited_and_resolved()
    {
        await using AlertmanagerServer server = await AlertmanagerServer.StartAsync();
        Assert.Equal(Verdict.Pass, (await RunAsync(server)).Verdict);

        await server.PostAsync("DiskFilling", "warning");
        await UntilAsync(server, "", Verdict.Fail);
        Assert.Equal(Verdict.Pass, (await RunAsync(server, """, "severity": "critical" """)).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync(server, """, "except": ["DiskFilling"] """)).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync(server, """, "matchers": ["service=\"web\""] """)).Verdict);
        Assert.Equal(Verdict.NoData, (await RunAsync(server, """, "watchdog": "Watchdog" """)).Verdict);

        // Inhibited by the configuration of the server.
        await server.PostAsync("DataCenterDown", "critical");
        Evidence inhibited = await UntilAsync(server, """, "except": ["DataCenterDown"] """, Verdict.Pass);
        Assert.Contains("1 inhibited", inhibited.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Fail, (await RunAsync(server, """, "except": ["DataCenterDown"], "inhibited": true """)).Verdict);

        await server.SilenceAsync("DataCenterDown");
        Evidence silenced = await UntilAsync(server, """, "severity": "critical" """, Verdict.Pass);
        Assert.Contains("silenced", silenced.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Fail, (await RunAsync(server, """, "severity": "critical", "silenced": true """)).Verdict);

        await server.PostAsync("Outage", "critical");
        Evidence outage = await UntilAsync(server, """, "severity": "critical" """, Verdict.Fail);
        Assert.Contains("Outage (critical)", outage.Reason, StringComparison.Ordinal);
        await server.PostAsync("Outage", "critical", DateTimeOffset.UtcNow.AddSeconds(-1));
        await UntilAsync(server, """, "severity": "critical" """, Verdict.Pass);

        await server.KillAsync();
        Assert.Equal(Verdict.Error, (await RunAsync(server)).Verdict);
    }

    [Fact]
    public async Task An_alert_of_a_rule_reaches_the_check_through_Prometheus_and_Alertmanager()
    {
        await using AlertmanagerServer alertmanager = await AlertmanagerServer.StartAsync();
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(rules: Rules, alertmanager: alertmanager.Authority);
        Evidence seen = await UntilAsync(alertmanager, """, "severity": "critical", "watchdog": "Watchdog" """, Verdict.Fail);
        Assert.Contains("HighErrorRate (critical)", seen.Reason, StringComparison.Ordinal);
        Assert.Contains("too many errors", seen.Details[0], StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, (await RunAsync(alertmanager, """, "watchdog": "Watchdog", "except": ["HighErrorRate"] """)).Verdict);

        string asked = $$"""{"name": "a", "type": "alerts", "url": "{{prometheus.Url}}", "api": "prometheus", "watchdog": "Watchdog", "severity": "critical" """;
        Assert.Equal(1d, (await CheckTesting.RunAsync($"{asked} }}")).Value);
        Assert.Equal(2d, (await CheckTesting.RunAsync($"{asked}, \"pending\": true }}")).Value);
    }

    // Alertmanager takes a moment to work on what it is sent.
    private static async Task<Evidence> UntilAsync(AlertmanagerServer server, string members, Verdict verdict)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            Evidence seen = await RunAsync(server, members);
            if (seen.Verdict == verdict) return seen;
            Assert.False(deadline.IsCancellationRequested, seen.ToString());
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    private static Task<Evidence> RunAsync(AlertmanagerServer server, string members = "") => CheckTesting.RunAsync($$"""{"name": "a", "type": "alerts", "url": "{{server.Url}}"{{members}}}""");
}
