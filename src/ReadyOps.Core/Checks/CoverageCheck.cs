using System.Globalization;
using System.IO.Enumeration;
using ReadyOps.Core.Checks.Reports;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>coverage</c>.</summary>
internal sealed class CoverageCheckType : CheckType
{
    private const string What = "coverage report";

    public override string Name => "coverage";

    public override string Summary => "Enough of the code is covered by tests (Cobertura, lcov), as a whole and by package, and not less than before.";

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Paths, "The reports: a path with * and ?, and ** for any folders, or a list of them; what several tell of counts once.")
        {
            Required = true, Examples = ["artifacts/**/coverage.cobertura.xml"],
        },
        new("metric", CheckMemberKind.Choice, "What is counted.") { Default = "line", Values = ["line", "branch", "method"] },
        new("bound", CheckMemberKind.Bound, "The share of the code as a whole that must be covered.") { Examples = [">= 80%"] },
        new("packages", CheckMemberKind.Objects, "What single packages must have; each that fits keeps the bound for itself.")
        {
            Members =
            [
                new("name", CheckMemberKind.Text, "Which packages: a name with * and ?; of lcov the folders of the files.") { Required = true, Examples = ["*", "Shop.Core"] },
                new("bound", CheckMemberKind.Bound, "The share of each that must be covered.") { Required = true, Examples = [">= 60%"] },
            ],
        },
        new("drop", CheckMemberKind.Share, "How many percentage points less than in the last run that passed there may be.") { Examples = ["0.5%"] },
        new("previous", CheckMemberKind.Paths, "Reports of an earlier run to compare with, instead of the last run that passed."),
        new("maxAge", CheckMemberKind.Duration, "How long ago a report may have been written; an older one is stale."),
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        ReportFiles files = ReportFiles.Read(reader, "path", What) with { MaxAge = reader.OptionalDuration("maxAge") };
        var check = new CoverageCheck(files, reader.Choice("metric", CoverageMetric.Line))
        {
            Name = reader.OptionalText("name") ?? "",
            Bound = ShareOf(reader, reader.OptionalBound("bound")),
            Packages = [.. reader.Objects("packages").Select(package => (package.RequiredText("name"), ShareOf(package, package.RequiredBound("bound"))!))],
            Drop = (double?)reader.OptionalPercent("drop") / 100,
            Previous = ReportFiles.ReadOptional(reader, "previous", What),
        };
        if (check.Bound is null && check.Drop is null && check.Packages.Count == 0)
            reader.Problem("bound", "nothing says how much must be covered", "a 'bound', 'packages' or 'drop'");
        return check;
    }

    private static Bound? ShareOf(ObjectReader reader, Bound? bound)
    {
        if (bound is not null && reader.OptionalText("bound") == bound.Text && bound.Unit != Unit.Ratio) reader.Problem("bound", $"'{bound}' is not on a share of the code", "a bound such as '>= 80%'");
        CheckReader.RefuseUpsideDown(reader, "bound", bound, moreIsBetter: true);
        return bound;
    }
}

/// <summary>Adds up coverage reports.</summary>
internal sealed class CoverageCheck(ReportFiles files, CoverageMetric metric) : ICheck
{
    private const int PackagesTold = 20;

    // Rates are quotients; a difference below this is rounding.
    private const double Rounding = 1e-9;

    public string Name { get; init; } = "";

    public Bound? Bound { get; init; }

    public IReadOnlyList<(string Name, Bound Bound)> Packages { get; init; } = [];

    /// <summary>How much less than before there may be, as a share of 1.</summary>
    public double? Drop { get; init; }

    public ReportFiles? Previous { get; init; }

    private string What => $"{metric} coverage";

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        var map = new CoverageMap();
        if (files.ForEach(context, (stream, file) => CoverageReader.Read(stream, file, map), cancel) is { } missing) return missing with { Bound = Bound };
        CoverageMemory now = CoverageMemory.Of(map, metric);
        if (now.Whole.Total == 0) return Observation.Of(Verdict.NoData, Nothing(map)) with { Bound = Bound };

        List<Observation> all = [];
        if (Bound is not null) all.Add(Judge.Number(What, now.Whole.Rate, Bound, now.Whole.Tell(metric)));
        all.AddRange(Packages.SelectMany(package => Package(package.Name, package.Bound, now)));
        (Observation? dropped, IReadOnlyList<string> changes) = await CompareAsync(now, context, cancel).ConfigureAwait(false);
        if (dropped is not null) all.Add(dropped);
        if (map.Doubts.Count > 0 && all.TrueForAll(one => one.Verdict == Verdict.Pass))
        {
            all.Insert(0, all[0] with
            {
                Verdict = Verdict.Inconclusive,
                Reason = $"{all[0].Reason.TrimEnd('.')}, but the reports contradict each other or themselves: {map.Doubts[0]}",
                NextStep = "Write them anew with the current version of the tool; where files of several projects have one name, with whole paths, or give each project a check of its own.",
            });
        }

