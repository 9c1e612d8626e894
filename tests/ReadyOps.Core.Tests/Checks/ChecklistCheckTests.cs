using System.Text;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

public sealed class ChecklistCheckTests : IDisposable
{
    private const string Release = """
        # Release checklist

        ## Before
        - [x] Backup taken
        - [ ] Runbooks ready
          - [x] For the database

        ### 2. Approvals
        * [X] Security

        ## After
        1. ✅ Notes published
        2. ⏳ Customers told

        | Step | Done |
        |------|------|
        | Smoke tests | [x] Pass / [ ] Fail |
        | Dashboards | ❌ |

        ## Rollback criteria
        - [ ] Error rate > 5%
        """;

    private readonly TestFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_list_with_an_open_box_fails_and_names_the_lines()
    {
        Evidence evidence = await RunAsync(Release);
        Assert.Equal(Verdict.Fail, evidence.Verdict);
        Assert.Equal("5 of 8 boxes of list.md are ticked; open is 'Runbooks ready' (line 5) and 2 more.", evidence.Reason);
        Assert.Equal(["line 5: Open: Runbooks ready", "line 13: Open: Customers told", "line 18: Failed: Dashboards"], evidence.Details);
        Assert.Equal("Do what line 5 of list.md says, and tick it.", evidence.NextStep);
    }

    [Theory]
    [InlineData("Approvals", Verdict.Pass, "1 of 1 boxes of 'Approvals' in list.md are ticked.")]
    [InlineData("2. approvals", Verdict.Pass, "1 of 1 boxes of '2. approvals' in list.md are ticked.")]
    [InlineData("Before", Verdict.Fail, "3 of 4 boxes of 'Before' in list.md are ticked; open is 'Runbooks ready' (line 5).")]
    [InlineData("Aproval", Verdict.NoData, "list.md has no heading or label 'Aproval'")]
    [InlineData("Rollback criteria", Verdict.Inconclusive, "Nothing of 'Rollback criteria' in list.md is ticked, which does not say that anybody looked.")]
    public async Task A_section_counts_with_all_that_is_below_it(string section, Verdict verdict, string reason)
    {
        Evidence evidence = await RunAsync(Release, $""", "section": "{section}" """);
        Assert.Equal(verdict, evidence.Verdict);
        Assert.StartsWith(reason, evidence.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heading_of_nothing_but_a_sign_is_called_by_it()
    {
        Assert.Equal(Verdict.Fail, (await RunAsync("## ✅\n- [ ] one\n## ❌\n- [x] two", """, "section": "✅" """)).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync("## ✅\n- [ ] one\n## ❌\n- [x] two", """, "section": "❌" """)).Verdict);
    }

    [Fact]
    public async Task Items_that_may_stay_open_do_not_hold_it_up()
    {
        Assert.Equal(Verdict.Pass, (await RunAsync(Release, """, "section": "Before", "optional": "runbooks ready" """)).Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync(Release, """, "section": "Before", "optional": "Other" """)).Verdict);
    }

    [Theory]
    [InlineData("Backup taken", Verdict.Pass)]
    [InlineData("Smoke tests", Verdict.Pass)]
    [InlineData("Runbooks ready", Verdict.Fail)]
    [InlineData("Dashboards", Verdict.Fail)]
    [InlineData("Gone", Verdict.NoData)]
    public async Task A_single_item_can_be_asked_for(string item, Verdict verdict) =>
        Assert.Equal(verdict, (await RunAsync(Release, $""", "item": "{item}" """)).Verdict);

    [Fact]
    public async Task A_ticked_trigger_of_a_rollback_fails()
    {
        Evidence evidence = await RunAsync("- [x] Tested\n\n**Initiate rollback if any of the following occur:**\n- [x] Error rate > 5%\n");
        Assert.Equal((Verdict.Fail, "list.md says that 'Error rate > 5%' has occurred (line 4)."), (evidence.Verdict, evidence.Reason));
        Assert.Equal(Verdict.Pass, (await RunAsync("- [x] Tested\n\n## Rollback criteria\n- [ ] Error rate > 5%\n")).Verdict);
    }

    [Theory]
    [InlineData("", "list.md has no boxes.")]
    [InlineData("# All good\n\nNothing to do.\n- plain\n", "list.md has no boxes.")]
    [InlineData("- [x] one\n", "list.md has 1 boxes, and at least 2 must be there.")]
    public async Task Too_few_boxes_are_no_pass(string text, string reason)
    {
        Evidence evidence = await RunAsync(text, """, "minimum": 2 """);
        Assert.Equal((Verdict.NoData, reason), (evidence.Verdict, evidence.Reason));
    }

