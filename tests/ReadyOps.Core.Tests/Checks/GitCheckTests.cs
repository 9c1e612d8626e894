using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Tests.Checks;

/// <summary>What needs no repository; the rest is asked of real ones in the scenarios.</summary>
public sealed class GitCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("## [1.2.3] - 2026-11-21\n\n- Fixed.\n", "Described")]
    [InlineData("# Changes\n\n## v1.2.3\n\n### Added\n- It.\n\n## v1.2.2\n", "Described")]
    [InlineData("1.2.3\n=====\n\nText.\n", "Described")]
    [InlineData("Release 1.2.3\n-------------\nText.\n", "Described")]
    [InlineData("== 1.2.3\nText.\n", "Described")] // AsciiDoc
    [InlineData("## [1.2.3](https://git.test/compare/v1.2.2...v1.2.3) (2026-11-21)\n* It.\n", "Described")]
    [InlineData("readyops (1.2.3) stable; urgency=low\n\n  * It.\n", "Described")] // deb-changelog(5)
    [InlineData("1.2.3 (2026-11-21)\n  - It.\n\n1.2.2 (2026-01-01)\n", "Described")]
    [InlineData("1.2.3 fixes the clock.\n", "Described")]
    [InlineData("**1.2.3**\n\nText.\n", "Described")]
    [InlineData("## 1.2.3\r\n\r\nText.\r\n", "Described")]
    [InlineData("## 1.2.3\n", "Empty")]
    [InlineData("## 1.2.3\n\n## 1.2.2\n- Old.\n", "Empty")]
    [InlineData("## 1.2.3\n\n### Added\n\n## 1.2.2\n- Old.\n", "Empty")]
    [InlineData("## 1.2.3\n\n[1.2.3]: https://git.test/1.2.3\n", "Empty")]
    [InlineData("1.2.3 (2026-11-21)\n\n1.2.2 (2026-01-01)\n  - Old.\n", "Empty")]
    [InlineData("1.2.3\n=====\n\n1.2.2\n=====\nOld.\n", "Empty")]
    [InlineData("## 1.2.3\n<!-- what changed -->\n", "Empty")]
    [InlineData("", "Missing")]
    [InlineData("## 1.2.30\n- It.\n", "Missing")]
    [InlineData("## 11.2.3\n- It.\n", "Missing")]
    [InlineData("## 1.2.3.4\n- It.\n", "Missing")]
    [InlineData("## 1.2.3-rc.1\n- It.\n", "Missing")]
    [InlineData("## 1.2.4\n- Goes on from 1.2.3.\n", "Missing")]
    [InlineData("## 1.2.4 (upgrade from 1.2.3)\n- It.\n", "Missing")]
    [InlineData("## [Unreleased] since 1.2.3\n- It.\n", "Missing")]
    [InlineData("## 1.2.4\n- It.\n\n[1.2.3]: https://git.test/1.2.3\n", "Missing")]
    [InlineData("```\n## 1.2.3\n- It.\n```\n", "Missing")]
    [InlineData("<!--\n## 1.2.3\n- It.\n-->\n", "Missing")]
    [InlineData("---\ntitle: 1.2.3\n---\n\nText.\n", "Missing")]
    [InlineData("## 1.2.4\nIt undoes what\n1.2.3 did.\n", "Missing")]
    public void A_change_log_describes_a_version_in_a_heading_or_an_entry(string text, string expected) => Assert.Equal(expected, ChangeLogReader.Find(text, "1.2.3").ToString());

    [Theory]
    [InlineData("1.2.3", "## 1.2.3\n- It.\n", Verdict.Pass)]
    [InlineData("v1.2.3", "## 1.2.3\n- It.\n", Verdict.Pass)]
    [InlineData("1.2.3", "## 1.2.3\n", Verdict.Fail)]
    [InlineData("1.2.3", "## 1.2.2\n- It.\n", Verdict.Fail)]
    [InlineData(null, "## 1.2.3\n- It.\n", Verdict.Error)]
    [InlineData("", "## 1.2.3\n- It.\n", Verdict.Error)]
    public async Task The_change_log_must_describe_the_release_of_the_gate(string? release, string text, Verdict verdict)
    {
        _folder.Write("CHANGELOG.md", text);
        var context = new EngineContext { Scene = new CheckScene { Document = "g", Digest = "", Release = release } };
        Assert.Equal(verdict, (await RunAsync(""" "changelog": "CHANGELOG.md" """, context)).Verdict);
    }

    [Theory]
    [InlineData("What is new in 1.2.3.", Verdict.Pass)]
    [InlineData("What is new in v1.2.3!", Verdict.Pass)]
    [InlineData("What is new in 1.2.34.", Verdict.Fail)]
    [InlineData(null, Verdict.Fail)]
    public async Task The_release_notes_must_be_there_and_name_the_version(string? text, Verdict verdict)
    {
        if (text is not null) _folder.Write("notes.md", text);
        Assert.Equal(verdict, (await RunAsync(""" "releaseNotes": "notes.md", "version": "1.2.3" """)).Verdict);
    }

    [Fact]
    public async Task A_change_log_that_is_too_long_is_an_error()
    {
        _folder.Write("CHANGELOG.md", new byte[17 * 1024 * 1024]);
        Assert.Equal(Verdict.Error, (await RunAsync(""" "changelog": "CHANGELOG.md", "version": "1.2.3" """)).Verdict);
    }

    [Theory]
    [InlineData(""" "path": "." """, "/clean", "at least one of clean")]
    [InlineData(""" "branch": "" """, "/branch", "a branch, or a list of them")]
    [InlineData(""" "tag": [] """, "/tag", "a tag, or a list of them")]
    [InlineData(""" "branch": "main", "untracked": false """, "/untracked", "'clean: true' beside it")]
    public void A_document_that_says_nonsense_is_refused(string members, string path, string expected) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "g", "type": "git", {{members}}}"""), p => p.Contains(expected, StringComparison.Ordinal) && (path == "/clean" || p.StartsWith(path, StringComparison.Ordinal)));

    private Task<Evidence> RunAsync(string members, EngineContext? context = null) => CheckTesting.RunAsync($$"""{"name": "g", "type": "git", {{members}}}""", _folder.Path, context);
}
