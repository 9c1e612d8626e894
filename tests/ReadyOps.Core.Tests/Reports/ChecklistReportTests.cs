using System.Text;
using ReadyOps.Core.Reports;

namespace ReadyOps.Core.Tests.Reports;

public sealed class ChecklistReportTests
{
    private const string Checklist = """
        # Gate checklist

        | Prerequisite | Check | Description |
        |--------------|-------|-------------|
        | GATE-10 Passed | [ ] | Must have passed |

        - [ ] All tests passing
          - [x] Load tested
        - [X] Nobody looks at this
        - ✅ Plain bullet
        1. [ ] Numbered
        ```yaml
        - [ ] Infrastructure ready
        ```
        | Criteria | Status | Notes |
        | Deployment successful | [ ] Pass / [ ] Fail | |

        **Gate Status**: [ ] PASS / [ ] FAIL

        ## Rollback Criteria
        - [ ] Error rate > 5%
        - [x] Data lost
        """;

    [Fact]
    public void The_document_is_written_back_with_its_boxes_ticked_by_the_evidence()
    {
        GateResult result = ReportTesting.Failed() with
        {
            Prerequisites = [From(5, Verdict.Pass, "It passed.")],
            Sections =
            [
                new GateSection
                {
                    Name = "all", Evidence =
                    [
                        From(7, Verdict.Pass, "49 of 50 tests."), From(8, Verdict.Fail, "a | b") with { NextStep = "Run `it`." }, From(10, Verdict.NoData, "Nothing."), From(11, Verdict.Pass, "Yes.") with { Check = "one" },
                        From(11, Verdict.Error, "No answer.") with { Check = "two" }, From(13, Verdict.Pass, "Ready."), From(16, Verdict.Fail, "No."), ReportTesting.Seen("extra", Verdict.Pass, "Seen."),
                    ],
                },
            ],
        };
        string[] lines = Write(result).Split('\n');
        Assert.Equal("| GATE-10 Passed | [x] | Must have passed **Pass**. It passed. |", lines[4]);
        Assert.Equal("- [x] All tests passing — **Pass**. 49 of 50 tests.", lines[6]);
        Assert.Equal("  - [ ] Load tested — **Fail**. a \\| b Next: Run \\`it\\`.", lines[7]);
        Assert.Equal("- [ ] Nobody looks at this — *no check of the gate looks at this*", lines[8]);
        Assert.Equal("- [ ] Plain bullet — **NoData**. Nothing.", lines[9]);
        Assert.Equal("1. [ ] Numbered — one: **Pass**. Yes.; two: **Error**. No answer.", lines[10]);
        Assert.Equal("- [x] Infrastructure ready  # Pass: Ready.", lines[12]);
        Assert.Equal("| Deployment successful | [ ] Pass / [x] Fail | **Fail**. No. |", lines[15]);
        Assert.Equal("**Gate Status**: [ ] PASS / [x] FAIL — **Failed**: The readiness score 40 is below the pass score 95.", lines[17]);
        Assert.Contains("- [x] **extra**: Pass. Seen.", lines);
    }

    [Fact]
    public void The_box_of_what_must_not_happen_is_ticked_when_it_has_happened()
    {
        GateResult result = ReportTesting.Failed() with { Prerequisites = [From(21, Verdict.Fail, "7%."), From(22, Verdict.Pass, "All there.")] };
        string[] lines = Write(result).Split('\n');
        Assert.Equal(("- [x] Error rate > 5% — **Fail**. 7%.", "- [ ] Data lost — **Pass**. All there."), (lines[20], lines[21]));
    }

    [Theory]
    [InlineData(GateStatus.Passed, "[x] PASS / [ ] FAIL")]
    [InlineData(GateStatus.Failed, "[ ] PASS / [x] FAIL")]
    [InlineData(GateStatus.Blocked, "[ ] PASS / [ ] FAIL")]
    [InlineData(GateStatus.Skipped, "[ ] PASS / [ ] FAIL")]
    public void The_line_of_the_decision_is_ticked_by_the_gate(GateStatus status, string boxes)
    {
        GateResult result = ReportTesting.Failed() with { Status = status, Prerequisites = [From(5, Verdict.Pass, "It passed.")] };
        Assert.Contains($"**Gate Status**: {boxes} — **{status}**:", Write(result), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_many_checks_stand_for_counts_them()
    {
        Evidence[] all = [.. Enumerable.Range(1, 5).Select(i => ReportTesting.Seen($"check {i}", i < 5 ? Verdict.Pass : Verdict.Stale, "r") with { From = "checklist.md:7, checklist.md:16" })];
        string[] lines = Write(ReportTesting.Failed() with { Prerequisites = all, Sections = [] }).Split('\n');
        Assert.Equal(("- [ ] All tests passing — 4 of 5 checks passed, but not check 5 (Stale)", "| Deployment successful | [ ] Pass / [ ] Fail | 4 of 5 checks passed, but not check 5 (Stale) |"), (lines[6], lines[15]));
    }

    [Fact]
    public void The_parts_of_a_group_tick_their_own_lines()
    {
        Evidence group = ReportTesting.Seen("tests", Verdict.Fail, "1 of 2.") with { From = "checklist.md:7", Parts = [From(8, Verdict.Pass, "Load.")] };
        string[] lines = Write(ReportTesting.Failed() with { Prerequisites = [group], Sections = [] }).Split('\n');
        Assert.Equal(("- [ ] All tests passing — **Fail**. 1 of 2.", "  - [x] Load tested — **Pass**. Load."), (lines[6], lines[7]));
    }

    [Theory]
    [InlineData("  ✅ All 6 agents integrated", Verdict.Pass, "  [x] All 6 agents integrated  # Pass: r")]
    [InlineData("  ✅ All 6 agents integrated", Verdict.NoData, "  [ ] All 6 agents integrated  # NoData: r")]
    [InlineData("  Coverage: 20%", Verdict.Fail, "  Coverage: 20%  # Fail: r")]
    public void A_sign_in_a_code_block_gives_way_to_the_evidence(string line, Verdict verdict, string written)
    {
        GateResult result = ReportTesting.Failed() with { Prerequisites = [From(3, verdict, "r")], Sections = [] };
        var checklist = ChecklistSource.Read("checklist.md", Encoding.UTF8.GetBytes($"# Ready\n```yaml\n{line}\n```\n"));
        Assert.Equal(written, GateReport.Write(GateReportFormat.Markdown, [result], ReportTesting.Options with { Checklist = checklist }).Split('\n')[2]);
    }

    [Theory]
    [InlineData("other.md:7", "ChecklistUnrelated")]
    [InlineData(null, "ChecklistUnrelated")]
    [InlineData("checklist.md:99", "ChecklistChanged")]
    public void A_checklist_that_the_gate_was_not_made_of_is_refused(string? from, string id)
    {
        GateResult result = ReportTesting.Failed() with { Prerequisites = [ReportTesting.Seen("build", Verdict.Pass, "Yes.") with { From = from }] };
        Assert.Equal(id, Assert.Throws<ReadyOpsException>(() => Write(result)).Id);
    }

    private static Evidence From(int line, Verdict verdict, string reason) => ReportTesting.Seen($"line {line}", verdict, reason) with { From = $"docs/checklist.md:{line}" };

    private static string Write(GateResult result) =>
        GateReport.Write(GateReportFormat.Markdown, [result], ReportTesting.Options with { Checklist = ChecklistSource.Read("/elsewhere/Checklist.md", Encoding.UTF8.GetBytes(Checklist.ReplaceLineEndings("\n"))) });
}
