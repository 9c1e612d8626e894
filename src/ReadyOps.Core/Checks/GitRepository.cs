using System.Globalization;
using ReadyOps.Core.Processes;

namespace ReadyOps.Core.Checks;

/// <summary>
/// Asks a repository by the git program: fixed questions that change nothing, never a command of a document, so they need no
/// permission to run commands. What a repository could make git run besides is switched off: hooks, the file system monitor,
/// fetching what is missing, and filters that its own configuration names.
/// </summary>
/// <param name="folder">A folder of the repository.</param>
/// <param name="context">Its clock, and whether commands are allowed.</param>
internal sealed class GitRepository(string folder, EngineContext context)
{
    private const int MaxOutput = 64 * 1024 * 1024;
    private const int DeepestSubmodule = 8;

    // What the caller configured for git on purpose stays; what points it to another repository, as within a hook, does not.
    private static readonly string[] KeptVariables = ["GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH", "GIT_SSL"];

    private static readonly string[] Fixed =
    [
        "--no-pager", "--no-optional-locks", "--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false", "-c", "protocol.allow=never",
    ];

    /// <summary>Whether it has no working tree.</summary>
    public async Task<bool> IsBareAsync(CancellationToken cancel)
    {
        if (!Directory.Exists(folder)) throw new ReadyOpsException("GitRepositoryMissing", $"There is no folder {folder}.", "Check the path: it starts from the folder of the document.");
        return (await AskAsync(cancel, "rev-parse", "--is-bare-repository").ConfigureAwait(false)).Trim() == "true";
    }

    /// <summary>Whether its history is cut off, as that of many checkouts of build servers.</summary>
    public async Task<bool> IsShallowAsync(CancellationToken cancel) =>
        (await AskAsync(cancel, "rev-parse", "--is-shallow-repository").ConfigureAwait(false)).Trim() == "true";

    /// <summary>The commit of HEAD; <see langword="null"/> before the first commit.</summary>
    public async Task<string?> HeadAsync(CancellationToken cancel)
    {
        if (await AskOrNothingAsync(cancel, "rev-parse", "-q", "--verify", "HEAD").ConfigureAwait(false) is null) return null;
        // It has one; that it cannot be read is damage and not a beginning.
        return (await AskAsync(cancel, "rev-parse", "--verify", "HEAD^{commit}").ConfigureAwait(false)).TrimEnd('\n', '\r');
    }

    /// <summary>The branch that HEAD is on, without <c>refs/heads/</c>; <see langword="null"/> when it is detached.</summary>
    public async Task<string?> BranchAsync(CancellationToken cancel)
    {
        string? name = await AskOrNothingAsync(cancel, "symbolic-ref", "-q", "HEAD").ConfigureAwait(false);
        return name is not null && name.StartsWith("refs/heads/", StringComparison.Ordinal) ? name["refs/heads/".Length..] : name;
    }

