using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Reports;

namespace ReadyOps.Core.Tests.Reports;

public sealed partial class MarkdownReportTests
{
    [Fact]
    public void A_gate_is_written_as_a_checklist_ticked_by_its_evidence() => Assert.Equal("""
        # Gate production: Failed

        **Failed**: The readiness score 40 is below the pass score 95.

        - Release: 2.4.0
        - Score: 40 of 95 needed
        - Checks: 2 passed, 1 failed, 1 inconclusive, 1 without data, 1 stale, 1 in error
        - Decided: 2026-11-21 12:00:00Z in 1s500ms
        - Document: SHA-256 d1
        - Journal: gates/production#7

        ## Prerequisites

        - [x] **build**: Pass. It succeeded.
          - At deploy/gate.yaml:16

        ## tests (score 50, weight 3)

        - [x] **unit**: Pass (98.28%, bound &gt;= 98%). Pass rate is 98.28%, within the bound &gt;= 98% by 0.28%.
          - At deploy/gate.yaml:16
        - [ ] **load**: Fail (620.5ms). p95 620.5ms is above the bound &lt; 500ms by 120.5ms.
          - Failed: checkout
          - Next: Look at it.
          - At deploy/gate.yaml:16

        ## world (score 0, weight 1)

        - [ ] **coverage**: NoData. There is no report.
          - At deploy/gate.yaml:16
        - [ ] **scan**: Stale. It is 3 days old.
          - At deploy/gate.yaml:16
        - [ ] **http**: Error. It does not answer.
          - At deploy/gate.yaml:16
        - [ ] **canary**: Inconclusive. Too few requests.
          - At deploy/gate.yaml:16

        """.ReplaceLineEndings("\n"), ReportTesting.Write(GateReportFormat.Markdown, ReportTesting.Failed()));

    [Fact]
    public void The_parts_of_a_group_are_items_below_it()
    {
        Evidence group = ReportTesting.Seen("either", Verdict.Pass, "1 of 2 checks passed.") with
        {
            Details = ["second: Fail: No."],
            Parts = [ReportTesting.Seen("first", Verdict.Pass, "Yes."), ReportTesting.Seen("second", Verdict.Fail, "No.") with { Guessed = true }],
        };
        GateResult result = ReportTesting.Passed() with { Prerequisites = [], Sections = [new GateSection { Name = "all", Evidence = [group] }] };
        string items = ReportTesting.Write(GateReportFormat.Markdown, result).Split("\n\n")[^1];
        Assert.Equal("""
            - [x] **either**: Pass. 1 of 2 checks passed.
              - [x] **first**: Pass. Yes.
                - At deploy/gate.yaml:16
              - [ ] **second**: Fail. No.
                - At deploy/gate.yaml:16, guessed from a checklist
              - At deploy/gate.yaml:16

            """.ReplaceLineEndings("\n"), items);
    }

    [Fact]
    public void Several_results_are_one_report()
    {
        string report = ReportTesting.Write(GateReportFormat.Markdown, ReportTesting.Passed(), ReportTesting.Unasked());
        Assert.Contains("\n---\n\n# Gate broken: Blocked\n\n**Blocked**: The gate could not be asked.\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_has_gone_stale_says_so() =>
        Assert.StartsWith("# Gate production: Passed, stale since 2026-11-21 13:00:00Z\n", ReportTesting.Write(GateReportFormat.Markdown, ReportTesting.Stale()), StringComparison.Ordinal);

    [Theory]
    [InlineData("a | b", "a \\| b")]
    [InlineData("<b>&", "&lt;b&gt;&amp;")]
    [InlineData("[x](y)", "\\[x\\](y)")]
    [InlineData("two\nlines", "two lines")]
    [InlineData("snake_case *bold* `code` ~~gone~~", "snake\\_case \\*bold\\* \\`code\\` \\~\\~gone\\~\\~")]
    public void Markup_in_a_text_is_shown_as_it_is(string text, string markdown) => Assert.Equal(markdown, MarkdownText.Inline(text));

    [Theory]
    [InlineData("# no heading", "\\# no heading")]
    [InlineData("- no item", "\\- no item")]
    [InlineData("12. no item", "12\\. no item")]
    [InlineData("2.4.0 is a release", "2\\.4.0 is a release")]
    [InlineData("> no quotation", "&gt; no quotation")]
    public void A_text_begins_no_block(string text, string markdown) => Assert.Equal(markdown, MarkdownText.Start(text));

    [Fact]
    public void No_text_is_markup_and_none_is_lost() => Check.QuickThrowOnFailure(Prop.ForAll(ReportTesting.Hostile.ToArbitrary(), text =>
    {
        string inline = MarkdownText.Inline(text);
        string back = Escape().Replace(inline, "$1").Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);
        return Harmless().IsMatch(inline) && back == ReportText.Line(text);
    }));

    [Fact]
    public void No_text_changes_the_items_and_headings_of_a_report() => Check.QuickThrowOnFailure(Prop.ForAll(ReportTesting.HostileResults.ToArbitrary(), result =>
    {
        string[] lines = ReportTesting.Write(GateReportFormat.Markdown, result).Split('\n');
        int sections = result.Sections.Count + (result.Prerequisites.Count > 0 ? 1 : 0);
        return lines.Count(line => line.StartsWith("# ", StringComparison.Ordinal)) == 1
            && lines.Count(line => line.StartsWith("## ", StringComparison.Ordinal)) == sections
            && lines.Count(line => line.StartsWith("- [x] ", StringComparison.Ordinal)) == result.Evidence.Count(one => one.Verdict == Verdict.Pass)
            && lines.Count(line => line.StartsWith("- [ ] ", StringComparison.Ordinal)) == result.Evidence.Count(one => one.Verdict != Verdict.Pass)
            && lines.All(line => line.Length == 0 || Known().IsMatch(line));
    }));

    [GeneratedRegex(@"\\([\\`*_\[\]|~])")]
    private static partial Regex Escape();

    [GeneratedRegex(@"^(?:\\[\\`*_\[\]|~]|&(?:lt|gt|amp);|[^\\`*_\[\]|~<>&\x00-\x1F\x7F-\x9F\u2028\u2029\u202A-\u202E\u2066-\u2069])*$")]
    private static partial Regex Harmless();

    [GeneratedRegex(@"^(?:# Gate |## |\*\*(?:Passed|Failed|Blocked|Skipped)(?:, stale since [\d :Z-]+)?\*\*: |- (?:Valid until|Release|Score|Checks|Decided|Document|Journal): |- \[[x ]\] \*\*|  - [^-+#\s])")]
    private static partial Regex Known();
}
