using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>git</c>.</summary>
internal sealed class GitCheckType : CheckType
{
    private static readonly string[] Questions = ["clean", "branch", "tag", "upToDate", "changelog", "releaseNotes"];

    public override string Name => "git";

    public override string Summary => "A git repository is clean, on the right branch, tagged, and its change log names the release; asked by the git program, which needs no -AllowCommand.";

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Path, "A folder of the repository, unless it is that of the document."),
        new("clean", CheckMemberKind.Flag, "Whether its files must be those of HEAD, submodules included.") { Default = "false" },
        new("untracked", CheckMemberKind.Flag, "Whether a file that git neither knows nor ignores makes it unclean.") { Default = "true" },
        new("branch", CheckMemberKind.Texts, "The branch it must be on, or a list of them; * stands for anything.") { Examples = ["main", "release/*"] },
        new("tag", CheckMemberKind.Texts, "The tag that HEAD must have, or a list of which one is enough; * stands for anything.") { Examples = ["v${release}"] },
        new("upToDate", CheckMemberKind.Flag, "Whether HEAD must be the commit of its upstream branch, as last fetched.") { Default = "false" },
        new("version", CheckMemberKind.Text, "The version that the change log or the release notes must name, a leading v left out; the release of the gate unless said."),
        new("changelog", CheckMemberKind.Path, "The change log: a heading or an entry of it must name the version, and something must stand below.") { Examples = ["CHANGELOG.md"] },
        new("releaseNotes", CheckMemberKind.Path, "A file that must be there and name the version.") { Examples = ["docs/releases/${release}.md"] },
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        if (!Questions.Any(reader.Has)) reader.Problem("clean", "there is nothing to look at", "at least one of " + string.Join(", ", Questions));
        foreach (string member in (string[])["branch", "tag"])
            if (reader.Has(member) && (reader.Texts(member).Count == 0 || reader.Texts(member).Any(string.IsNullOrWhiteSpace))) reader.Problem(member, $"this names no {member}", $"a {member}, or a list of them");
        if (reader.Has("untracked") && !reader.Flag("clean")) reader.Problem("untracked", "this says nothing without 'clean'", "'clean: true' beside it");
        return new GitCheck(reader.OptionalPath("path") ?? reader.BaseDirectory)
        {
            Clean = reader.Flag("clean"),
            Untracked = reader.Flag("untracked", true),
            Branches = reader.Texts("branch"),
            Tags = reader.Texts("tag"),
            UpToDate = reader.Flag("upToDate"),
            Version = reader.OptionalText("version"),
            ChangeLog = reader.OptionalPath("changelog"),
            ChangeLogName = reader.OptionalText("changelog") ?? "",
            ReleaseNotes = reader.OptionalPath("releaseNotes"),
            ReleaseNotesName = reader.OptionalText("releaseNotes") ?? "",
        };
    }
}

/// <summary>Looks at a git repository.</summary>
/// <param name="folder">A folder of it.</param>
internal sealed class GitCheck(string folder) : ICheck
{
    private const int ChangesTold = 20;
    private const int MaxText = 16 * 1024 * 1024;

    public bool Clean { get; init; }

    public bool Untracked { get; init; } = true;

    public IReadOnlyList<string> Branches { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool UpToDate { get; init; }

    public string? Version { get; init; }

    public string? ChangeLog { get; init; }

    public string ChangeLogName { get; init; } = "";

    public string? ReleaseNotes { get; init; }

    public string ReleaseNotesName { get; init; } = "";

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        var seen = new List<Observation>();
        string? head = null;
        if (Clean || UpToDate || Branches.Count > 0 || Tags.Count > 0)
        {
            var repository = new GitRepository(folder, context);
            bool bare = await repository.IsBareAsync(cancel).ConfigureAwait(false);
            head = await repository.HeadAsync(cancel).ConfigureAwait(false);
            if (head is null) return Observation.Of(Verdict.Fail, $"HEAD of the repository {folder} names no commit: there is none yet.");
            if (Branches.Count > 0) seen.Add(OnBranch(await repository.BranchAsync(cancel).ConfigureAwait(false)));
            if (Tags.Count > 0) seen.Add(await TaggedAsync(repository, head, cancel).ConfigureAwait(false));
            if (UpToDate) seen.Add(Distance(await repository.DistanceAsync(cancel).ConfigureAwait(false)));
            if (Clean) seen.Add(bare ? Observation.Of(Verdict.Error, $"The repository {folder} is bare: it has no files that could be clean.") : await CleanAsync(repository, cancel).ConfigureAwait(false));
        }

        if (ChangeLog is not null || ReleaseNotes is not null) seen.AddRange(await TextsAsync(context, cancel).ConfigureAwait(false));
        Observation worst = Observation.Worst(seen);
        if (worst.Verdict != Verdict.Pass) return worst with { Value = worst.Value ?? head };
        return worst with { Value = head ?? worst.Value, Reason = string.Join(" ", seen.Select(one => one.Reason)), Details = head is null ? [] : [$"HEAD of {folder} is {head}."] };
    }

    private Observation OnBranch(string? branch)
    {
        string wanted = string.Join(" or ", Branches.Select(Judge.Cut));
        if (branch is null)
        {
            return Observation.Of(Verdict.Fail, $"The repository is on no branch (HEAD is detached), and it must be on {wanted}.") with
            {
                NextStep = "Check out the branch itself; build servers often check out a bare commit, where 'tag' says more.",
            };
        }

        return Branches.Any(pattern => Fits(pattern, branch)) ? Observation.Of(Verdict.Pass, $"The repository is on branch {Judge.Cut(branch)}.")
            : Observation.Of(Verdict.Fail, $"The repository is on branch {Judge.Cut(branch)}, not on {wanted}.");
    }

