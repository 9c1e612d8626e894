using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.Documents;

public sealed class DocumentSchemasTests
{
    private const string Gate = """
        apiVersion: readyops/v1
        kind: Gate
        name: payments
        description: May the release go out?
        $schema: https://readyops.dev/schemas/v1/readyops-gate.schema.json
        variables: {host: localhost, port: 8080, strict: true}
        release: 2.1
        prometheus: {url: https://prom.example, auth: {bearer: secret:TOKEN}, headers: {X-Scope-OrgID: 1}, timeout: 10s}
        passScore: 95%
        throttle: 4
        timeout: 30s
        prerequisites:
        - {name: built, type: file, path: out/app.zip, minSize: 1kB, maxAge: 1d}
        sections:
        - name: quality
          weight: 2.5
          checks:
          - {name: tests, type: tests, path: ['**/*.trx', junit.xml], bound: '>= 98%', minimum: 100}
          - {name: coverage, type: json, path: coverage.json, pointer: /total, bound: '>= 80%', unit: '%', critical: true}
        - name: running
          checks:
          - name: up
            type: http
            url: http://${host}:${port}/healthz
            status: [200, 204]
            latency: < 500ms
            retry: {attempts: 3, delay: 1s, factor: 2, maxDelay: 10s}
            json: [{pointer: /status, bound: == ok}]
          - {name: errors, type: prometheus, query: 'sum(rate(errors[5m]))', bound: < 1%, reduce: sum, url: http://other:9090}
        """;

    private const string Rollout = """
        apiVersion: readyops/v1
        kind: Rollout
        name: payments
        release: v2
        prometheus: http://localhost:9090
        target: {type: haproxy, address: unix:/run/haproxy.sock, backend: app, canary: v2, stable: [v1a, v1b]}
        strategy: custom
        steps: [{share: 5%, hold: 10m}, {share: 0.25, hold: 1h}, {share: 100%}]
        bake: 2d
        signals:
        - {name: errors, query: 'x[${window}]', stable: y, bound: < 1%, for: 5m, interval: 15s, window: 5m, lag: 5s, staleAfter: 1m, minSamples: 5, reduce: sum}
        - {name: p95, type: scrape, urls: [http://a/metrics, http://b/metrics], bound: < 500ms, quantile: {q: 0.95, of: http_seconds}}
        - {name: up, type: http, url: http://localhost/healthz, consecutive: 5, timeout: 2s}
        goldenSignals: {selector: app="x", health: http://localhost/healthz, interval: 15s}
        policies: {noData: {action: pause, after: 5m}, error: {action: hold}}
        rollback: {share: 0%, settle: 5m, deadline: 30m}
        tick: 15s
        allowNoSignals: false
        """;

    private static Document Load(string text) => DocumentLoader.Parse(Utf8(text), "d.yaml", "/base", null);

    private static string[] LoadProblems(string text) => Problems(() => Load(text));

    [Fact]
    public void Documents_with_every_member_fit()
    {
        Assert.Equal("Gate", Load(Gate).Kind);
        Assert.Equal("Rollout", Load(Rollout).Kind);
        foreach (string target in new[] { "{type: flag, path: f.json, flag: new, variant: blue, stable: green}", "{type: script, set: [set, '{percent}'], read: [get], timeout: 5s}" })
            Load($"apiVersion: readyops/v1\nkind: Rollout\nname: a\nallowNoSignals: true\ntarget: {target}\n");
    }