    [Theory]
    [InlineData("- [-] half\n- [x] done")]
    [InlineData("- [] malformed\n- [x] done")]
    [InlineData("- ✅ Engine (80%)\n- [x] done")]
    [InlineData("- [x] ❌ tests\n- [x] done")]
    [InlineData("| a | b |\n|---|---|\n| q | [x] Pass / [x] Fail |\n")]
    [InlineData("**Gate Status**: [ ] PASS / [x] FAIL")]
    [InlineData("```\nChecks:\n  ✅ one\n  🟡 two\n```")]
    [InlineData("> - [x] done\n>   - [ ] quoted")]
    [InlineData("- ‚úÖ done\n- ‚è≥ waiting")]
    public async Task What_is_not_clearly_ticked_is_not(string text) => Assert.Equal(Verdict.Fail, (await RunAsync(text)).Verdict);

    [Fact]
    public async Task A_missing_file_is_no_data_and_an_old_one_stale()
    {
        Assert.Equal(Verdict.NoData, (await CheckTesting.RunAsync("""{"name": "c", "type": "checklist", "path": "none.md"}""", _folder.Path)).Verdict);
        _folder.Write("list.md", "- [x] done", _clock.GetUtcNow() - TimeSpan.FromDays(2));
        var context = new EngineContext { Clock = _clock };
        Assert.Equal(Verdict.Stale, (await CheckTesting.RunAsync("""{"name": "c", "type": "checklist", "path": "list.md", "maxAge": "1d"}""", _folder.Path, context)).Verdict);
        Assert.Equal(Verdict.Pass, (await CheckTesting.RunAsync("""{"name": "c", "type": "checklist", "path": "list.md", "maxAge": "3d"}""", _folder.Path, context)).Verdict);
    }

    [Theory]
    [InlineData("NUL")]
    [InlineData("no UTF-8")]
    [InlineData("half of UTF-16")]
    [InlineData("too large")]
    [InlineData("nested without end")]
    [InlineData("brackets without end")]
    public async Task What_is_no_text_is_an_error(string what)
    {
        _folder.Write("list.md", what switch
        {
            "NUL" => "- [x] a\0b"u8.ToArray(),
            "no UTF-8" => [.. "- [x] "u8, 0xE9, 0x20],
            "half of UTF-16" => [0xFF, 0xFE, 0x2D],
            "too large" => Encoding.ASCII.GetBytes(new string('x', (4 * 1024 * 1024) + 1)),
            "nested without end" => Encoding.ASCII.GetBytes("- [x] a\n\n" + string.Concat(Enumerable.Repeat("> ", 5000)) + "x"),
            _ => Encoding.ASCII.GetBytes("- [x] " + new string('[', 100_000)),
        });
        Evidence evidence = await CheckTesting.RunAsync("""{"name": "c", "type": "checklist", "path": "list.md", "timeout": "10m"}""", _folder.Path);
        Assert.True(evidence.Verdict == Verdict.Error, $"{what}: {evidence}");
    }

    [Fact]
    public async Task A_list_from_the_future_has_no_age_that_could_pass()
    {
        _folder.Write("list.md", "- [x] a", _clock.GetUtcNow().AddYears(1));
        Evidence seen = await CheckTesting.RunAsync("""{"name": "c", "type": "checklist", "path": "list.md", "maxAge": "1d"}""", _folder.Path, new EngineContext { Clock = _clock });
        Assert.Equal((Verdict.Inconclusive, "list.md was written in the future by this machine's clock, so its age is not known."), (seen.Verdict, seen.Reason));
    }

    [Fact]
    public async Task UTF_16_with_a_byte_order_mark_is_read()
    {
        _folder.Write("list.md", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("- [x] é\r\n- [x] two")]);
        Assert.Equal(Verdict.Pass, (await CheckTesting.RunAsync("""{"name": "c", "type": "checklist", "path": "list.md", "minimum": 2}""", _folder.Path)).Verdict);
    }

    private Task<Evidence> RunAsync(string text, string members = "")
    {
        _folder.Write("list.md", text);
        return CheckTesting.RunAsync($$"""{"name": "c", "type": "checklist", "path": "list.md"{{members}}}""", _folder.Path);
    }
}
