using System.Diagnostics;
using ReadyOps.Core;
using ReadyOps.Core.Tests.Checks;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Checks;

/// <summary>The check type <c>git</c> asks real repositories.</summary>
public sealed class GitScenarios : IDisposable
{
    private readonly string _git = Required.Server("git");
    private readonly TestFolder _folder = new();

    public GitScenarios()
    {
        Git("init", "-q", "-b", "main");
        _folder.Write("a.txt", "a\n");
        _folder.Write("CHANGELOG.md", "## 1.2.3\n- It.\n");
        _folder.Write(".gitignore", "bin/\n");
        Git("add", "-A");
        Git("commit", "-q", "-m", "First");
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Git makes its objects read-only, which Windows does not delete.
    public void Dispose()
    {
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(file => File.GetAttributes(file).HasFlag(FileAttributes.ReadOnly))) File.SetAttributes(file, FileAttributes.Normal);
        _folder.Dispose();
    }

    [Fact]
    public async Task Everything_at_once_passes()
    {
        Git("tag", "-a", "v1.2.3", "-m", "The release");
        Evidence seen = await RunAsync(""" "clean": true, "branch": "main", "tag": "v1.2.3", "changelog": "CHANGELOG.md", "version": "1.2.3" """);
        Assert.Equal((Verdict.Pass, "The repository is on branch main. HEAD has the tag v1.2.3. The repository is clean. CHANGELOG.md describes 1.2.3."), (seen.Verdict, seen.Reason));
        Assert.Equal(Git("rev-parse", "HEAD").Trim(), seen.Value);
    }

