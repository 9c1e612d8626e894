using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>tests</c>.</summary>
internal sealed class TestsCheckType : CheckType
{
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
        IReadOnlyList<string> paths = reader.Texts("path");
        if (paths.Count == 0 || paths.Any(path => path.Length == 0)) reader.Problem("path", "there is no report to read", "a path, or a list of paths");
        Bound bound = reader.OptionalBound("bound") ?? new Bound(">= 100%", BoundOperator.GreaterOrEqual, Unit.Ratio, [1]);
        if (bound.Unit != Unit.Ratio) reader.Problem("bound", $"'{bound}' is not on a share of tests", "a bound such as '>= 98%'");
        return new TestsCheck(reader.BaseDirectory, paths, bound)
        {
            Minimum = reader.Integer("minimum", 1, 1),
            MaxAge = reader.OptionalDuration("maxAge"),
        };
    }
}

/// <summary>Adds up test reports.</summary>
internal sealed class TestsCheck(string baseDirectory, IReadOnlyList<string> patterns, Bound bound) : ICheck
{
    public int Minimum { get; init; } = 1;

    public TimeSpan? MaxAge { get; init; }

    public ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        var report = new TestReport();
        try
        {
            var files = new SortedSet<string>(StringComparer.Ordinal);
            foreach (string pattern in patterns)
            {
                IReadOnlyList<string> found = FileGlob.Find(baseDirectory, pattern);
                if (found.Count == 0) return new(Seen(Verdict.NoData, $"There is no test report at {pattern}."));
                files.UnionWith(found);
            }

            foreach (string file in files)
            {
                string name = Path.GetRelativePath(baseDirectory, file);
                if (Old(file, name, context) is { } old) return new(old);
                using FileStream stream = FileReading.Open(file);
                if (stream.Length > TestReportReader.MaxBytes) return new(Seen(Verdict.Error, $"{name} has more than {TestReportReader.MaxBytes / 1024 / 1024} MiB, too much to read."));
                TestReportReader.Read(stream, name, report, cancel);
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return new(Seen(Verdict.Error, $"The test reports cannot be read: {e.Message.TrimEnd('.')}."));
        }

        return new(Conclude(report) with { Details = report.Details() });
    }

    private Observation? Old(string file, string name, EngineContext context)
    {
        if (MaxAge is not { } max) return null;
        TimeSpan age = context.Clock.GetUtcNow() - new DateTimeOffset(File.GetLastWriteTimeUtc(file), TimeSpan.Zero);
        return age > max ? Seen(Verdict.Stale, $"{name} was written more than {Quantities.Format(max)} ago.") : null;
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
