using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Gates.Conversion;

namespace ReadyOps.Core.Tests.Gates.Conversion;

public sealed class ChecklistConverterTests
{
    private const string Release = """
        # Release 2: the gate ${x}

        ## Prerequisites
        | Prerequisite | Check | Description |
        |---|---|---|
        | GATE-1 Passed | [ ] | must have passed |

        ```
        │ 1. GATE-1 (local): [PASSED / NOT PASSED] │
        ```

        **If prerequisites not met:**
        - The phase is skipped

        ## Required artifacts
        | Artifact | Path | Required |
        |---|---|---|
        | Notes | `notes.md` | Yes |
        | Extra | `extra.md` | No |

        ## Readiness
        - [ ] All tests passing
        - [x] Runbooks ready
        - [x] Security team approved the plan
        - [ ] Any of these is there
          - [ ] `a.md` exists
          - [ ] Somebody knows ${secret}
        - [ ] All tests passing

        ## Rollback criteria
        - [ ] Error rate > 5%
        - [x] Data lost

        **Reviewer**: ____
        **Date**: ____
        """;

    private readonly ConvertedGate _gate = Convert(Release);

    [Fact]
    public void Every_item_becomes_what_it_is()
    {
        Assert.Equal(
            [
                "6 Guessed gate GATE-1 Passed", "9 Guessed gate GATE-1 Passed", "13 Note  ", "18 Understood file Notes", "19 Understood file Extra",
                "22 Guessed tests All tests passing", "23 Ticked checklist Runbooks ready", "24 Person approval Security team approved the plan",
                "25 Understood group Any of these is there", "26 Understood file a.md exists", "27 Person approval Somebody knows ${secret}", "28 Guessed tests All tests passing",
                "31 Guessed prometheus Not so: Error rate > 5%", "32 Person approval Not so: Data lost", "34 Person approval Reviewer", "35 Note  ",
            ],
            _gate.Items.Select(item => $"{item.Line} {item.As} {item.Type} {item.Check}"));
        Assert.Equal((16, 4, 5, 4, 1, 2), (_gate.Found, _gate.Understood, _gate.Guessed, _gate.People, _gate.Ticked, _gate.Notes));
    }

    [Fact]
    public void The_document_loads_and_says_the_same()
    {
        GateDefinition gate = Load(_gate.Document);
        Assert.Equal("Release-2-the-gate-x", gate.Name);
        Assert.Equal(["GATE-1 Passed"], gate.Prerequisites.Select(check => check.Name));
        Assert.Equal(["Required artifacts", "Readiness", "Rollback criteria"], gate.Sections.Select(section => section.Name));
        CheckDefinition[] checks = [.. gate.Sections.SelectMany(section => section.Checks)];
        Assert.All(checks, check => Assert.StartsWith("list.md:", check.From, StringComparison.Ordinal));
        Assert.Equal([("Notes", true, 1m), ("Extra", false, 0m)], checks.Take(2).Select(check => (check.Name, check.Critical, check.Weight)));
        Assert.True(checks.Single(check => check.Name == "All tests passing").Guessed);
        Assert.Contains("The phase is skipped", _gate.Document, StringComparison.Ordinal);
        GroupCheck group = Assert.IsType<GroupCheck>(checks.Single(check => check.Type == "group").Check);
        Assert.Equal(["a.md exists", "Somebody knows ${secret}"], group.Parts.Select(part => part.Name));
    }

    [Fact]
    public async Task A_tick_is_read_again_and_approves_nothing()
    {
        using var folder = new Checks.TestFolder();
        folder.Write("list.md", Release);
        GateDefinition gate = Load(_gate.Document, folder.Path);
        CheckDefinition ticked = gate.Sections[1].Checks.Single(check => check.Name == "Runbooks ready");
        Assert.Equal(Verdict.Pass, (await CheckRunner.RunOneAsync(ticked, new EngineContext(), TestContext.Current.CancellationToken)).Verdict);
        folder.Write("list.md", Release.Replace("[x] Runbooks", "[ ] Runbooks", StringComparison.Ordinal));
        Assert.Equal(Verdict.Fail, (await CheckRunner.RunOneAsync(ticked, new EngineContext(), TestContext.Current.CancellationToken)).Verdict);
        Assert.Equal("Ticked in the source.", gate.Sections[1].Checks.Single(check => check.Type == "approval").Description);
    }

