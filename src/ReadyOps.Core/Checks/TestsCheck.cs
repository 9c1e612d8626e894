using System.Globalization;
using ReadyOps.Core.Checks.Reports;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>tests</c>.</summary>
internal sealed class TestsCheckType : CheckType
{
    private const string What = "test report";

    public override string Name => "tests";

    public override string Summary => "Enough of the tests in reports (TRX, JUnit, NUnit) passed, and enough of them ran.";

    public override bool AsSignal => true;

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Paths, "The reports: a path with * and ?, and ** for any folders, or a list of them.") { Required = true, Examples = ["artifacts/**/*.trx"] },
        new("bound", CheckMemberKind.Bound, "The share of the tests that ran which must have passed.") { Default = ">= 100%" },
        new("minimum", CheckMemberKind.Integer, "How many tests must have run at least, so that an empty report is no pass.") { Default = "1", Minimum = 1 },
        new("maxAge", CheckMemberKind.Duration, "How long ago a report may have been written; an older one is stale."),
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        Bound bound = reader.OptionalBound("bound") ?? new Bound(">= 100%", BoundOperator.GreaterOrEqual, Unit.Ratio, [1]);
        if (bound.Unit != Unit.Ratio) reader.Problem("bound", $"'{bound}' is not on a share of tests", "a bound such as '>= 98%'");
        return new TestsCheck(ReportFiles.Read(reader, "path", What) with { MaxAge = reader.OptionalDuration("maxAge") }, bound)
        {
            Minimum = reader.Integer("minimum", 1, 1),
        };
    }
}

/// <summary>Adds up test reports.</summary>
internal sealed class TestsCheck(ReportFiles files, Bound bound) : ICheck
{
    public int Minimum { get; init; } = 1;

    public ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        var report = new TestReport();
        if (files.ForEach(context, (stream, file) => TestReportReader.Read(stream, file, report), cancel) is { } missing) return new(missing with { Bound = bound });
        return new(Conclude(report) with { Details = report.Details() });
    }

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