    private async Task<Observation> TaggedAsync(GitRepository repository, string head, CancellationToken cancel)
    {
        IReadOnlyList<string> tags = await repository.TagsAsync(head, cancel).ConfigureAwait(false);
        if (tags.FirstOrDefault(tag => Tags.Any(pattern => Fits(pattern, tag))) is { } found) return Observation.Of(Verdict.Pass, $"HEAD has the tag {Judge.Cut(found)}.");
        bool shallow = await repository.IsShallowAsync(cancel).ConfigureAwait(false);
        string wanted = string.Join(" or ", Tags.Select(Judge.Cut));
        string has = tags.Count == 0 ? "none" : Judge.Cut(string.Join(", ", tags));
        return Observation.Of(Verdict.Fail, $"HEAD ({head[..Math.Min(10, head.Length)]}) does not have the tag {wanted}; it has {has}.") with
        {
            NextStep = shallow ? "The repository is shallow, and its tags may not have been fetched: git fetch --tags" : $"Tag the commit of the release, or check out the tag: git checkout {Judge.Cut(Tags[0])}",
        };
    }

    private static Observation Distance((int Ahead, int Behind)? distance) => distance switch
    {
        null => Observation.Of(Verdict.NoData, "The branch has no upstream that it could be compared with.") with { NextStep = "git branch --set-upstream-to=origin/<branch>" },
        (0, 0) => Observation.Of(Verdict.Pass, "HEAD is the commit of its upstream, as last fetched."),
        (int ahead, int behind) => Observation.Of(Verdict.Fail, string.Create(CultureInfo.InvariantCulture, $"HEAD is {ahead} commits ahead of its upstream and {behind} behind it, as last fetched.")) with
        {
            NextStep = behind > 0 ? "git pull" : "git push",
        },
    };

    private async Task<Observation> CleanAsync(GitRepository repository, CancellationToken cancel)
    {
        (IReadOnlyList<string> changes, int unseen) = await repository.ChangesAsync(Untracked, cancel).ConfigureAwait(false);
        if (changes.Count > 0)
        {
            string more = changes.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {changes.Count - 1} more") : "";
            return Observation.Of(Verdict.Fail, $"The repository is not clean: {changes[0]}{more}.", (double)changes.Count) with
            {
                Details = [.. changes.Take(ChangesTold)],
                NextStep = "Commit, stash or remove what differs: git status",
            };
        }

        return unseen == 0 ? Observation.Of(Verdict.Pass, "The repository is clean.")
            : Observation.Of(Verdict.Inconclusive, string.Create(CultureInfo.InvariantCulture, $"The repository looks clean, but git was told not to look at {unseen} of its files.")) with
            {
                NextStep = "git update-index --really-refresh, or take the mark away with --no-assume-unchanged",
            };
    }

    private async Task<IEnumerable<Observation>> TextsAsync(EngineContext context, CancellationToken cancel)
    {
        string? release = Version ?? context.Scene?.Release;
        string version = release is { Length: > 1 } && release[0] is 'v' or 'V' && char.IsAsciiDigit(release[1]) ? release[1..] : release ?? "";
        if (string.IsNullOrWhiteSpace(version))
            return [Observation.Of(Verdict.Error, "Which version the change log must name is not known: the gate has no release.") with { NextStep = "Say 'version' here, or the release with -Release." }];

        var seen = new List<Observation>();
        if (ChangeLog is not null)
        {
            seen.Add(await TextAsync(ChangeLog, ChangeLogName, text => ChangeLogReader.Find(text, version) switch
            {
                ChangeLogEntry.Described => Observation.Of(Verdict.Pass, $"{ChangeLogName} describes {Judge.Cut(version)}."),
                ChangeLogEntry.Empty => Observation.Of(Verdict.Fail, $"{ChangeLogName} names {Judge.Cut(version)} and says nothing about it."),
                _ => Observation.Of(Verdict.Fail, $"No heading or entry of {ChangeLogName} names {Judge.Cut(version)}.") with { NextStep = $"Write what changed in {Judge.Cut(version)} into {ChangeLogName}." },
            }, cancel).ConfigureAwait(false));
        }

        if (ReleaseNotes is not null)
        {
            seen.Add(await TextAsync(ReleaseNotes, ReleaseNotesName, text => ChangeLogReader.Names(text, version)
                ? Observation.Of(Verdict.Pass, $"{ReleaseNotesName} names {Judge.Cut(version)}.")
                : Observation.Of(Verdict.Fail, $"{ReleaseNotesName} does not name {Judge.Cut(version)}."), cancel).ConfigureAwait(false));
        }

        return seen;
    }

    private static async Task<Observation> TextAsync(string path, string name, Func<string, Observation> look, CancellationToken cancel)
    {
        try
        {
            if (!FileReading.TryFind(path, out _, out string problem)) return Observation.Of(Verdict.Fail, $"{name} {problem}.");
            ArraySegment<byte> bytes = await FileReading.ReadAsync(path, name, MaxText, cancel).ConfigureAwait(false);
            using var reader = new StreamReader(new MemoryStream(bytes.Array!, 0, bytes.Count), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
            return look(await reader.ReadToEndAsync(cancel).ConfigureAwait(false));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Observation.Of(Verdict.Error, $"{name} cannot be read: {e.Message.TrimEnd('.')}.") with { NextStep = "See that the account that runs ReadyOps may read it." };
        }
    }

    private static bool Fits(string pattern, string name) => pattern == name || FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\", StringComparison.Ordinal), name, ignoreCase: false);
}
