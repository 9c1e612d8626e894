using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Checks.Reports;
using ReadyOps.Core.Reports;

namespace ReadyOps.Core.Tests.Reports;

public sealed class SarifReportTests
{
    [Fact]
    public void A_check_is_a_result_at_its_place_in_the_document()
    {
        JsonElement run = Runs(ReportTesting.Failed()).Single();
        JsonElement[] results = [.. run.GetProperty("results").EnumerateArray()];
        Assert.Equal(["pass none", "pass none", "fail error", "fail error", "fail error", "fail error", "fail error"], results.Select(one => $"{Text(one, "kind")} {Text(one, "level")}"));
        JsonElement load = results[2];
        Assert.Equal("load: Fail: p95 620.5ms is above the bound < 500ms by 120.5ms. Next: Look at it.", Text(load.GetProperty("message"), "text"));
        JsonElement place = load.GetProperty("locations")[0];
        Assert.Equal("deploy/gate.yaml", Text(place.GetProperty("physicalLocation").GetProperty("artifactLocation"), "uri"));
        Assert.Equal(16, place.GetProperty("physicalLocation").GetProperty("region").GetProperty("startLine").GetInt32());
        Assert.Equal("production/tests/load", Text(place.GetProperty("logicalLocations")[0], "fullyQualifiedName"));
        Assert.Equal("Fail", Text(load.GetProperty("properties"), "verdict"));
        Assert.Equal("file", Text(run.GetProperty("tool").GetProperty("driver").GetProperty("rules")[load.GetProperty("ruleIndex").GetInt32()], "id"));
        Assert.Equal("readyops/production/", Text(run.GetProperty("automationDetails"), "id"));
    }

    [Fact]
    public void What_did_not_pass_in_a_gate_that_passed_is_a_warning() =>
        Assert.Equal(["none", "none", "warning"], Runs(ReportTesting.Passed()).Single().GetProperty("results").EnumerateArray().Select(one => Text(one, "level")));

    [Fact]
    public void A_check_that_was_not_run_does_not_apply() =>
        Assert.Equal(["fail error", "notApplicable none"], Runs(ReportTesting.Skipped()).Single().GetProperty("results").EnumerateArray().Select(one => $"{Text(one, "kind")} {Text(one, "level")}"));

    [Fact]
    public void A_gate_that_could_not_be_asked_is_a_finding_of_a_run_that_was_not_successful()
    {
        JsonElement run = Runs(ReportTesting.Passed(), ReportTesting.Unasked())[1];
        Assert.False(run.GetProperty("invocations")[0].GetProperty("executionSuccessful").GetBoolean());
        Assert.Equal("gate-decision error", run.GetProperty("results").EnumerateArray().Select(one => $"{Text(one, "ruleId")} {Text(one, "level")}").Single());
    }

    [Fact]
    public void A_result_that_has_gone_stale_is_a_finding() =>
        Assert.Equal(["pass none", "pass none", "fail error"], Runs(ReportTesting.Stale()).Single().GetProperty("results").EnumerateArray().Select(one => $"{Text(one, "kind")} {Text(one, "level")}"));

    [Fact]
    public void The_same_check_keeps_its_fingerprint_wherever_it_stands()
    {
        string Of(GateResult result) => Text(Runs(result)[0].GetProperty("results")[0].GetProperty("partialFingerprints"), "readyopsCheck/v1");
        GateResult moved = ReportTesting.Failed() with { Prerequisites = [ReportTesting.Seen("build", Verdict.Fail, "No.") with { Source = "elsewhere.yaml:1" }] };
        Assert.Equal(Of(ReportTesting.Failed()), Of(moved));
    }

    [Theory]
    [InlineData("see [it](https://evil.test)", "build: Pass: see \\[it\\](https://evil.test)")]
    [InlineData("index [0]", "build: Pass: index [0]")]
    [InlineData("${release} {0}", "build: Pass: ${{release}} {{0}}")]
    public void No_text_is_a_link_or_a_placeholder(string reason, string message)
    {
        GateResult result = ReportTesting.Failed() with { Prerequisites = [ReportTesting.Seen("build", Verdict.Pass, reason)] };
        Assert.Equal(message, Text(Runs(result)[0].GetProperty("results")[0].GetProperty("message"), "text"));
    }

    [Fact]
    public void Any_log_keeps_the_rules_of_the_schema() => Check.QuickThrowOnFailure(Prop.ForAll(ReportTesting.HostileResults.ToArbitrary(), result =>
    {
        JsonElement run = Runs(result).Single();
        string[] rules = [.. run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray().Select(rule => Text(rule, "id"))];
        JsonElement[] results = [.. run.GetProperty("results").EnumerateArray()];
        return rules.Distinct().Count() == rules.Length
            && results.Count(one => Text(one, "kind") == "pass") == result.Evidence.Count(one => one.Verdict == Verdict.Pass)
            && results.Count(one => Text(one, "kind") == "notApplicable") == result.Evidence.Count(one => one.Verdict == Verdict.Skipped)
            && results.Length == result.Evidence.Count + (GateReport.Explains(result) ? 0 : 1)
            && (result.Status == GateStatus.Passed || results.Any(one => Text(one, "level") == "error"))
            && results.All(one => IsValid(one, rules));
    }));

    [Fact]
    public void The_reader_of_scans_counts_the_same() => Check.QuickThrowOnFailure(Prop.ForAll(ReportTesting.HostileResults.ToArbitrary(), result =>
    {
        using var stream = new ReportStream(new MemoryStream(Encoding.UTF8.GetBytes(ReportTesting.Write(GateReportFormat.Sarif, result))), "gate.sarif", TestContext.Current.CancellationToken);
        List<SarifLevel?> findings = [];
        SarifReader.Read(stream, "gate.sarif", (_, one) => findings.AddRange(one.IsFail ? [one.Level] : []), _ => { });
        int open = result.Evidence.Count(one => one.Verdict is not (Verdict.Pass or Verdict.Skipped)) + (GateReport.Explains(result) ? 0 : 1);
        return findings.Count == open && findings.All(level => level == (GateReport.Holds(result) ? SarifLevel.Warning : SarifLevel.Error));
    }));

    // 3.27.9 to 3.27.12 of the specification: a result that is no failure has no level; a URI is one; lines begin at 1.
    private static bool IsValid(JsonElement result, string[] rules)
    {
        bool placed = result.GetProperty("locations")[0].TryGetProperty("physicalLocation", out JsonElement place);
        return rules[result.GetProperty("ruleIndex").GetInt32()] == Text(result, "ruleId")
            && (Text(result, "kind") == "fail" ? Text(result, "level") is "error" or "warning" : Text(result, "level") == "none")
            && Text(result.GetProperty("message"), "text").Length > 0
            && (!placed || Uri.IsWellFormedUriString(Text(place.GetProperty("artifactLocation"), "uri"), UriKind.RelativeOrAbsolute))
            && (!placed || place.GetProperty("region").GetProperty("startLine").GetInt32() >= 1);
    }

    private static JsonElement[] Runs(params GateResult[] results)
    {
        JsonElement log = JsonDocument.Parse(ReportTesting.Write(GateReportFormat.Sarif, results)).RootElement;
        Assert.Equal("2.1.0", Text(log, "version"));
        return [.. log.GetProperty("runs").EnumerateArray()];
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