    [Theory]
    [InlineData("passScore: 95%", "«passscore: 95%", " there is no member 'passscore' here; did you mean 'passScore'?; expected one of $schema, apiVersion, kind, name, description, variables, release, prometheus, passScore, throttle, timeout, prerequisites, sections, checks")]
    [InlineData("throttle: 4", "throttle: «many", " /throttle: this is the text 'many'; expected a whole number")]
    [InlineData("throttle: 4", "throttle: «0", " /throttle: 0 is too small; expected at least 1")]
    [InlineData("timeout: 30s\npre", "timeout: «30sec\npre", " /timeout: this is '30sec'; expected a duration such as 30s, 500ms, 1h30m or 7d")]
    [InlineData("minSize: 1kB", "«minsize: 1kB", " /prerequisites/0: there is no member 'minsize' here; did you mean 'minSize'?; expected one of name, type, description, from, guessed, weight, critical, timeout, validFor, retry, path, exists, minSize, maxSize, maxAge, contains, matches, sha256")]
    [InlineData("minSize: 1kB", "minSize: «1 second", " /prerequisites/0/minSize: this is '1 second'; expected a size such as 512, 10kB or 1MiB")]
    [InlineData("type: tests, path", "type: «test, path", " /sections/0/checks/0/type: 'test' is not known here; did you mean 'tests'?; expected one of {types}")]
    [InlineData("bound: < 1%", "bound: «1%", " /sections/1/checks/1/bound: '1%' does not begin with an operator; expected a bound such as '< 1%', '>= 98%', '== compliant', 'in [a, b]', 'between 0.9 and 1.1' or 'within 10% of 131.57ms'")]
    [InlineData("name: up\n    type: http\n    url:", "«name: up\n    type: http\n    uri:", " /sections/1/checks/0: 'url' is missing; expected a member named 'url'")]
    [InlineData("{bearer: secret:TOKEN}", "«{bearer: secret:TOKEN, basic: {username: a, password: b}}", " /prometheus/auth: the object has 2 members; expected at most 1")]
    [InlineData("prometheus: {url: https://prom.example,", "prometheus: {«uri: https://prom.example,", " /prometheus: there is no member 'uri' here; did you mean 'url'?; expected one of url, auth, headers, timeout, tls, proxy, maxBody")]
    [InlineData("status: [200, 204]", "status: «{a: 1}", " /sections/1/checks/0/status: this is an object; expected a text or a whole number or a list")]
    [InlineData("prerequisites:\n- {name", "prerequisites:\n  «x: {name", " /prerequisites: this is an object; expected a list")]
    public void A_slip_in_a_gate_is_named_at_its_place(string written, string slip, string problem) =>
        SlipIsNamed(Gate, written, slip, problem.Replace("{types}", string.Join(", ", CheckTypes.All.Select(type => type.Name)), StringComparison.Ordinal));

    [Theory]
    [InlineData("canary: v2", "«cannary: v2", " /target: there is no member 'cannary' here; did you mean 'canary'?; expected one of type, address, backend, canary, stable, timeout")]
    [InlineData("type: haproxy", "type: «nginx", " /target/type: 'nginx' is not known here; expected one of flag, haproxy, script")]
    [InlineData("share: 5%", "share: «1", " /steps/0/share: this is '1'; expected a share from 0% to 100%, written 25% or 0.25")]
    [InlineData("strategy: custom", "strategy: «carefull", " /strategy: 'carefull' is not known here; expected one of safe, fast, instant, blueGreen, custom")]
    [InlineData("{name: errors, query: 'x[${window}]', stable: y, bound:", "«{name: errors, query: 'x[${window}]', stable: y, bond:", " /signals/0: 'bound' is missing; expected a member named 'bound'")]
    [InlineData("quantile: {q: 0.95,", "quantile: {q: «95,", " /signals/1/quantile/q: 95 is too large; expected at most 1")]
    [InlineData("action: pause", "action: «promote", " /policies/noData/action: 'promote' is not known here; expected one of hold, pause, rollback")]
    public void A_slip_in_a_rollout_is_named_at_its_place(string written, string slip, string problem) => SlipIsNamed(Rollout, written, slip, problem);

