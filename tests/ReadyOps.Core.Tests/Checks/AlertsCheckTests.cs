using ReadyOps.Core.Checks;
using ReadyOps.Core.Http;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

public sealed class AlertsCheckTests
{
    // As Alertmanager 0.25 answers GET /api/v2/alerts.
    private static string Alert(string name, string severity = "critical", string more = "", string silencedBy = "", string inhibitedBy = "", string state = "active")
    {
        string label = severity.Length == 0 ? "" : $"\"severity\":\"{severity}\",";
        return $$$"""
            {"annotations":{"summary":"too many errors"},"endsAt":"2026-11-21T04:05:00.000Z","fingerprint":"a1","receivers":[{"name":"default"}],
             "startsAt":"2026-11-21T03:00:00.000Z","status":{"inhibitedBy":[{{{inhibitedBy}}}],"silencedBy":[{{{silencedBy}}}],"state":"{{{state}}}"},
             "updatedAt":"2026-11-21T04:00:00.000Z","generatorURL":"http://p/","labels":{ {{{label}}} "alertname":"{{{name}}}"{{{more}}} } }
            """;
    }

    [Fact]
    public async Task No_alert_passes_and_what_was_asked_is_Alertmanagers_list()
    {
        (Evidence seen, StubHandler stub) = await RunAsync("[]");
        Assert.Equal((Verdict.Pass, "No alert is firing at http://am.test/prefix.", 0d), (seen.Verdict, seen.Reason, seen.Value));
        Assert.Equal("http://am.test/prefix/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true", stub.Requests.Single().Url.AbsoluteUri);
    }

