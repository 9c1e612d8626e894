using System.Globalization;
using ReadyOps.Core.Checks.Reports;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>sarif</c>.</summary>
internal sealed class SarifCheckType : CheckType
{
    private const string What = "SARIF report";

    public override string Name => "sarif";

    public override string Summary => "Static analysis and security scans (SARIF 2.1.0) succeeded and found no more than they may.";

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Paths, "The reports: a path with * and ?, and ** for any folders, or a list of them.") { Required = true, Examples = ["artifacts/**/*.sarif"] },
        new("error", CheckMemberKind.Bound, "How many results of level error there may be; '== 0' when no bound is given at all.") { Examples = ["== 0"] },
        new("warning", CheckMemberKind.Bound, "How many results of level warning there may be.") { Examples = ["<= 10"] },
        new("note", CheckMemberKind.Bound, "How many results of level note there may be."),
        new("total", CheckMemberKind.Bound, "How many results of these levels there may be together."),
        new("new", CheckMemberKind.Bound, "How many of them may be new: not in 'baseline', or else marked so in the report, or else not in the last run that passed.") { Examples = ["== 0"] },
        new("securitySeverity", CheckMemberKind.Bound, "What the security severity (CVSS, 0 to 10) of each rule with results must be.") { Examples = ["< 7"] },
        new("include", CheckMemberKind.Texts, "Which rules count: ids with * and ?; all without it."),
        new("exclude", CheckMemberKind.Texts, "Which rules do not count: ids with * and ?."),
        new("suppressions", CheckMemberKind.Choice, "Whether accepted suppressions take results out, or they count nevertheless.") { Default = "accept", Values = ["accept", "count"] },
        new("baseline", CheckMemberKind.Paths, "Reports of an earlier scan: what is not in them is new."),
        new("maxAge", CheckMemberKind.Duration, "How long ago a report may have been written; an older one is stale."),
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        var check = new SarifCheck(ReportFiles.Read(reader, "path", What) with { MaxAge = reader.OptionalDuration("maxAge") })
        {
            Name = reader.OptionalText("name") ?? "",
            Levels = [.. new[] { SarifLevel.Error, SarifLevel.Warning, SarifLevel.Note }.Select(level => (level, Plain(reader, level.ToString().ToLowerInvariant())))],
            Total = Plain(reader, "total"),
            New = Plain(reader, "new"),
            Severity = Plain(reader, "securitySeverity"),
            Include = reader.Texts("include"),
            Exclude = reader.Texts("exclude"),
            CountSuppressed = reader.Choice("suppressions", Suppressions.Accept) == Suppressions.Count,
            Baseline = ReportFiles.ReadOptional(reader, "baseline", What),
        };
        if (check.Baseline is not null && check.New is null) reader.Problem("baseline", "nothing says how much may be new", "a bound 'new' beside it");
        bool any = check.Levels.Any(level => level.Bound is not null) || check.Total is not null || check.New is not null || check.Severity is not null;
        return any ? check : check with { Levels = [(SarifLevel.Error, new Bound("== 0", BoundOperator.Equal, Unit.None, [0]))] };
    }

    private static Bound? Plain(ObjectReader reader, string name)
    {
        Bound? bound = reader.OptionalBound(name);
        if (bound is not null && (bound.IsText || bound.Unit != Unit.None)) reader.Problem(name, $"'{bound}' is not on a plain number", "a bound such as '== 0' or '<= 10'");
        CheckReader.RefuseUpsideDown(reader, name, bound, moreIsBetter: false);
        return bound;
    }

    private enum Suppressions
    {
        Accept,
        Count,
    }
}

/// <summary>Adds up what scans found.</summary>
internal sealed record SarifCheck(ReportFiles Files) : ICheck
{
    public string Name { get; init; } = "";

    public IReadOnlyList<(SarifLevel Level, Bound? Bound)> Levels { get; init; } = [];

    public Bound? Total { get; init; }

    public Bound? New { get; init; }

    public Bound? Severity { get; init; }

    public IReadOnlyList<string> Include { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    public bool CountSuppressed { get; init; }

    public ReportFiles? Baseline { get; init; }

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        SarifBaseline? before = null;
        LastRun? last = null;
        if (Baseline is not null)
        {
            before = new SarifBaseline();
            if (ReadBaseline(before, context, cancel) is { } unread) return unread with { Reason = $"The baseline: {unread.Reason}" };
        }
        else if (New is not null)
        {
            last = await LastRun.FindAsync(context, Name, cancel).ConfigureAwait(false);
            before = last.Memory is { } memory ? SarifBaseline.FromJson(memory) : null;
        }

        var tally = new SarifTally
        {
            Include = Include,
            Exclude = Exclude,
            CountSuppressed = CountSuppressed,
            Baseline = before,
            Remembered = last is { Unknown: null } ? new SarifBaseline() : null,
        };
        if (Files.ForEach(context, (stream, file) => SarifReader.Read(stream, file, tally.Result, tally.Run, tally.Compares), cancel) is { } missing) return missing;
        if (tally.Runs == 0) return Observation.Of(Verdict.NoData, "The SARIF reports have no runs: nothing was scanned.");
        Observation worst = Observation.Worst([.. Judged(tally, last)]);
        return worst with { Details = [.. worst.Details, .. tally.Details()], Memory = tally.Remembered?.ToJson() };
    }

