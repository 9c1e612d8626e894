using System.Globalization;
using ReadyOps.Core.Checks.Reports;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>tests</c>.</summary>
internal sealed class TestsCheckType : CheckType
{
    private const string What = "test report";

    public override string Name => "tests";

    public override string Summary => "Enough of the tests in reports (TRX, JUnit, NUnit) passed, enough of them ran, and not worse than before.";

    public override bool AsSignal => true;

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Paths, "The reports: a path with * and ?, and ** for any folders, or a list of them.") { Required = true, Examples = ["artifacts/**/*.trx"] },
        new("bound", CheckMemberKind.Bound, "The share of the tests that ran which must have passed.") { Default = ">= 100%" },
        new("minimum", CheckMemberKind.Integer, "How many tests must have run at least, so that an empty report is no pass.") { Default = "1", Minimum = 1 },
        new("maxAge", CheckMemberKind.Duration, "How long ago a report may have been written; an older one is stale."),
        new("retried", CheckMemberKind.Choice, "What a test counts as that failed and then passed under the same name; 'passed' only where names are unique. Files are read in the order of their names.")
        {
            Default = "failed", Values = ["failed", "passed"],
        },
        .. TestsComparison.Members,
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        Bound bound = reader.OptionalBound("bound") ?? new Bound(">= 100%", BoundOperator.GreaterOrEqual, Unit.Ratio, [1]);
        if (bound.Unit != Unit.Ratio) reader.Problem("bound", $"'{bound}' is not on a share of tests", "a bound such as '>= 98%'");
        CheckReader.RefuseUpsideDown(reader, "bound", bound, moreIsBetter: true);
        return new TestsCheck(ReportFiles.Read(reader, "path", What) with { MaxAge = reader.OptionalDuration("maxAge") }, bound)
        {
            Name = reader.OptionalText("name") ?? "",
            Minimum = reader.Integer("minimum", 1, 1),
            LastCounts = reader.Choice("retried", Retried.Failed) == Retried.Passed,
            Comparison = TestsComparison.Read(reader),
            Previous = ReportFiles.ReadOptional(reader, "previous", What),
        };
    }

    private enum Retried
    {
        Failed,
        Passed,
    }
}

/// <summary>Adds up test reports.</summary>
internal sealed class TestsCheck(ReportFiles files, Bound bound) : ICheck
{
    public string Name { get; init; } = "";

    public int Minimum { get; init; } = 1;

    public bool LastCounts { get; init; }

    public TestsComparison Comparison { get; init; } = new();

    public ReportFiles? Previous { get; init; }

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        LastRun last = await LastRun.FindAsync(context, Name, cancel).ConfigureAwait(false);
        TestRunMemory? before = last.Memory is { } memory ? TestRunMemory.FromJson(memory) : null;
        if (Previous is not null && ReadPrevious(context, cancel, out before) is { } unread) return unread;

        string? release = context.Scene?.Release;
        var history = new TestHistory(before) { Earlier = [.. Runs(last)], LastCounts = LastCounts };
        var report = new TestReport(history);
        if (files.ForEach(context, (stream, file) => TestReportReader.Read(stream, file, report), cancel) is { } missing) return missing with { Bound = bound };
        if (report.Executed == 0) return Conclude(report) with { Details = report.Details() };

        List<Observation> all = [Conclude(report), .. Comparison.Judged(report, history, release)];
        if (Comparison.NeedsBefore && before is null && last.Unknown is not null) all.Add(last.Unknown);
        Observation worst = Observation.Worst(all);
        return worst with
        {
            Details = [.. worst.Details, .. report.Details(), .. Comparison.Details(report, history, release), .. First(before)],
            Memory = context.Scene is null ? null : history.Remember(report.Executed).ToJson(),
        };
    }

    private Observation? ReadPrevious(EngineContext context, CancellationToken cancel, out TestRunMemory? before)
    {
        var history = new TestHistory(null) { LastCounts = LastCounts };
        var report = new TestReport(history);
        Observation? missing = Previous!.ForEach(context, (stream, file) => TestReportReader.Read(stream, file, report), cancel);
        before = history.Remember(report.Executed);
        if (missing is not null) return missing with { Bound = bound, Reason = $"Nothing to compare with: {missing.Reason}" };
        return report.Executed > 0 ? null : Seen(Verdict.NoData, "Nothing to compare with: no test ran in the earlier reports.");
    }

    private static IEnumerable<(string? Release, TestRunMemory Run)> Runs(LastRun last)
    {
        foreach (EarlierEvidence earlier in last.Earlier)
            if (earlier.Memory is { } memory && TestRunMemory.FromJson(memory) is { } run) yield return (earlier.Release, run);
    }

    private IEnumerable<string> First(TestRunMemory? before) =>
        Comparison.NeedsBefore && before is null ? ["No run before this one passed, so the next is compared with it."] : [];

    private Observation Conclude(TestReport report)
    {
        string skipped = report.Skipped > 0 ? string.Create(CultureInfo.InvariantCulture, $", {report.Skipped} skipped") : "";
        string flaky = report.Flaky > 0 ? string.Create(CultureInfo.InvariantCulture, $", {report.Flaky} flaky") : "";
        if (report.Executed == 0) return Seen(Verdict.NoData, $"No test ran{skipped}{(report.Doubts.Count > 0 ? $": {report.Doubts[0]}" : ".")}");

        Observation rate = Judge.Number("Pass rate", (double)report.Passed / report.Executed, bound,
            string.Create(CultureInfo.InvariantCulture, $"{report.Passed} of {report.Executed} tests{skipped}{flaky}"));
        if (rate.Verdict != Verdict.Pass) return rate;
        if (report.Executed < Minimum)
        {
            return rate with
            {
                Verdict = Verdict.Fail,
                Reason = string.Create(CultureInfo.InvariantCulture, $"Only {report.Executed} tests ran{skipped}, and at least {Minimum} must."),
            };
        }

        return report.Doubts.Count == 0 ? rate : rate with
        {
            Verdict = Verdict.Inconclusive,
            Reason = $"{rate.Reason.TrimEnd('.')}, but the reports may not tell all: {report.Doubts[0]}",
        };
    }

    private Observation Seen(Verdict verdict, string reason) => Observation.Of(verdict, reason) with { Bound = bound };
}