    [Fact]
    public async Task An_alert_fails_and_is_told()
    {
        Evidence seen = (await RunAsync($"[{Alert("HighErrorRate", more: ",\"service\":\"api\"")}]")).Seen;
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.Equal("1 alert is firing at http://am.test/prefix: HighErrorRate (critical).", seen.Reason);
        Assert.Equal(["HighErrorRate (critical) since 2026-11-21 03:00:00Z {service=\"api\"}: too many errors"], seen.Details);
        Assert.Equal(1d, seen.Value);
    }

    [Theory]
    [InlineData("critical", "critical", Verdict.Fail)]
    [InlineData("critical", "warning", Verdict.Pass)]
    [InlineData("warning", "critical", Verdict.Fail)]
    [InlineData("warning", "error", Verdict.Fail)]
    [InlineData("warning", "HIGH", Verdict.Fail)]
    [InlineData("warning", "warning", Verdict.Fail)]
    [InlineData("warning", "info", Verdict.Pass)]
    [InlineData("error", "high", Verdict.Fail)]
    [InlineData("error", "page", Verdict.Fail)]
    [InlineData("critical", "P0", Verdict.Fail)]
    [InlineData("critical", "p1", Verdict.Pass)]
    [InlineData("critical", "catastrophic", Verdict.Fail)] // Nobody knows how bad that is.
    [InlineData("critical", "", Verdict.Fail)]
    public async Task Only_alerts_at_or_above_the_severity_count_and_those_of_an_unknown_one(string least, string severity, Verdict verdict) =>
        Assert.Equal(verdict, (await RunAsync($"[{Alert("A", severity)}]", $", \"severity\": \"{least}\"")).Seen.Verdict);

    [Theory]
    [InlineData("red", Verdict.Fail)]
    [InlineData("orange", Verdict.Fail)]
    [InlineData("green", Verdict.Pass)]
    [InlineData("critical", Verdict.Fail)]
    public async Task The_order_and_the_label_can_be_a_teams_own(string level, Verdict verdict) =>
        Assert.Equal(verdict, (await RunAsync($"[{Alert("A", "", $",\"level\":\"{level}\"")}]", """, "severity": "amber", "severityLabel": "level", "severities": ["red", "amber/orange", "green"] """)).Seen.Verdict);

    [Theory]
    [InlineData("""["A"]""", Verdict.Pass)]
    [InlineData("""["a"]""", Verdict.Fail)]
    [InlineData("""["alertname=\"A\",service=\"api\""]""", Verdict.Pass)]
    [InlineData("""["alertname=\"A\",service=\"web\""]""", Verdict.Fail)]
    [InlineData("""["{service=~\"ap.\"}"]""", Verdict.Pass)]
    [InlineData("""["service=~\"a\""]""", Verdict.Fail)]
    [InlineData("""["Other", "service!=\"web\""]""", Verdict.Pass)]
    public async Task Exceptions_do_not_count(string except, Verdict verdict) =>
        Assert.Equal(verdict, (await RunAsync($"[{Alert("A", more: ",\"service\":\"api\"")}]", $", \"except\": {except}")).Seen.Verdict);

    [Theory]
    [InlineData("""["service=\"api\""]""", Verdict.Fail)]
    [InlineData("""["service=\"api\"", "env=\"live\""]""", Verdict.Pass)]
    [InlineData("""["service=\"api\"", "env=\"\""]""", Verdict.Fail)]
    public async Task Only_alerts_that_every_matcher_fits_count(string matchers, Verdict verdict) =>
        Assert.Equal(verdict, (await RunAsync($"[{Alert("A", more: ",\"service\":\"api\"")}]", $", \"matchers\": {matchers}")).Seen.Verdict);

    [Fact]
    public async Task Silenced_and_inhibited_alerts_count_only_where_asked_for()
    {
        string alerts = $"[{Alert("S", silencedBy: "\"s1\"", state: "suppressed")}, {Alert("I", inhibitedBy: "\"i1\"", state: "suppressed")}]";
        Evidence seen = (await RunAsync(alerts)).Seen;
        Assert.Equal((Verdict.Pass, "No alert is firing at http://am.test/prefix; 1 silenced, 1 inhibited."), (seen.Verdict, seen.Reason));
        Assert.Equal(1d, (await RunAsync(alerts, """, "silenced": true """)).Seen.Value);
        Assert.Equal(2d, (await RunAsync(alerts, """, "silenced": true, "inhibited": true """)).Seen.Value);
        // 'unprocessed' is what Alertmanager has not looked at yet.
        Assert.Equal(Verdict.Fail, (await RunAsync($"[{Alert("U", state: "unprocessed")}]")).Seen.Verdict);
    }

    [Fact]
    public async Task Without_the_alert_that_always_fires_nothing_passes()
    {
        Evidence deaf = (await RunAsync("[]", """, "watchdog": "Watchdog" """)).Seen;
        Assert.Equal(Verdict.NoData, deaf.Verdict);
        Assert.Contains("does not hear of the alert 'Watchdog'", deaf.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, (await RunAsync($"[{Alert("Watchdog", "none")}]", """, "watchdog": "Watchdog" """)).Seen.Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync($"[{Alert("Watchdog", "none")}, {Alert("A")}]", """, "watchdog": "Watchdog" """)).Seen.Verdict);
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("<html>login</html>", 200)]
    [InlineData("{}", 200)]
    [InlineData("null", 200)]
    [InlineData("[null]", 200)]
    [InlineData("[{}]", 200)]
    [InlineData("""[{"labels":{"alertname":"A"}}]""", 200)]
    [InlineData("""[{"labels":{"alertname":1},"status":{"silencedBy":[],"inhibitedBy":[]},"startsAt":"x"}]""", 200)]
    [InlineData("""[{"labels":{"alertname":"A"},"status":{"state":"active"},"startsAt":"x"}]""", 200)]
    [InlineData("[", 200)]
    [InlineData("[]", 401)]
    [InlineData("[]", 404)]
    [InlineData("[]", 503)]
    public async Task What_is_no_list_of_alerts_is_an_error(string body, int status) =>
        Assert.Equal(Verdict.Error, (await RunAsync(body, "", status)).Seen.Verdict);

    [Fact]
    public async Task Too_long_an_answer_is_an_error()
    {
        string flood = "[" + new string(' ', 11 * 1024 * 1024) + "]";
        Assert.Equal(Verdict.Error, (await RunAsync(flood)).Seen.Verdict);
    }

    [Fact]
    public async Task A_server_that_is_down_is_an_error()
    {
        var stub = new StubHandler(_ => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"));
        Evidence seen = await CheckTesting.RunAsync("""{"name": "a", "type": "alerts", "url": "http://am.test"}""", context: stub.Context());
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.NotEqual("", seen.NextStep);
    }

    [Fact]
    public async Task Control_characters_of_labels_do_not_reach_the_evidence()
    {
        Evidence seen = (await RunAsync($"[{Alert("A\\u001b[31m\\nB")}]")).Seen;
        Assert.DoesNotContain(seen.Reason + string.Concat(seen.Details), c => char.IsControl(c));
    }

    [Theory]
    [InlineData("firing", "", Verdict.Fail)]
    [InlineData("pending", "", Verdict.Pass)]
    [InlineData("pending", """, "pending": true """, Verdict.Fail)]
    public async Task Prometheus_is_asked_where_no_other_server_is_named(string state, string members, Verdict verdict)
    {
        string body = $$$"""
            {"status":"success","data":{"alerts":[{"labels":{"alertname":"A","severity":"critical"},"annotations":{},"state":"{{{state}}}","activeAt":"2026-11-21T03:00:00Z","value":"1e+00"}]}}
            """;
        var stub = new StubHandler(_ => StubHandler.Text(body));
        Evidence seen = await CheckTesting.RunAsync(
            $$"""{"name": "a", "type": "alerts"{{members}}}""", context: stub.Context(), defaults: new CheckDefaults { Prometheus = HttpEndpoint.For("http://prom.test") });
        Assert.Equal(verdict, seen.Verdict);
        Assert.Equal("http://prom.test/api/v1/alerts", stub.Requests.Single().Url.AbsoluteUri);
    }

    [Theory]
    [InlineData("", "/url")]
    [InlineData(""" "url": "http://a", "api": "nagios" """, "/api: there is no API of 'nagios' here")]
    [InlineData(""" "url": "http://a", "severity": "huge" """, "/severity: there is no severity 'huge'")]
    [InlineData(""" "url": "http://a", "severities": ["a", "b/A"] """, "/severities: a severity is there twice")]
    [InlineData(""" "url": "http://a", "except": ["service="] """, "/except: 'service=' is no matcher")]
    [InlineData(""" "url": "http://a", "except": ["{}"] """, "/except: an empty matcher fits every alert")]
    [InlineData(""" "url": "http://a", "pending": true """, "/pending")]
    [InlineData(""" "url": "http://a", "api": "prometheus", "silenced": true """, "/silenced")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "a", "type": "alerts"{{(members.Length > 0 ? "," : "")}}{{members}}}"""), p => p.StartsWith(problem, StringComparison.Ordinal) || (problem == "/url" && p.Contains("no server is named", StringComparison.Ordinal)));

    private static async Task<(Evidence Seen, StubHandler Stub)> RunAsync(string body, string members = "", int status = 200)
    {
        var stub = new StubHandler(_ => StubHandler.Text(body, status));
        Evidence seen = await CheckTesting.RunAsync($$"""{"name": "a", "type": "alerts", "url": "http://am.test/prefix"{{members}}}""", context: stub.Context());
        return (seen, stub);
    }
}