    /// <summary>The tags of a commit, annotated or not, without <c>refs/tags/</c>.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(string commit, CancellationToken cancel)
    {
        // 'hash refs/tags/name', and for an annotated tag 'hash refs/tags/name^{}' with the commit; --points-at would miss a tag of a tag.
        string refs = await AskOrNothingAsync(cancel, "show-ref", "--tags", "-d").ConfigureAwait(false) ?? "";
        string start = commit + " refs/tags/";
        return [.. refs.Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal)).Select(line => line[start.Length..].TrimEnd('\r')).Select(name => name.EndsWith("^{}", StringComparison.Ordinal) ? name[..^3] : name)];
    }

    /// <summary>The commits that only HEAD has, and those that only its upstream has, as last fetched; <see langword="null"/> without an upstream.</summary>
    public async Task<(int Ahead, int Behind)?> DistanceAsync(CancellationToken cancel)
    {
        if (await AskOrNothingAsync(cancel, "symbolic-ref", "-q", "HEAD").ConfigureAwait(false) is not { } branch) return null;
        string upstream = (await AskAsync(cancel, "for-each-ref", "--format=%(upstream)", branch).ConfigureAwait(false)).Trim();
        if (upstream.Length == 0 || await AskOrNothingAsync(cancel, "rev-parse", "-q", "--verify", upstream).ConfigureAwait(false) is null) return null;
        string[] counts = (await AskAsync(cancel, "rev-list", "--left-right", "--count", $"HEAD...{upstream}").ConfigureAwait(false)).Split('\t', StringSplitOptions.TrimEntries);
        return (int.Parse(counts[0], CultureInfo.InvariantCulture), int.Parse(counts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>What differs from HEAD: staged, changed, in conflict, in submodules, and untracked where asked for.</summary>
    /// <param name="untracked">Whether files count that git does not know and does not ignore.</param>
    /// <param name="cancel">Stops it.</param>
    public Task<GitChanges> ChangesAsync(bool untracked, CancellationToken cancel) => ChangesAsync(untracked, 0, cancel);

    private async Task<GitChanges> ChangesAsync(bool untracked, int depth, CancellationToken cancel)
    {
        await RefuseFiltersAsync(cancel).ConfigureAwait(false);
        // Git would look into submodules by itself, and with the filters that their configuration names.
        string status = await AskAsync(cancel, "status", "--porcelain=v2", "-z", "--no-renames", "--ignore-submodules=dirty", untracked ? "--untracked-files=normal" : "--untracked-files=no").ConfigureAwait(false);
        List<string> changes = [.. status.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(Change)];
        int unseen = 0;
        string top = (await AskAsync(cancel, "rev-parse", "--show-toplevel").ConfigureAwait(false)).TrimEnd('\n', '\r');
        // 'H 100644 hash stage<tab>path'; a tag in lower case is a file that git was told to take for unchanged.
        foreach (string file in (await AskAsync(cancel, "ls-files", "-v", "-s", "-z", "--full-name", ":/").ConfigureAwait(false)).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (char.IsAsciiLetterLower(file[0])) unseen++;
            if (!file.AsSpan(1).StartsWith(" 160000 ", StringComparison.Ordinal)) continue;
            string path = file[(file.IndexOf('\t', StringComparison.Ordinal) + 1)..];
            string module = Path.Combine(top, path);
            // Without its '.git' it was not checked out, and git would answer for the repository around it.
            if (!Path.Exists(Path.Combine(module, ".git"))) continue;
            if (depth == DeepestSubmodule) throw new ReadyOpsException("GitTooMuch", $"The submodules of {folder} are nested more than {DeepestSubmodule} deep.", "Look at the repository by hand.");
            GitChanges inside = await new GitRepository(module, context).ChangesAsync(untracked, depth + 1, cancel).ConfigureAwait(false);
            changes.AddRange(inside.Changes.Select(change => $"{change} (in submodule {Judge.Cut(path)})"));
            unseen += inside.Unseen;
        }

        return new GitChanges(changes, unseen);
    }

    private static string Change(string record)
    {
        // '1 XY sub mH mI mW hH hI path', 'u XY sub m1 m2 m3 mW h1 h2 h3 path', '? path'.
        (string state, int fields) = record[0] switch
        {
            '1' => (State(record), 8),
            'u' => ("in conflict", 10),
            '?' => ("untracked", 1),
            _ => ("changed", 0),
        };
        return $"{state}: {Judge.Cut(record.Split(' ', fields + 1)[^1])}";
    }

    private static string State(string record) => record[2] == '.' ? (record[3] == 'D' ? "deleted" : "changed") : (record[2] == 'A' ? "added" : record[2] == 'D' ? "deleted" : "staged");

    // 'git status' runs the clean filters of changed files; those of the user's own configuration are the user's, but one in .git/config came with the folder.
    private async Task RefuseFiltersAsync(CancellationToken cancel)
    {
        if (context.AllowCommand) return;
        string? filters = await AskOrNothingAsync(cancel, "config", "--show-scope", "--name-only", "-z", "--includes", "--get-regexp", @"^filter\..*\.(clean|process)$").ConfigureAwait(false);
        string[] parts = (filters ?? "").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i + 1 < parts.Length; i += 2)
        {
            if (parts[i].Trim() is not ("local" or "worktree")) continue;
            throw new ReadyOpsException("CommandNotAllowed", $"To compare the files of {folder}, git would run the program that the repository's own configuration names as '{Judge.Cut(parts[i + 1])}'.",
                "Read it with 'git config --local --list', then repeat with -AllowCommand.");
        }
    }

    // Exit code 1 is how these commands say 'none'; anything else is a failed look.
    private async Task<string?> AskOrNothingAsync(CancellationToken cancel, params string[] arguments)
    {
        ProcessResult result = await RunAsync(arguments, cancel).ConfigureAwait(false);
        if (result.ExitCode == 0) return result.Output.TrimEnd('\n', '\r');
        return result.ExitCode == 1 ? null : throw Broken(arguments[0], result);
    }

    private async Task<string> AskAsync(CancellationToken cancel, params string[] arguments)
    {
        ProcessResult result = await RunAsync(arguments, cancel).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output : throw Broken(arguments[0], result);
    }

    private async Task<ProcessResult> RunAsync(string[] arguments, CancellationToken cancel)
    {
        if (ProcessRun.Find("git") is not { } git)
            throw new ReadyOpsException("GitMissing", "There is no program 'git' on the PATH to ask the repository with.", "Install git, or run this gate where it is; Azure Automation's own sandboxes cannot run programs, Hybrid Workers can.");

        var variables = new Dictionary<string, string?> { ["LC_ALL"] = "C", ["GIT_TERMINAL_PROMPT"] = "0", ["GIT_NO_LAZY_FETCH"] = "1" };
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>())
            if (name.StartsWith("GIT_", StringComparison.OrdinalIgnoreCase) && !KeptVariables.Any(kept => name.StartsWith(kept, StringComparison.OrdinalIgnoreCase))) variables.TryAdd(name, null);
        var run = new ProcessRun { Command = [git, .. Fixed, "-C", folder, .. arguments], Folder = folder, Clock = context.Clock, Label = "The program", Environment = variables, MaxOutput = MaxOutput };
        ProcessResult result = await run.RunAsync(cancel).ConfigureAwait(false);
        // A list that was cut may have lost what matters.
        return !result.Partial ? result : throw new ReadyOpsException("GitTooMuch", $"git {arguments[0]} tells more about {folder} than can be looked through.", "Look at the repository by hand.");
    }

    private ReadyOpsException Broken(string command, ProcessResult result)
    {
        string said = Judge.Cut(string.Join(' ', result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        string next = said switch
        {
            _ when said.Contains("not a git repository", StringComparison.Ordinal) => "Check the path: it must be in a git repository.",
            _ when said.Contains("dubious ownership", StringComparison.Ordinal) => $"The folder belongs to another account. If you trust it: git config --global --add safe.directory {folder}",
            _ => $"Run 'git {command}' in {folder} by hand.",
        };
        return new ReadyOpsException("GitFailed", $"git {command} fails in {folder}: {(said.Length > 0 ? said : $"exit code {result.ExitCode}")}.", next);
    }
}

/// <summary>How the files of a repository differ from its HEAD.</summary>
/// <param name="Changes">What differs, each as its state and its path.</param>
/// <param name="Unseen">How many files git was told not to look at (<c>update-index --assume-unchanged</c>).</param>
internal sealed record GitChanges(IReadOnlyList<string> Changes, int Unseen);