    // The place that must be named is marked in the slip.
    private static void SlipIsNamed(string document, string written, string slip, string problem)
    {
        string text = document.Replace(written, slip, StringComparison.Ordinal);
        string[] before = text[..text.IndexOf('«', StringComparison.Ordinal)].Split('\n');
        Assert.Contains(FormattableString.Invariant($"d.yaml:{before.Length}:{before[^1].Length + 1}:{problem}"), LoadProblems(text.Replace("«", "", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_rollout_without_a_target_says_so() =>
        Assert.Equal(["d.yaml:1:1: 'target' is missing; expected a member named 'target'"], LoadProblems("apiVersion: readyops/v1\nkind: Rollout\nname: a"));

    [Fact]
    public void A_variable_that_is_not_there_is_one_problem_and_not_two() =>
        Assert.Equal(["d.yaml:10:11: there is no variable 'throttel'"], LoadProblems(Gate.Replace("throttle: 4", "throttle: ${throttel}", StringComparison.Ordinal)));

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once() => Assert.Equal(
        [
            "d.yaml:1:13: /apiVersion: 'readyops/v2' is no version that this ReadyOps reads; expected 'readyops/v1'",
            "d.yaml:3:7: /name: 'a b' is no name; expected up to 63 letters, digits, '.', '_' and '-', the first a letter or a digit",
            "d.yaml:4:10: /timeout: this is 'soon'; expected a duration such as 30s, 500ms, 1h30m or 7d",
            "d.yaml:6:3: /checks/0: 'path' is missing; expected a member named 'path'",
        ],
        LoadProblems("apiVersion: readyops/v2\nkind: Gate\nname: a b\ntimeout: soon\nchecks:\n- {name: a, type: file}\n"));

    [Fact]
    public void The_schema_knows_the_members_that_the_checks_read()
    {
        DocumentNode definitions = SchemaOf("Gate")["$defs"]!;
        string[] types = [.. definitions["check"]!["properties"]!["type"]!["enum"]!.Items.Select(item => item.Text)];
        Assert.Equal(CheckTypes.All.Select(type => type.Name).Order(StringComparer.Ordinal), types.Order(StringComparer.Ordinal));
        Assert.Equal(CheckReader.RetryMembers.Select(member => member.Name), Names(definitions["retry"]!["properties"]!));
        foreach (CheckType type in CheckTypes.All)
        {
            DocumentNode check = definitions["check" + char.ToUpperInvariant(type.Name[0]) + type.Name[1..]]!;
            Assert.Equal(CheckReader.CommonMembers.Concat(type.Members).Where(member => member.Use != CheckMemberUse.Signal).Select(member => member.Name).Distinct().Order(StringComparer.Ordinal), Names(check["properties"]!).Order(StringComparer.Ordinal));
            Assert.Equal(type.Members.Where(member => member.Required).Select(member => member.Name), check["required"]?.Items.Select(item => item.Text) ?? []);
        }
    }

    [Fact]
    public void What_several_schemas_define_they_define_alike()
    {
        DocumentNode gate = SchemaOf("Gate")["$defs"]!;
        foreach ((string kind, int least) in new[] { ("Rollout", 10), ("Baseline", 8) })
        {
            DocumentNode other = SchemaOf(kind)["$defs"]!;
            string[] both = [.. Names(gate).Intersect(Names(other))];
            Assert.True(both.Length >= least);
            foreach (string name in both) Assert.Equal(Json(gate[name]!), Json(other[name]!));
        }
    }

    [Theory]
    [InlineData("Baseline")]
    [InlineData("Gate")]
    [InlineData("Rollout")]
    public void Every_member_is_described_and_nothing_else_is_let_in(string kind)
    {
        DocumentNode schema = SchemaOf(kind);
        Assert.Equal($"https://readyops.dev/schemas/v1/readyops-{kind.ToLowerInvariant()}.schema.json", schema["$id"]!.Text);
        var open = new List<string>();
        Walk(schema, "", open);
        Assert.Empty(open);
    }

    private static DocumentNode SchemaOf(string kind) => Tree(System.Text.Encoding.UTF8.GetString(DocumentSchemas.Read(kind)), "s.json");

    private static IEnumerable<string> Names(DocumentNode node) => node.Members.Select(member => member.Name);

    private static void Walk(DocumentNode node, string path, List<string> open)
    {
        if (node["properties"] is { Kind: NodeKind.Object } properties && !path.EndsWith("/if", StringComparison.Ordinal))
        {
            // An object that goes on by its type (check, signal, target) is closed in each of the types.
            if (node["additionalProperties"]?.Text != "false" && node["allOf"] is null) open.Add($"{path} lets anything in");
            open.AddRange(properties.Members.Where(member => member.Value["description"] is null).Select(member => $"{path}/{member.Name} has no description"));
        }

        foreach (DocumentMember member in node.Members) Walk(member.Value, $"{path}/{member.Name}", open);
        for (int i = 0; i < node.Items.Count; i++) Walk(node.Items[i], node["if"] is null ? $"{path}/{i}" : path, open);
    }
}
