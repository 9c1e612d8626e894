using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Reports;

namespace ReadyOps.Core.Tests.Reports;

/// <summary>Results of gates to report, plain ones and hostile ones.</summary>
internal static class ReportTesting
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static readonly GateReportOptions Options = new() { BaseDirectory = "/repo" };

    // What breaks out of one form or another, where it is not written as text.
    private static readonly string[] Fragments =
    [
        "<script>alert(1)</script>", "</style>", "<!--", "-->", "<![CDATA[", "]]>", "\"", "'", "&lt;", "&", "|", "[x]", "](https://evil.test)", "![", "`", "```", "**", "_", "~~", "\\",
        "#", "- ", "1. ", "{0}", "{", "}", "\n", "\r\n", "\r", "\t", "\0", "\u001B[31m", "\u0085", "\u2028", "\u202E", "\u2066", "\uD800", "\uDC00", "\uFFFE", "\uFFFF", "😀", "日本", "é", " ", "a", "gate.yaml:1",
    ];

    public static readonly Gen<string> Hostile =
        from count in Gen.Choose(0, 6)
        from parts in Gen.Elements(Fragments).ListOf(count)
        select string.Concat(parts);

    private static readonly Gen<Evidence> HostileEvidence =
        from texts in Hostile.ListOf(7)
        from verdict in Gen.Elements(Enum.GetValues<Verdict>())
        from details in Hostile.ListOf(2)
        select new Evidence
        {
            Check = texts[0], Type = texts[1], Verdict = verdict, Reason = texts[2], Value = texts[3], Bound = new Bound(texts[4], BoundOperator.Equal, Unit.None, [], [texts[4]]),
            NextStep = texts[5], Source = $"gate{texts[6]}:3", Details = [.. details], Time = Noon, Duration = TimeSpan.FromMilliseconds(12),
        };

    /// <summary>Results in which every text is what somebody would write to break a report.</summary>
    public static readonly Gen<GateResult> HostileResults =
        from texts in Hostile.ListOf(5)
        from status in Gen.Elements(Enum.GetValues<GateStatus>())
        from stale in Gen.Elements(false, false, true)
        from prerequisites in Gen.Choose(0, 2).SelectMany(HostileEvidence.ListOf)
        from sections in (from name in Hostile from evidence in Gen.Choose(1, 3).SelectMany(HostileEvidence.ListOf) select new GateSection { Name = name, Score = 50, Evidence = [.. evidence] }).ListOf(2)
        select new GateResult
        {
            Gate = texts[0], Release = texts[1], Status = status, Score = 66.666, PassScore = 95, Reason = texts[2], Prerequisites = [.. prerequisites], Sections = [.. sections],
            ValidUntil = stale ? Noon : null, StaleSince = stale && status == GateStatus.Passed ? Noon : null,
            Time = Noon, Duration = TimeSpan.FromSeconds(1.5), Digest = texts[3], JournalReference = texts[4],
        };

    /// <summary>A gate with a check of each verdict but Skipped.</summary>
    public static GateResult Failed() => new()
    {
        Gate = "production",
        Release = "2.4.0",
        Status = GateStatus.Failed,
        Score = 40.009,
        PassScore = 95,
        Reason = "The readiness score 40 is below the pass score 95.",
        Prerequisites = [Seen("build", Verdict.Pass, "It succeeded.")],
        Sections =
        [
            new GateSection
            {
                Name = "tests", Weight = 3, Score = 50, Evidence =
                [
                    Seen("unit", Verdict.Pass, "Pass rate is 98.28%, within the bound >= 98% by 0.28%.") with { Value = 0.9828, Unit = Unit.Ratio, Bound = Share(">= 98%", 0.98) },
                    Seen("load", Verdict.Fail, "p95 620.5ms is above the bound < 500ms by 120.5ms.") with { Value = 0.6205, Unit = Unit.Seconds, Details = ["Failed: checkout"], NextStep = "Look at it." },
                ],
            },
            new GateSection
            {
                Name = "world", Score = 0, Evidence =
                [
                    Seen("coverage", Verdict.NoData, "There is no report."), Seen("scan", Verdict.Stale, "It is 3 days old."), Seen("http", Verdict.Error, "It does not answer."), Seen("canary", Verdict.Inconclusive, "Too few requests."),
                ],
            },
        ],
        Time = Noon,
        Duration = TimeSpan.FromSeconds(1.5),
        Digest = "d1",
        JournalReference = "gates/production#7",
    };

    /// <summary>A gate whose prerequisite is unmet.</summary>
    public static GateResult Skipped() => Failed() with
    {
        Status = GateStatus.Skipped,
        Score = 0,
        Reason = "The prerequisite 'build' is unmet.",
        Prerequisites = [Seen("build", Verdict.Fail, "It failed.")],
        Sections = [new GateSection { Name = "tests", Evidence = [Seen("unit", Verdict.Skipped, "Not run.")] }],
    };

    /// <summary>A gate whose document could not be read: it has no evidence.</summary>
    public static GateResult Unasked() => new() { Gate = "broken", Status = GateStatus.Blocked, Reason = "The gate could not be asked.", Time = Noon };

    /// <summary>A gate that passed, although one of its checks did not.</summary>
    public static GateResult Passed() => Failed() with
    {
        Status = GateStatus.Passed,
        Score = 96,
        Reason = "The readiness score 96 reaches the pass score 95.",
        Sections = [new GateSection { Name = "tests", Evidence = [Seen("unit", Verdict.Pass, "All passed."), Seen("style", Verdict.Fail, "3 warnings.")] }],
    };

    /// <summary>A gate that passed, whose evidence has run out since.</summary>
    public static GateResult Stale() => Passed() with { ValidUntil = Noon.AddHours(1), StaleSince = Noon.AddHours(1), Sections = [new GateSection { Name = "tests", Evidence = [Seen("unit", Verdict.Pass, "All passed.")] }] };

    public static Evidence Seen(string check, Verdict verdict, string reason) => new()
    {
        Check = check, Type = "file", Verdict = verdict, Reason = reason, Time = Noon, Duration = TimeSpan.FromMilliseconds(12), Source = "/repo/deploy/gate.yaml:16",
    };

    public static string Write(GateReportFormat format, params GateResult[] results) => GateReport.Write(format, results, Options);

    private static Bound Share(string text, double number) => new(text, BoundOperator.GreaterOrEqual, Unit.Ratio, [number]);
}
