namespace ReadyOps.Core.Tests.Checks;

public sealed class SarifCheckTests : IDisposable
{
    // Results before the rules, as the .NET compilers write them. By hand: A1 has its own level (error); A2 the rule's default (note); A3 no
    // rule and no level, so warning; A4 passed; A5 is suppressed; A6's suppression is rejected (warning); A7 is overridden to error.
    private const string Mixed = """
        {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{
          "results": [
            {"ruleId": "A1", "level": "error", "message": {"text": "bad"}, "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/a.cs"}, "region": {"startLine": 7}}}]},
            {"ruleId": "A2", "ruleIndex": 0, "message": {"text": "meh"}},
            {"ruleId": "A3", "message": {"text": "odd"}},
            {"ruleId": "A4", "kind": "pass", "message": {"text": "fine"}},
            {"ruleId": "A5", "level": "error", "message": {"text": "known"}, "suppressions": [{"kind": "inSource"}]},
            {"ruleId": "A6", "level": "warning", "message": {"text": "no"}, "suppressions": [{"kind": "external", "status": "rejected"}]},
            {"ruleIndex": 1, "message": {"text": "up"}, "provenance": {"invocationIndex": 0}}
          ],
          "invocations": [{"executionSuccessful": true, "ruleConfigurationOverrides": [{"descriptor": {"id": "A7"}, "configuration": {"level": "error"}}]}],
          "tool": {"driver": {"name": "Lint", "rules": [
            {"id": "A2", "defaultConfiguration": {"level": "note"}},
            {"id": "A7", "properties": {"security-severity": "8.1", "tags": ["security"]}}]}}
        }]}
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\"error\": \"== 2\"")]
    [InlineData("\"warning\": \"== 2\"")]
    [InlineData("\"note\": \"== 1\"")]
    [InlineData("\"total\": \"== 5\"")]
    [InlineData("\"error\": \"== 3\", \"suppressions\": \"count\"")]
    [InlineData("\"error\": \"== 1\", \"include\": \"a1\"")]
    [InlineData("\"total\": \"== 3\", \"exclude\": [\"A1\", \"A7\"]")]
    [InlineData("\"securitySeverity\": \"< 8.2\"")]
    [InlineData("\"securitySeverity\": \"< 7\", \"exclude\": \"A7\", \"include\": \"A9\"")]
    public async Task Results_count_by_the_level_that_the_standard_gives_them(string members)
    {
        _folder.Write("scan.sarif", Mixed);
        Evidence evidence = await RunAsync(members);
        Assert.True(evidence.Verdict == Verdict.Pass, evidence.Reason);
    }

    [Fact]
    public async Task Without_any_bound_there_may_be_no_errors()
    {
        _folder.Write("scan.sarif", Mixed);
        Evidence evidence = await RunAsync("\"include\": \"*\"");
        Assert.Equal((Verdict.Fail, "Number of results of level error is 2 (1 suppressed), which breaks the bound == 0."), (evidence.Verdict, evidence.Reason));
        Assert.Equal("Error: A1 src/a.cs:7: bad", evidence.Details[0]);
        Assert.Contains("A7: 1 (Error, security severity 8.1)", evidence.Details);
    }

    [Fact]
    public async Task The_gravest_rule_breaks_the_bound_on_security_severity()
    {
        _folder.Write("scan.sarif", Mixed);
        Evidence evidence = await RunAsync("\"securitySeverity\": \"< 7\"");
        Assert.Equal((Verdict.Fail, "Security severity 8.1 (A7, 1 results) is above the bound < 7 by 1.1."), (evidence.Verdict, evidence.Reason));
        // Results of which nobody knows how severe they are cannot pass it.
        Assert.Equal(Verdict.Inconclusive, (await RunAsync("\"securitySeverity\": \"< 7\", \"exclude\": \"A7\"")).Verdict);
    }

    [Fact]
    public async Task Rules_of_extensions_are_found()
    {
        _folder.Write("scan.sarif", Document("""
            {"tool": {"driver": {"name": "CodeQL"}, "extensions": [{"name": "x"}, {"name": "queries", "rules": [{"id": "js/xss", "defaultConfiguration": {"level": "error"}, "properties": {"security-severity": 9.8}}]}]},
             "results": [{"ruleId": "js/xss", "rule": {"id": "js/xss", "index": 0, "toolComponent": {"index": 1}}, "message": {"text": "m"}}]}
            """));
        Assert.Equal(Verdict.Pass, (await RunAsync("\"error\": \"== 1\"")).Verdict);
        Assert.Equal(9.8, (await RunAsync("\"securitySeverity\": \"< 9\"")).Value);
    }

    [Theory]
    [InlineData("{\"tool\": {\"driver\": {\"name\": \"T\"}}, \"results\": [], \"invocations\": [{\"executionSuccessful\": false}]}", "The scan itself failed: scan.sarif, T: the tool says that it did not succeed.")]
    [InlineData("{\"results\": [], \"invocations\": [{\"executionSuccessful\": true, \"toolExecutionNotifications\": [{\"level\": \"error\", \"message\": {\"text\": \"no memory\"}}]}]}", "The scan itself failed: scan.sarif: no memory.")]
    [InlineData("{\"results\": [], \"invocations\": [{\"executionSuccessful\": true, \"toolConfigurationNotifications\": [{\"message\": {\"text\": \"no rule\"}, \"level\": \"error\"}]}]}", "The scan itself failed: scan.sarif: no rule.")]
    public async Task A_scan_that_failed_never_passes(string run, string reason)
    {
        _folder.Write("scan.sarif", Document(run));
        Evidence evidence = await RunAsync("\"total\": \"<= 1000\"");
        Assert.Equal((Verdict.Error, reason), (evidence.Verdict, evidence.Reason));
        Assert.NotEmpty(evidence.NextStep);
    }

    [Fact]
    public async Task A_warning_of_the_tool_is_no_failure() =>
        Assert.Equal(Verdict.Pass, (await OfAsync("""{"results": [], "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [{"level": "warning", "message": {"text": "slow"}}]}]}""")).Verdict);

    [Fact]
    public async Task No_runs_and_a_run_without_results_are_no_data()
    {
        _folder.Write("scan.sarif", Document(""));
        Assert.Equal((Verdict.NoData, "The SARIF reports have no runs: nothing was scanned."), Told(await RunAsync("\"error\": \"== 0\"")));
        Assert.Equal((Verdict.NoData, "scan.sarif, T: the run has no list of results, so it does not tell what it found."), Told(await OfAsync("""{"tool": {"driver": {"name": "T"}}}""")));
        Assert.Equal(Verdict.NoData, (await OfAsync("""{"results": null}""")).Verdict);
        Assert.Equal(Verdict.NoData, (await RunAsync("\"error\": \"== 0\"", "\"none/*.sarif\"")).Verdict);
    }

    [Fact]
    public async Task What_is_new_is_told_by_the_report_itself()
    {
        _folder.Write("scan.sarif", Document("""
            {"results": [
              {"ruleId": "A", "message": {"text": "1"}, "baselineState": "new"}, {"ruleId": "A", "message": {"text": "2"}, "baselineState": "unchanged"},
              {"ruleId": "A", "message": {"text": "3"}, "baselineState": "updated"}, {"ruleId": "A", "message": {"text": "4"}, "baselineState": "absent"},
              {"ruleId": "A", "message": {"text": "5"}}]}
            """));
        // The one that says nothing counts as new; the absent one does not count at all.
        Assert.Equal(Verdict.Pass, (await RunAsync("\"new\": \"== 2\"")).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync("\"total\": \"== 4\"")).Verdict);
    }

    [Theory]
    // The same fingerprint under another line; a fingerprint of GitHub with another column; a snippet that moved; the same line and message.
    [InlineData("\"fingerprints\": {\"v1\": \"abc\"}", "\"fingerprints\": {\"v1\": \"abc\"}", 0)]
    [InlineData("\"fingerprints\": {\"v1\": \"abc\"}", "\"fingerprints\": {\"v1\": \"abd\"}", 1)]
    [InlineData("\"partialFingerprints\": {\"primaryLocationLineHash\": \"h:1\", \"column\": \"3\"}", "\"partialFingerprints\": {\"column\": \"4\", \"primaryLocationLineHash\": \"h:1\"}", 0)]
    [InlineData("\"partialFingerprints\": {\"x\": \"1\"}", "\"partialFingerprints\": {\"x\": \"2\"}", 1)]
    [InlineData("\"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"a\"}, \"region\": {\"startLine\": 1, \"snippet\": {\"text\": \"x = 1;\"}}}}]",
        "\"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"a\"}, \"region\": {\"startLine\": 9, \"snippet\": {\"text\": \"  x = 1;\"}}}}]", 0)]
    [InlineData("\"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"a\"}, \"region\": {\"startLine\": 1}}}]",
        "\"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"a\"}, \"region\": {\"startLine\": 2}}}]", 1)]
    [InlineData("\"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"a\"}}}]", "\"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"b\"}}}]", 1)]
    public async Task What_is_not_in_the_baseline_is_new(string before, string now, int added)
    {
        const string Where = "\"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": \"f\"}, \"region\": {\"startLine\": 5}}}],";
        string place = before.Contains("ocations", StringComparison.Ordinal) && !before.Contains("Hash", StringComparison.Ordinal) ? "" : Where;
        _folder.Write("old.sarif", Document($$"""{"results": [{"ruleId": "A", "message": {"text": "m"}, {{place}} {{before}}}]}"""));
        _folder.Write("scan.sarif", Document($$"""{"results": [{"ruleId": "A", "message": {"text": "m"}, {{place}} {{now}}}]}"""));
        Evidence evidence = await RunAsync("\"new\": \"== 0\", \"baseline\": \"old.sarif\"");
        Assert.Equal((double)added, evidence.Value);
        Assert.Equal(added == 0 ? Verdict.Pass : Verdict.Fail, evidence.Verdict);
    }

    [Fact]
    public async Task A_second_result_of_the_same_kind_is_new()
    {
        const string One = """{"ruleId": "A", "message": {"text": "m"}, "fingerprints": {"v1": "abc"}}""";
        _folder.Write("old.sarif", Document($$"""{"results": [{{One}}]}"""));
        _folder.Write("scan.sarif", Document($$"""{"results": [{{One}}, {{One}}]}"""));
        Assert.Equal((Verdict.Fail, "Number of new results is 1 (not in the baseline), which breaks the bound == 0."), Told(await RunAsync("\"new\": \"== 0\", \"baseline\": \"old.sarif\"")));
    }

    [Fact]
    public async Task Without_a_baseline_the_last_run_that_passed_is_one()
    {
        var gate = new GateScene();
        const string Check = """{"name": "s", "type": "sarif", "path": "scan.sarif", "new": "== 0"}""";
        Assert.Equal((Verdict.Pass, "No run before this one passed, so the next is compared with its 2 results."), Told(await With("a", "b")));
        Assert.Equal(Verdict.Pass, (await With("b", "a")).Verdict);
        Assert.Equal(Verdict.Fail, (await With("a", "c")).Verdict);
        Assert.Equal(Verdict.Fail, (await With("a", "c")).Verdict);
        Assert.Equal(Verdict.Pass, (await With("a")).Verdict);
        // What was gone is new when it comes back.
        Assert.Equal(Verdict.Fail, (await With("a", "b")).Verdict);
        Assert.Equal(Verdict.Inconclusive, (await CheckTesting.RunAsync(Check, _folder.Path)).Verdict);

        Task<Evidence> With(params string[] messages)
        {
            string results = string.Join(',', messages.Select(message => $$"""{"ruleId": "A", "message": {"text": "{{message}}" } }"""));
            _folder.Write("scan.sarif", Document($$"""{"results": [{{results}}]}"""));
            return gate.RunAsync(Check, _folder.Path);
        }
    }

    [Fact]
    public async Task Several_files_and_runs_are_one()
    {
        _folder.Write("a.sarif", Mixed);
        _folder.Write("b.sarif", Document("""{"results": [{"level": "error", "message": {"text": "x"}}]}, {"results": [{"level": "error", "message": {"text": "y"}}]}"""));
        Assert.Equal(Verdict.Pass, (await RunAsync("\"error\": \"== 4\"", "\"*.sarif\"")).Verdict);
    }

    [Theory]
    [InlineData("", "is not JSON")]
    [InlineData("[]", "it is no object")]
    [InlineData("<xml/>", "is not JSON")]
    [InlineData("{}", "it has no version")]
    [InlineData("""{"version": "2.1.0"}""", "it has no runs")]
    [InlineData("""{"version": "1.0.0", "runs": []}""", "it is of version '1.0.0', and 2.1.0 is read")]
    [InlineData("""{"version": "2.1.0", "runs": {}}""", "'runs' is no list")]
    [InlineData("""{"version": "2.1.0", "runs": [{"results": [{"level": "error"}]}""", "is not JSON")]
    [InlineData("""{"version": "2.1.0", "runs": [{"results": [{"level": "err""", "is not JSON")]
    [InlineData("""{"version": "2.1.0", "runs": [{"results": [{"level": "fatal"}]}]}""", "there is no level 'fatal'")]
    [InlineData("""{"version": "2.1.0", "runs": [{"results": [1]}]}""", "a result is no object")]
    [InlineData("""{"version": "2.1.0", "runs": [{"results": [{"message": "x"}]}]}""", "'message' is no object")]
    [InlineData("""{"version": "2.1.0", "runs": [{"externalPropertyFileReferences": {}}]}""", "parts of a run are in other files")]
    [InlineData("""{"version": "2.1.0", "runs": []} {}""", "is not JSON")]
    public async Task What_is_no_whole_SARIF_is_an_error(string text, string reason)
    {
        _folder.Write("scan.sarif", text);
        Evidence evidence = await RunAsync("\"total\": \"<= 1000\"");
        Assert.Equal(Verdict.Error, evidence.Verdict);
        Assert.StartsWith("scan.sarif", evidence.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, evidence.Reason, StringComparison.Ordinal);
        Assert.Contains("SARIF 2.1.0", evidence.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nesting_without_end_is_an_error()
    {
        _folder.Write("scan.sarif", """{"version": "2.1.0", "runs": """ + new string('[', 100_000));
        Assert.Equal(Verdict.Error, (await RunAsync("\"total\": \"<= 1000\"")).Verdict);
    }

    [Fact]
    public async Task Names_in_other_words_and_escaped_texts_are_read_all_the_same()
    {
        _folder.Write("scan.sarif", """{"version": "2.1.0", "\u0072uns": [{"results": [{"\u006Cevel": "err\u006Fr", "message": {"text": "a\nb\u00e9"}, "x-more": [{"level": "error"}]}]}]}""");
        Evidence evidence = await RunAsync("\"error\": \"== 0\"");
        Assert.Equal(1d, evidence.Value);
        Assert.Equal("Error: (no rule): a bé", evidence.Details[0]);
    }

    [Theory]
    [InlineData(""" "path": "a", "error": ">= 0" """, "/error: '>= 0' is kept by the worst there can be")]
    [InlineData(""" "path": "a", "error": "== 1%" """, "/error: '== 1%' is not on a plain number")]
    [InlineData(""" "path": "a", "baseline": "b" """, "/baseline: nothing says how much may be new")]
    [InlineData(""" "path": "a", "suppressions": "maybe" """, "/suppressions: this is 'maybe'; expected one of accept, count")]
    [InlineData(""" "path": "" """, "/path: there is no report to read")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "s", "type": "sarif", {{members}}}"""), p => p.StartsWith(problem, StringComparison.Ordinal));

    private static (Verdict, string) Told(Evidence evidence) => (evidence.Verdict, evidence.Reason);

    private static string Document(string runs) => $$"""{"version": "2.1.0", "runs": [{{runs}}]}""";

    private Task<Evidence> OfAsync(string run)
    {
        _folder.Write("scan.sarif", Document(run));
        return RunAsync("\"error\": \"== 0\"");
    }

    private Task<Evidence> RunAsync(string members, string path = "\"scan.sarif\"") =>
        CheckTesting.RunAsync($$"""{"name": "s", "type": "sarif", "path": {{path}}, {{members}}}""", _folder.Path);
}
