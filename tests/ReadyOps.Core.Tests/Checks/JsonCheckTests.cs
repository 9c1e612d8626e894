using System.Text;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

public sealed class JsonCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    // Raw numbers, with and without a unit.
    [InlineData("""{"v": 3}""", "/v", "<= 3", null, Verdict.Pass)]
    [InlineData("""{"v": 4}""", "/v", "<= 3", null, Verdict.Fail)]
    [InlineData("""{"v": 131.57}""", "/v", "<= 500ms", "ms", Verdict.Pass)]
    [InlineData("""{"v": 501}""", "/v", "<= 500ms", "ms", Verdict.Fail)]
    [InlineData("""{"v": 98.28}""", "/v", ">= 98%", "%", Verdict.Pass)]
    [InlineData("""{"v": 97.9}""", "/v", ">= 98%", "%", Verdict.Fail)]
    [InlineData("""{"v": 0.9828}""", "/v", ">= 98%", "ratio", Verdict.Pass)]
    [InlineData("""{"v": 2.0e1}""", "/v", "== 20", null, Verdict.Pass)]
    [InlineData("""{"v": "42"}""", "/v", "== 42", null, Verdict.Pass)]
    [InlineData("""{"v": "98"}""", "/v", ">= 98%", "%", Verdict.Pass)]
    // Which unit? Not known is never a pass.
    [InlineData("""{"v": 98.28}""", "/v", ">= 98%", null, Verdict.Error)]
    [InlineData("""{"v": "98.28"}""", "/v", ">= 98%", null, Verdict.Error)]
    [InlineData("""{"v": "98.28%"}""", "/v", "< 99", null, Verdict.Error)]
    // Texts with a unit of their own.
    [InlineData("""{"v": "131.57ms"}""", "/v", "within 10% of 131.57ms", null, Verdict.Pass)]
    [InlineData("""{"v": "98.28%"}""", "/v", ">= 98%", null, Verdict.Pass)]
    [InlineData("""{"v": "97%"}""", "/v", ">= 98%", null, Verdict.Fail)]
    [InlineData("""{"v": "fast"}""", "/v", "<= 500ms", null, Verdict.Error)]
    // Texts, booleans, null.
    [InlineData("""{"v": "compliant"}""", "/v", "== compliant", null, Verdict.Pass)]
    [InlineData("""{"v": "escalated"}""", "/v", "in [compliant, iterating]", null, Verdict.Fail)]
    [InlineData("""{"v": true}""", "/v", "== true", null, Verdict.Pass)]
    [InlineData("""{"v": false}""", "/v", "== true", null, Verdict.Fail)]
    [InlineData("""{"v": true}""", "/v", "> 0", null, Verdict.Error)]
    [InlineData("""{"v": null}""", "/v", "!= failed", null, Verdict.NoData)]
    [InlineData("""{"v": null}""", "/v", "== null", null, Verdict.Pass)]
    [InlineData("""{"v": null}""", "/v", "!= null", null, Verdict.Fail)]
    [InlineData("""{"v": {}}""", "/v", "!= failed", null, Verdict.Error)]
    [InlineData("""{"v": [1]}""", "/v", "> 0", null, Verdict.Error)]
    // Places.
    [InlineData("""{"v": 1}""", "/w", "> 0", null, Verdict.NoData)]
    [InlineData("""{"v": [1, {"a/b": {"c~d": 7}}]}""", "/v/1/a~1b/c~0d", "== 7", null, Verdict.Pass)]
    [InlineData("""{"v": [5]}""", "/v/00", "== 5", null, Verdict.NoData)]
    [InlineData("""{"v": [5]}""", "/v/-", "== 5", null, Verdict.NoData)]
    [InlineData("""{"v": [5]}""", "/v/1", "== 5", null, Verdict.NoData)]
    [InlineData("""{"": {"": 9}}""", "//", "== 9", null, Verdict.Pass)]
    [InlineData("17", "", "== 17", null, Verdict.Pass)]
    // Numbers beyond a double never pass.
    [InlineData("""{"v": 1e400}""", "/v", "> 0", null, Verdict.Inconclusive)]
    [InlineData("""{"v": 1e400}""", "/v", "< 1", null, Verdict.Fail)]
    [InlineData("""{"v": -1e99999}""", "/v", "< 1", null, Verdict.Inconclusive)]
    [InlineData("""{"v": 1e400}""", "/v", "< 500ms", "ms", Verdict.Fail)]
    [InlineData("""{"v": 9007199254740993}""", "/v", "== 9007199254740992", null, Verdict.Inconclusive)]
    public async Task A_value_is_found_and_held_against_its_bound(string json, string pointer, string bound, string? unit, Verdict verdict)
    {
        _folder.Write("report.json", json);
        string unitMember = unit is null ? "" : $", \"unit\": \"{unit}\"";
        Evidence evidence = await RunAsync($$"""{"path": "report.json", "pointer": "{{pointer}}", "bound": "{{bound}}"{{unitMember}}}""");
        Assert.True(verdict == evidence.Verdict, $"{evidence}");
    }

    [Fact]
    public async Task The_evidence_has_value_unit_and_margin_in_base_units()
    {
        _folder.Write("perf.json", """{"p95": 131.57}""");
        Evidence evidence = await RunAsync("""{"path": "perf.json", "pointer": "/p95", "bound": "<= 500ms", "unit": "ms"}""");
        Assert.Equal("/p95 of perf.json is 131.57ms, within the bound <= 500ms by 368.43ms.", evidence.Reason);
        Assert.Equal(0.13157, evidence.Value);
        Assert.Equal(Unit.Seconds, evidence.Unit);
        Assert.Equal(0.36843, evidence.Margin!.Value, 9);
    }

    [Theory]
    [InlineData("{\n  \"a\": 1,\n  \"b\" 2\n}", "report.json:3:7 is not JSON")]
    [InlineData("", "report.json:1:1 is not JSON: it is empty.")]
    [InlineData("{\"v\": NaN}", "report.json:1:7 is not JSON")]
    [InlineData("<html>", "report.json:1:1 is not JSON")]
    [InlineData("{\"v\": 1} trailing", "report.json:1:10 is not JSON")]
    public async Task What_is_not_JSON_is_an_error_with_its_place(string text, string reason)
    {
        _folder.Write("report.json", text);
        Evidence evidence = await RunAsync("""{"path": "report.json", "pointer": "/v", "bound": "> 0"}""");
        Assert.Equal(Verdict.Error, evidence.Verdict);
        Assert.StartsWith(reason, evidence.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_stands_twice_on_the_way_is_an_error()
    {
        _folder.Write("report.json", """{"v": 1, "v": 100}""");
        Evidence evidence = await RunAsync("""{"path": "report.json", "pointer": "/v", "bound": "< 5"}""");
        Assert.Equal((Verdict.Error, "On the way to /v, an object has the name 'v' twice."), (evidence.Verdict, evidence.Reason));
    }

    [Fact]
    public async Task JSON_nested_too_deep_is_an_error()
    {
        _folder.Write("report.json", new string('[', 100_000));
        Assert.Equal(Verdict.Error, (await RunAsync("""{"path": "report.json", "pointer": "/0", "bound": "< 5"}""")).Verdict);
    }

    [Fact]
    public async Task UTF_16_from_an_old_PowerShell_is_read()
    {
        _folder.Write("report.json", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("""{"v": 1}""")]);
        Assert.Equal(Verdict.Pass, (await RunAsync("""{"path": "report.json", "pointer": "/v", "bound": "== 1"}""")).Verdict);
        _folder.Write("report.json", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes("""{"v": 1}""")]);
        Assert.Equal(Verdict.Pass, (await RunAsync("""{"path": "report.json", "pointer": "/v", "bound": "== 1"}""")).Verdict);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_no_data_and_an_old_one_is_stale()
    {
        var clock = new ManualClock();
        Evidence missing = await RunAsync("""{"path": "none.json", "pointer": "", "bound": "> 0"}""");
        Assert.Equal((Verdict.NoData, "none.json does not exist."), (missing.Verdict, missing.Reason));
        _folder.Write("old.json", "1", clock.GetUtcNow() - TimeSpan.FromHours(2));
        Evidence old = await RunAsync("""{"path": "old.json", "pointer": "", "bound": "> 0", "maxAge": "1h"}""", new EngineContext { Clock = clock });
        Assert.Equal(Verdict.Stale, old.Verdict);
    }

    [Fact]
    public async Task An_answer_is_looked_into_like_a_file()
    {
        var stub = new StubHandler(_ => StubHandler.Text("""{"queue": {"depth": 12}}"""));
        Evidence evidence = await RunAsync(
            """{"url": "http://app.test/status?key=hidden", "headers": {"X-Team": "ops"}, "pointer": "/queue/depth", "bound": "< 10"}""", stub.Context());
        Assert.Equal((Verdict.Fail, "/queue/depth of http://app.test/status 12 is above the bound < 10 by 2."), (evidence.Verdict, evidence.Reason));
        Assert.Equal("ops", stub.Requests.Single().Headers["X-Team"]);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(302)]
    [InlineData(500)]
    public async Task An_answer_other_than_success_is_an_error(int status)
    {
        var stub = new StubHandler(_ => StubHandler.Text("""{"v": 1}""", status));
        Assert.Equal(Verdict.Error, (await RunAsync("""{"url": "http://app.test/", "pointer": "/v", "bound": "== 1"}""", stub.Context())).Verdict);
    }

    [Theory]
    [InlineData(""" "path": "a", "pointer": "v", "bound": "> 0" """, "/pointer: 'v' is not a JSON Pointer")]
    [InlineData(""" "path": "a", "pointer": "/v~2", "bound": "> 0" """, "/pointer: '/v~2' is not a JSON Pointer")]
    [InlineData(""" "path": "a", "bound": "> 0" """, ": 'pointer' is missing")]
    [InlineData(""" "path": "a", "pointer": "/v" """, ": 'bound' is missing")]
    [InlineData(""" "pointer": "/v", "bound": "> 0" """, ": this does not say one place to read from")]
    [InlineData(""" "path": "a", "url": "http://a/", "pointer": "/v", "bound": "> 0" """, "/path: this does not say one place to read from")]
    [InlineData(""" "path": "a", "pointer": "/v", "bound": "> 0", "unit": "parsec" """, "/unit: there is no unit 'parsec'")]
    [InlineData(""" "path": "a", "pointer": "/v", "bound": "< 1s", "unit": "%" """, "/unit: '%' cannot be compared with the bound '< 1s'")]
    [InlineData(""" "path": "a", "pointer": "/v", "bound": "== ok", "unit": "%" """, "/unit: the bound '== ok' is on a text")]
    [InlineData(""" "path": "a", "pointer": "/v", "bound": "> 0", "headers": {"a": "b"} """, "/headers: 'headers' says nothing about a file")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "j", "type": "json", {{members}}}"""), p => p.StartsWith(problem, StringComparison.Ordinal));

    private Task<Evidence> RunAsync(string members, EngineContext? context = null) =>
        CheckTesting.RunAsync("""{"name": "j", "type": "json", """ + members[1..], _folder.Path, context);
}