        Observation worst = Observation.Worst(all);
        return worst with { Details = [.. worst.Details, .. changes, .. Lowest(now), .. map.Doubts], Memory = now.ToJson() };
    }

    private string Nothing(CoverageMap map)
    {
        if (map.IsEmpty) return "The coverage reports tell of no code at all.";
        return metric == CoverageMetric.Line ? "The coverage reports have no lines." : $"The coverage reports do not tell of any {(metric == CoverageMetric.Branch ? "branches" : "methods")}.";
    }

    private IEnumerable<Observation> Package(string pattern, Bound bound, CoverageMemory now)
    {
        (string Name, CoverageCount Count)[] fitting = [.. now.Packages.Where(package => FileSystemName.MatchesSimpleExpression(pattern, package.Key, ignoreCase: false)).Select(package => (package.Key, package.Value))];
        if (fitting.Length == 0) return [Observation.Of(Verdict.NoData, $"There is no package '{Judge.Cut(pattern)}' in the coverage reports.") with { Bound = bound }];
        Observation[] all = [.. fitting.Select(package => Judge.Number($"{What} of {Judge.Cut(package.Name)}", package.Count.Rate, bound, package.Count.Tell(metric)))];
        Observation[] broken = [.. all.Where(one => one.Verdict != Verdict.Pass)];
        if (broken.Length > 0) return broken.OrderBy(one => one.Margin ?? 0);
        // One sentence for all of them, or a hundred packages would fill the page.
        Observation least = all.MinBy(one => one.Margin ?? 0)!;
        return [fitting.Length == 1 ? least : least with { Reason = string.Create(CultureInfo.InvariantCulture, $"All {fitting.Length} packages '{Judge.Cut(pattern)}' keep the bound {bound}; {least.Reason}") }];
    }

    private async ValueTask<(Observation? Seen, IReadOnlyList<string> Changes)> CompareAsync(CoverageMemory now, EngineContext context, CancellationToken cancel)
    {
        CoverageMemory? before;
        if (Previous is not null)
        {
            var map = new CoverageMap();
            if (Previous.ForEach(context, (stream, file) => CoverageReader.Read(stream, file, map), cancel) is { } missing)
                return (missing with { Reason = $"Nothing to compare with: {missing.Reason}" }, []);
            before = CoverageMemory.Of(map, metric);
            if (before.Whole.Total == 0) return (Observation.Of(Verdict.NoData, $"The earlier reports, to compare with: {Nothing(map)}"), []);
        }
        else
        {
            LastRun last = await LastRun.FindAsync(context, Name, cancel).ConfigureAwait(false);
            if (last.Unknown is not null) return (Drop is null ? null : last.Unknown, []);
            before = last.Memory is { } memory ? CoverageMemory.FromJson(memory, metric) : null;
            if (before is null) return (Drop is null ? null : First(now), []);
        }

        List<string> changes = [.. Changes(before, now).Take(PackagesTold)];
        double lost = before.Whole.Rate - now.Whole.Rate;
        string moved = Math.Abs(lost) <= Rounding ? $"{What} stayed at {Show(now.Whole.Rate)}"
            : $"{What} {(lost > 0 ? "fell" : "rose")} from {Show(before.Whole.Rate)} to {Show(now.Whole.Rate)}";
        if (Drop is not { } allowed) return (null, [$"{moved} since the last run.", .. changes]);
        var seen = Observation.Of(lost <= allowed + Rounding ? Verdict.Pass : Verdict.Fail, $"{moved} since the last run, and it may fall by {Points(allowed)}.", now.Whole.Rate, Unit.Ratio);
        return (seen with { Margin = allowed - lost }, changes);
    }

    private Observation First(CoverageMemory now) =>
        Observation.Of(Verdict.Pass, $"{What} is {Show(now.Whole.Rate)} ({now.Whole.Tell(metric)}); no run before this one passed, so the next is compared with it.", now.Whole.Rate, Unit.Ratio);

    private static IEnumerable<string> Changes(CoverageMemory before, CoverageMemory now) =>
        from package in now.Packages
        where before.Packages.ContainsKey(package.Key)
        let lost = before.Packages[package.Key].Rate - package.Value.Rate
        where lost > Rounding
        orderby lost descending
        select $"{Judge.Cut(package.Key)} fell from {Show(before.Packages[package.Key].Rate)} to {Show(package.Value.Rate)}.";

    private IEnumerable<string> Lowest(CoverageMemory now) => now.Packages.Count < 2 ? [] : now.Packages.OrderBy(package => package.Value.Rate).Take(PackagesTold)
        .Select(package => $"{Judge.Cut(package.Key)}: {Show(package.Value.Rate)}, {package.Value.Tell(metric)}");

    private static string Show(double rate) => Quantities.Format(rate, Unit.Ratio);

    private static string Points(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} percentage points");
}
