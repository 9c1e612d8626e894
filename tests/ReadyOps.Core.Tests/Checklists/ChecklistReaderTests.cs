using System.Text;
using ReadyOps.Core.Checklists;

namespace ReadyOps.Core.Tests.Checklists;

public sealed class ChecklistReaderTests
{
    [Fact]
    public void Items_have_their_lines_their_texts_and_their_marks()
    {
        Checklist list = Read("""
            ---
            title: "- [ ] not an item"
            ---
            # Title

            - [ ] **Bold** and `code` with [a link](https://x.example/y)
            - [X] done
              1. [x] nested
              2. ✅ signed
            * plain beside them
            """);
        Assert.Equal("Title", list.Title);
        Assert.Equal(
            ["6 Open Bold and code with a link", "7 Ticked done", "8 Ticked nested", "9 Ticked signed"],
            list.AllItems.Where(item => item.Mark != ChecklistMark.None).Select(item => $"{item.Line} {item.Mark} {item.Text}"));
        Assert.Equal(["code"], list.Items[0].Codes);
        Assert.Equal(["https://x.example/y"], list.Items[0].Urls);
    }

    [Fact]
    public void A_box_is_seen_wherever_it_stands()
    {
        Checklist list = Read("""
            # Boxes

            - [x] in a list
            [ ] a line that goes on below it

              [ ] a paragraph of the item

              | Step | Done |
              |------|------|
              | a row of the item | [ ] |

              ```
              [ ] a code block of the item
              ```

              > [ ] a quotation of the item

            [ ] a paragraph
            [x] and its second line

            <details>
            - [ ] within HTML
            </details>

                [ ] set in by four columns

            <!-- [ ] a comment -->
            - [x] with a table at once
            | Step | Done |
            |------|------|
            | its row | [ ] |
            """);
        Assert.Equal(
            [
                "3 Ticked", "4 Open a line that goes on below it", "6 Open a paragraph of the item", "10 Open a row of the item", "13 Open a code block of the item",
                "16 Open a quotation of the item", "18 Open a paragraph", "19 Ticked and its second line", "22 Open within HTML", "25 Open set in by four columns",
                "28 Ticked with a table at once", "31 Open its row",
            ],
            list.AllItems.Select(item => item.Line == 3 ? "3 Ticked" : $"{item.Line} {item.Mark} {item.Text}"));
    }

    [Fact]
    public void Lists_without_marks_are_items_only_where_the_heading_or_the_label_says_so()
    {
        Checklist list = Read("""
            # A gate checklist
            - an introduction

            ## Success criteria
            - one

            ## Risks
            - no item

            **Deliverables**:
            - two
              - explains two

            ## Next phase
            Upon passing this gate:
            - three
            """);
        Assert.Equal(["5 Criteria one", "11 Deliverable two", "12 Deliverable explains two", "16 Consequence three"],
            list.AllItems.Where(item => item.Line > 2).Select(item => $"{item.Line} {item.Passage.Kind} {item.Text}"));
        Assert.True(list.AllItems.Single(item => item.Line == 12).IsDetail);
    }

    [Fact]
    public void A_chapter_after_the_triggers_is_no_trigger()
    {
        Checklist list = Read("""
            ## Rollback Criteria
            **Initiate rollback if any of the following occur:**
            - [ ] Error rate > 5%

            ### 12. Compliance
            - [ ] Validated
            """);
        Assert.Equal([PassageKind.Trigger, PassageKind.Other], list.Items.Select(item => item.Passage.Kind));
    }

    [Fact]
    public void Chapters_of_prerequisites_are_prerequisites()
    {
        Checklist list = Read("## Deployment prerequisites\n### ✅ Phase 1\n- [x] one\n");
        Assert.Equal(PassageKind.Prerequisite, Assert.Single(list.Items).Passage.Kind);
        Assert.True(list.Items[0].Passage.IsCalled("phase 1"));
        Assert.True(list.Items[0].Passage.IsCalled("Deployment Prerequisites"));
    }

    [Fact]
    public void Rows_have_their_cells_and_the_mark_of_the_worst()
    {
        Checklist list = Read("""
            | Criteria | Status | Notes |
            |----------|--------|-------|
            | Tests | [x] Pass / [ ] Fail | |
            | Scan | [ ] Pass / [x] Fail | see `x.md` |
            | Docs | [ ] Pass / [ ] Fail | |
            | Ready | ✅ Complete | 100% |
            | Half | 🟡 On track | ❌ |
            | Plain | words | words |
            """);
        Assert.Equal(["3 Tests Ticked", "4 Scan Failed", "5 Docs Open", "6 Ready Ticked", "7 Half Failed", "8 Plain None"],
            list.Items.Select(item => $"{item.Line} {item.Text} {item.Mark}"));
        Assert.Equal("see x.md", list.Items[1].Cells[2].Value);
    }

    [Fact]
    public void Items_in_code_blocks_are_read_with_the_label_above_them()
    {
        Checklist list = Read("""
            ```yaml
            Security: [██░░] 40%
              ⏳ mitigations (0%)
              ✅ logging (100%)
            ```
            ```
            │  1. GATE-10 (Local): [PASSED / NOT PASSED]    │
            │  IF any fails, the phase is skipped           │
            ```
            ```bash
            - [x] no item of ours
            ```
            """);
        Assert.Equal(["3 Open mitigations (0%)", "4 Ticked logging (100%)", "7 None GATE-10 (Local)"], list.Items.Select(item => $"{item.Line} {item.Mark} {item.Text}"));
        Assert.Equal(["Security", "Security", ""], list.Items.Select(item => item.Passage.Label));
    }

    [Fact]
    public void Fields_to_fill_in_and_to_choose_in_are_items()
    {
        Checklist list = Read("""
            **Gate Status**: [x] PASS / [ ] FAIL

            **Reviewer**: _______________
            **Date**: _______________

            **Approved By**: [Awaiting explicit approval]

            **Likelihood**: [see the table]
            """);
        Assert.Equal(["1 Gate Status Ticked", "3 Reviewer None", "4 Date None", "6 Approved By None"], list.Items.Select(item => $"{item.Line} {item.Text} {item.Mark}"));
    }

    [Theory]
    [InlineData("[x] 4/5 scenarios passed", ChecklistMark.Partial)]
    [InlineData("[x] 16/16 droids respond", ChecklistMark.Ticked)]
    [InlineData("✅ engine (80% complete)", ChecklistMark.Partial)]
    [InlineData("✅ engine (100%)", ChecklistMark.Ticked)]
    [InlineData("✔️ done", ChecklistMark.Ticked)]
    [InlineData("[~] half", ChecklistMark.Partial)]
    [InlineData("[x]done", ChecklistMark.None)]
    [InlineData("done ✅", ChecklistMark.None)]
    public void Marks_are_taken_at_their_word(string text, object mark) => Assert.Equal((ChecklistMark)mark, MarkText.Take(text).Mark);

    private static Checklist Read(string markdown) => ChecklistReader.Read(Encoding.UTF8.GetBytes(markdown), "list.md");
}