    [Fact]
    public void What_has_nothing_to_check_is_refused()
    {
        ReadyOpsException none = Assert.Throws<ReadyOpsException>(() => Convert("# Title\n\nWords.\n- a list\n"));
        Assert.Equal("ChecklistItemsMissing", none.Id);
        Assert.Throws<ReadyOpsException>(() => Convert(""));
        Assert.Throws<DocumentException>(() => ChecklistConverter.Convert(new byte[] { 0x2D, 0xFF }, "a.md", "a.md"));
    }

    [Fact]
    public void A_list_of_prerequisites_alone_is_a_gate_of_them() => Assert.Equal("Prerequisites", Assert.Single(Load(Convert("## Prerequisites\n- [ ] one\n").Document).Sections).Name);

    [Fact]
    public void The_release_and_the_name_are_those_that_are_given()
    {
        GateDefinition gate = Load(ChecklistConverter.Convert("- [ ] Version tagged in git"u8.ToArray(), "a.md", "a.md", "production", "2.4.0${x}").Document);
        Assert.Equal(("production", "2.4.0${x}"), (gate.Name, gate.Release));
    }

    [Fact]
    public void Names_are_unique_and_short()
    {
        string[] items = [.. Enumerable.Repeat("- [ ] " + new string('w', 60) + " and so on and on", 3), "- [ ]", "- [x]"];
        GateDefinition gate = Load(Convert(string.Join('\n', items)).Document);
        string[] names = [.. gate.Sections[0].Checks.Select(check => check.Name)];
        Assert.Equal(names.Distinct(), names);
        Assert.All(names, name => Assert.InRange(name.Length, 1, 85));
    }

    [Fact]
    public void Any_items_become_a_gate_that_loads_with_all_of_them_in_it()
    {
        string[] pieces =
        [
            "a", "test ", "${x}", "$${y}", "secret:NAME", "'", "\"", "\\", ": ", " #", "[", "]", "{", "}", "|", ">", "<", "&a", "*b", "!c", "@", "`code`", "%", "yes", "null", "0x1F",
            "✅", "→", "é", "\u2028", "\u200B", "\t", "🚀", "(80%)", "4/5 ", "- ", "coverage > 90% ", "error rate < 1% ", "All tests passing", "http://x", "`a.md`", "\\`", "**", "_", "~", "$",
        ];
        Gen<string> item = Gen.Elements(pieces).NonEmptyListOf().Select(parts => string.Concat(parts));
        Gen<string> line = Gen.Elements("- [ ] ", "- [x] ", "  - [ ] ", "    - [x] ", "- ✅ ", "1. [ ] ", "| a | ", "## ", "## Rollback criteria ", "## Prerequisites ", "**Deliverables**: ").Zip(item, (start, text) => start + text);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(line.NonEmptyListOf().ToArbitrary(), lines =>
        {
            string markdown = "- [ ] first\n\n" + string.Join('\n', lines);
            ConvertedGate made = Convert(markdown);
            HashSet<string> names = [.. Names(Load(made.Document))];
            return made.Items.All(one => one.As == ConvertedAs.Note || names.Contains(one.Check));
        }));
    }

    internal static IEnumerable<string> Names(GateDefinition gate) =>
        gate.Prerequisites.Concat(gate.Sections.SelectMany(section => section.Checks)).SelectMany(GroupCheck.WithParts).Select(check => check.Name);

    internal static GateDefinition Load(string document, string folder = "/") =>
        GateReader.Read(DocumentLoader.Parse(Encoding.UTF8.GetBytes(document), "gate.yaml", folder, "Gate"));

    private static ConvertedGate Convert(string markdown) => ChecklistConverter.Convert(Encoding.UTF8.GetBytes(markdown), "list.md", "list.md");
}