    [Fact]
    public async Task Each_kind_of_change_makes_it_unclean()
    {
        await UncleanAsync("untracked: new.txt", () => _folder.Write("new.txt", "x"), () => File.Delete(Under("new.txt")));
        await UncleanAsync("changed: a.txt", () => _folder.Write("a.txt", "b\n"), () => Git("checkout", "a.txt"));
        await UncleanAsync("deleted: a.txt", () => File.Delete(Under("a.txt")), () => Git("checkout", "a.txt"));
        await UncleanAsync("staged: a.txt", () => Stage("a.txt", "b\n"), () => Git("reset", "-q", "--hard"));
        await UncleanAsync("added: b.txt", () => Stage("b.txt", "b\n"), () => Git("reset", "-q", "--hard"));
        await UncleanAsync("deleted: a.txt", () => Git("rm", "-q", "a.txt"), () => Git("reset", "-q", "--hard"));
        _folder.Write("bin/ignored", "x");
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "clean": true """)).Verdict);
        _folder.Write("new.txt", "x");
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "clean": true, "untracked": false """)).Verdict);
    }

    [Fact]
    public async Task A_conflict_is_not_clean()
    {
        Git("checkout", "-q", "-b", "side");
        Commit("a.txt", "side\n");
        Git("checkout", "-q", "main");
        Commit("a.txt", "main\n");
        Git(mayFail: true, "merge", "side");
        Assert.Contains("in conflict: a.txt", (await RunAsync(""" "clean": true """)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_git_was_told_to_overlook_is_no_pass()
    {
        Git("update-index", "--assume-unchanged", "a.txt");
        _folder.Write("a.txt", "b\n");
        Assert.Equal(Verdict.Inconclusive, (await RunAsync(""" "clean": true """)).Verdict);
    }

    [Fact]
    public async Task Names_with_line_breaks_and_links_are_told_on_one_line()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no such names there.");
        _folder.Write("x\nPass: all clean", "x");
        File.CreateSymbolicLink(Under("link"), "/etc/passwd");
        Evidence seen = await RunAsync(""" "clean": true """);
        Assert.Equal((Verdict.Fail, 2d), (seen.Verdict, seen.Value));
        Assert.Equal(["untracked: link", "untracked: x Pass: all clean"], seen.Details);
    }

    [Theory]
    [InlineData("main", Verdict.Pass)]
    [InlineData("Main", Verdict.Fail)]
    [InlineData("release/*", Verdict.Fail)]
    public async Task The_branch_must_be_the_one(string branch, Verdict verdict) => Assert.Equal(verdict, (await RunAsync($" \"branch\": \"{branch}\" ")).Verdict);

    [Fact]
    public async Task A_list_of_branches_may_have_wildcards()
    {
        Git("checkout", "-q", "-b", "release/1.2");
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "branch": ["main", "release/*"] """)).Verdict);
        // A branch that is called like a ref must not be mixed up with it.
        Git("checkout", "-q", "-b", "heads/main");
        Assert.Equal(Verdict.Fail, (await RunAsync(""" "branch": "main" """)).Verdict);
    }

    [Fact]
    public async Task Tags_of_every_kind_count_on_HEAD_only()
    {
        Git("tag", "light");
        Git("tag", "-a", "annotated", "-m", "x");
        Git("tag", "-a", "of-a-tag", "-m", "x", "annotated");
        Git("pack-refs", "--all");
        foreach (string tag in new[] { "light", "annotated", "of-a-tag", "l*t" }) Assert.Equal(Verdict.Pass, (await RunAsync($" \"tag\": \"{tag}\" ")).Verdict);
        Commit("a.txt", "b\n");
        Evidence seen = await RunAsync(""" "tag": "light" """);
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.EndsWith("does not have the tag light; it has none.", seen.Reason, StringComparison.Ordinal);
        // A branch of that name is no tag.
        Git("branch", "v9");
        Assert.Equal(Verdict.Fail, (await RunAsync(""" "tag": "v9" """)).Verdict);
    }

    [Fact]
    public async Task A_detached_HEAD_is_on_no_branch_and_can_have_a_tag()
    {
        Git("tag", "v1");
        Git("checkout", "-q", "--detach");
        Evidence seen = await RunAsync(""" "branch": "*" """);
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.Contains("HEAD is detached", seen.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "tag": "v1", "clean": true """)).Verdict);
    }

    [Fact]
    public async Task A_repository_without_a_commit_fails()
    {
        Directory.CreateDirectory(Under("bin/empty"));
        Git("init", "-q", "bin/empty");
        Assert.Contains("names no commit: there is none yet", (await RunAsync(""" "path": "bin/empty", "clean": true """)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worktrees_shallow_clones_and_bare_repositories_are_understood()
    {
        Git("tag", "v1");
        Git("worktree", "add", "-q", "bin/tree", "-b", "other");
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "path": "bin/tree", "branch": "other", "clean": true, "tag": "v1" """)).Verdict);

        Git("clone", "-q", "--bare", ".", "bin/bare");
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "path": "bin/bare", "branch": "main", "tag": "v1" """)).Verdict);
        Assert.Equal(Verdict.Error, (await RunAsync(""" "path": "bin/bare", "clean": true """)).Verdict);

        Git("clone", "-q", "--depth", "1", "--no-tags", new Uri(Under("bin/bare")).AbsoluteUri, "bin/shallow");
        Evidence shallow = await RunAsync(""" "path": "bin/shallow", "tag": "v1" """);
        Assert.Equal((Verdict.Fail, true), (shallow.Verdict, shallow.NextStep.Contains("git fetch --tags", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_upstream_is_compared_as_last_fetched()
    {
        Assert.Equal(Verdict.NoData, (await RunAsync(""" "upToDate": true """)).Verdict);
        Git("clone", "-q", "--bare", ".", "bin/bare");
        Git("remote", "add", "origin", "bin/bare");
        Git("fetch", "-q", "origin");
        Git("branch", "-q", "--set-upstream-to=origin/main");
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "upToDate": true """)).Verdict);
        Commit("a.txt", "b\n");
        Evidence ahead = await RunAsync(""" "upToDate": true """);
        Assert.Equal((Verdict.Fail, "git push"), (ahead.Verdict, ahead.NextStep));
    }

    [Fact]
    public async Task A_change_inside_a_submodule_makes_it_unclean()
    {
        Git("clone", "-q", "--bare", ".", "bin/bare");
        Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", new Uri(Under("bin/bare")).AbsoluteUri, "module");
        Git("commit", "-q", "-m", "With a module");
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "clean": true """)).Verdict);
        _folder.Write("module/a.txt", "changed\n");
        Assert.Contains("changed: a.txt (in submodule module)", (await RunAsync(""" "clean": true """)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_that_a_repository_names_do_not_run()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("The planted program is a shell script.");
        string ran = Under("bin/ran");
        string planted = _folder.Write("bin/planted.sh", $"#!/bin/sh\ntouch '{ran}'\ncat\n");
        MayRun(planted);
        Git("config", "core.fsmonitor", planted);
        _folder.Write(".git/hooks/post-index-change", $"#!/bin/sh\ntouch '{ran}'\n");
        MayRun(Under(".git/hooks/post-index-change"));
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "clean": true """)).Verdict);
        Assert.False(File.Exists(ran));

        Git("config", "--unset", "core.fsmonitor");
        File.Delete(Under(".git/hooks/post-index-change"));
        _folder.Write(".git/info/attributes", "* filter=planted\n");
        Git("config", "filter.planted.clean", planted);
        _folder.Write("a.txt", "a\n"); // The same text, at another time: git would have it cleaned to compare.
        Evidence refused = await RunAsync(""" "clean": true """);
        Assert.Equal(Verdict.Error, refused.Verdict);
        Assert.Contains("filter.planted.clean", refused.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(ran));
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "clean": true """, new EngineContext { AllowCommand = true })).Verdict);
        Assert.True(File.Exists(ran));
    }

    [Fact]
    public async Task What_is_no_repository_is_an_error()
    {
        using var elsewhere = new TestFolder();
        Evidence seen = await CheckTesting.RunAsync("""{"name": "g", "type": "git", "clean": true}""", elsewhere.Path);
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.Equal("Check the path: it must be in a git repository.", seen.NextStep);
        Assert.Equal(Verdict.Error, (await RunAsync(""" "path": "missing", "clean": true """)).Verdict);
    }

    [Fact]
    public async Task A_damaged_repository_is_an_error()
    {
        _folder.Write(".git/index", "damaged");
        Assert.Equal(Verdict.Error, (await RunAsync(""" "clean": true """)).Verdict);
        // The commit itself is gone: that is no repository without a commit.
        string head = Git("rev-parse", "HEAD").Trim();
        File.Delete(Under($".git/objects/{head[..2]}/{head[2..]}"));
        Assert.Equal(Verdict.Error, (await RunAsync(""" "branch": "main" """)).Verdict);
    }

    [Fact]
    public async Task The_repository_of_this_very_source_can_be_asked()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !Path.Exists(Path.Combine(folder, ".git"))) folder = Path.GetDirectoryName(folder);
        if (folder is null) Assert.Skip("The sources are not in a git repository.");
        Evidence seen = await CheckTesting.RunAsync("""{"name": "g", "type": "git", "clean": true, "changelog": "CHANGELOG.md", "version": "0.1.0"}""", folder);
        Assert.True(seen.Verdict is Verdict.Pass or Verdict.Fail, seen.ToString());
        Assert.Contains("CHANGELOG.md describes 0.1.0", seen.Reason + string.Join(' ', seen.Details), StringComparison.Ordinal);
    }

    private async Task UncleanAsync(string told, Action change, Action back)
    {
        change();
        Evidence seen = await RunAsync(""" "clean": true """);
        Assert.Equal((Verdict.Fail, $"The repository is not clean: {told}."), (seen.Verdict, seen.Reason));
        back();
        Assert.Equal(Verdict.Pass, (await RunAsync(""" "clean": true """)).Verdict);
    }

    private static void MayRun(string file)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Stage(string name, string text)
    {
        _folder.Write(name, text);
        Git("add", name);
    }

    private void Commit(string name, string text)
    {
        Stage(name, text);
        Git("commit", "-q", "-m", "Change");
    }

    private string Under(string name) => Path.Combine(_folder.Path, name);

    private Task<Evidence> RunAsync(string members, EngineContext? context = null) => CheckTesting.RunAsync($$"""{"name": "g", "type": "git", {{members}}}""", _folder.Path, context);

    private string Git(params string[] arguments) => Git(false, arguments);

    private string Git(bool mayFail, params string[] arguments)
    {
        ProcessStartInfo start = new(_git, ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", "-c", "advice.detachedHead=false", .. arguments])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process git = Process.Start(start)!;
        Task<string> errors = git.StandardError.ReadToEndAsync(Stop);
        string output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.True(mayFail || git.ExitCode == 0, $"git {string.Join(' ', arguments)}: {errors.Result}");
        return output;
    }
}