    private Observation? ReadBaseline(SarifBaseline baseline, EngineContext context, CancellationToken cancel)
    {
        void Take(SarifRun run, SarifResult result)
        {
            if (result.BaselineState != "absent" && result.Identity() is { } identity) baseline.Add(identity);
        }

        return Baseline!.ForEach(context, (stream, file) => SarifReader.Read(stream, file, Take, _ => { }), cancel);
    }

    private IEnumerable<Observation> Judged(SarifTally tally, LastRun? last)
    {
        foreach ((SarifLevel level, Bound? bound) in Levels)
        {
            if (bound is not null) yield return Judge.Number($"Number of results of level {level.ToString().ToLowerInvariant()}", tally.Of(level), bound, Note(tally));
        }

        if (Total is not null) yield return Judge.Number("Number of results", tally.Total, Total, Note(tally));
        if (New is not null) yield return JudgeNew(tally, last, New);
        if (Severity is not null) yield return JudgeSeverity(tally, Severity);
        if (tally.Failures.Count > 0)
        {
            yield return Observation.Of(Verdict.Error, $"The scan itself failed: {tally.Failures[0].TrimEnd('.')}.") with { NextStep = "Look into the log of the scan, and run it again." };
        }

        if (tally.Silent.Count > 0)
            yield return Observation.Of(Verdict.NoData, $"{tally.Silent[0]}: the run has no list of results, so it does not tell what it found.");
    }

    private Observation JudgeNew(SarifTally tally, LastRun? last, Bound bound)
    {
        const string What = "Number of new results";
        if (Baseline is not null) return Judge.Number(What, tally.NewByBaseline, bound, "not in the baseline");
        if (tally.HasStates) return Judge.Number(What, tally.NewByState, bound, "by the report's own baseline states");
        if (last!.Unknown is { } unknown) return unknown with { Bound = bound, NextStep = "Name the reports of an earlier scan with 'baseline', or evaluate the gate with a journal." };
        if (tally.Baseline is not null) return Judge.Number(What, tally.NewByBaseline, bound, "not in the last run that passed");
        if (tally.Remembered!.ToJson() is null)
        {
            return Observation.Of(Verdict.Inconclusive, string.Create(CultureInfo.InvariantCulture, $"The scans have {tally.Remembered.Count} results, too many to remember what is new.")) with
            {
                Bound = bound, NextStep = "Keep the reports of an earlier scan, and name them with 'baseline'.",
            };
        }

        return Observation.Of(Verdict.Pass, string.Create(CultureInfo.InvariantCulture, $"No run before this one passed, so the next is compared with its {tally.Total} results.")) with { Bound = bound };
    }

    private static Observation JudgeSeverity(SarifTally tally, Bound bound)
    {
        (string Rule, long Count, double? Severity)[] known = [.. tally.Rules.Where(rule => rule.Severity is not null)];
        if (known.Length > 0)
        {
            return known.Select(rule => Judge.Number("Security severity", rule.Severity!.Value, bound, string.Create(CultureInfo.InvariantCulture, $"{Judge.Cut(rule.Rule)}, {rule.Count} results")))
                .OrderBy(seen => Observation.Rank(seen.Verdict)).ThenBy(seen => seen.Margin ?? 0).First();
        }

        return tally.Total == 0
            ? Observation.Of(Verdict.Pass, "There are no results, so none is severe.", 0d) with { Bound = bound }
            : Observation.Of(Verdict.Inconclusive, string.Create(CultureInfo.InvariantCulture, $"There are {tally.Total} results, and no rule says how severe it is.")) with
            {
                Bound = bound, NextStep = "Bound the levels instead, or have the tool write the property 'security-severity' of its rules.",
            };
    }

    private static string Note(SarifTally tally)
    {
        List<string> notes = [];
        if (tally.Suppressed > 0) notes.Add(string.Create(CultureInfo.InvariantCulture, $"{tally.Suppressed} suppressed"));
        if (tally.Excluded > 0) notes.Add(string.Create(CultureInfo.InvariantCulture, $"{tally.Excluded} of other rules"));
        return string.Join(", ", notes);
    }
}
