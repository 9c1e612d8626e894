using System.Globalization;
using ReadyOps.Core.Checks.Reports;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>What a check of tests asks about the change since the last run.</summary>
internal sealed record TestsComparison
{
    private const int Told = 20;

    /// <summary>How many tests may fail that did not fail then.</summary>
    public Bound? NewFailures { get; init; }

    /// <summary>How many tests may be flaky.</summary>
    public Bound? Flaky { get; init; }

    /// <summary>How many tests fewer may have run, as a number or as a share.</summary>
    public Bound? Fewer { get; init; }

    /// <summary>How much longer all tests together may take, as a share.</summary>
    public Bound? Slowdown { get; init; }

    /// <summary>How much longer any one test may take, as a share.</summary>
    public Bound? TestSlowdown { get; init; }

    /// <summary>Slower by less than this is not slower.</summary>
    public TimeSpan Noise { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether anything cannot be said without an earlier run.</summary>
    public bool NeedsBefore => NewFailures is not null || Fewer is not null || Slowdown is not null || TestSlowdown is not null;

    /// <summary>The members that describe it.</summary>
    public static IReadOnlyList<CheckMember> Members { get; } =
    [
        new("newFailures", CheckMemberKind.Bound, "How many tests may fail that did not fail in the last run that passed.") { Examples = ["== 0"] },
        new("flaky", CheckMemberKind.Bound, "How many tests may be flaky: passed only when run again, or changing to and fro over the last runs.") { Examples = ["<= 3"] },
        new("fewer", CheckMemberKind.Bound, "How many tests fewer may have run than in the last run that passed, as a number or as a share of them.") { Examples = ["== 0", "<= 1%"] },
        new("slowdown", CheckMemberKind.Bound, "How much longer the tests may take together than in the last run that passed; those that both runs tell the time of.") { Examples = ["<= 20%"] },
        new("testSlowdown", CheckMemberKind.Bound, "How much longer any one test may take.") { Examples = ["<= 100%"] },
        new("noise", CheckMemberKind.Duration, "Slower by less than this is not slower.") { Default = "1s" },
        new("previous", CheckMemberKind.Paths, "Reports of an earlier run to compare with, instead of the last run that passed."),
    ];

    /// <summary>Reads it off a check.</summary>
    public static TestsComparison Read(ObjectReader reader) => new()
    {
        NewFailures = Of(reader, "newFailures", "a bound such as '== 0'", Unit.None),
        Flaky = Of(reader, "flaky", "a bound such as '<= 3'", Unit.None),
        Fewer = Of(reader, "fewer", "a bound such as '== 0' or '<= 1%'", Unit.None, Unit.Ratio),
        Slowdown = Of(reader, "slowdown", "a bound such as '<= 20%'", Unit.Ratio),
        TestSlowdown = Of(reader, "testSlowdown", "a bound such as '<= 100%'", Unit.Ratio),
        Noise = reader.Duration("noise", TimeSpan.FromSeconds(1)),
    };

    /// <summary>Judges what is asked.</summary>
    public IEnumerable<Observation> Judged(TestReport report, TestHistory history, string? release)
    {
        if (Flaky is not null) yield return Judge.Number("Number of flaky tests", FlakyCount(report, history, release), Flaky);
        if (history.Before is not { } before) yield break;
        if (NewFailures is not null) yield return Judge.Number("Number of newly failing tests", history.NewlyFailing, NewFailures);
        if (Fewer is not null)
        {
            int fewer = Math.Max(0, before.Executed - report.Executed);
            string note = string.Create(CultureInfo.InvariantCulture, $"{report.Executed} now, {before.Executed} in the last run");
            yield return Fewer.Unit == Unit.Ratio
                ? Judge.Number("Share of tests that no longer run", before.Executed == 0 ? 0 : (double)fewer / before.Executed, Fewer, note)
                : Judge.Number("Number of tests that no longer run", fewer, Fewer, note);
        }

        if (Slowdown is not null) yield return JudgeTotal(history, Slowdown);
        if (TestSlowdown is not null) yield return JudgeOne(history, TestSlowdown);
    }

    /// <summary>What changed, for a person, whatever is asked.</summary>
    public IEnumerable<string> Details(TestReport report, TestHistory history, string? release)
    {
        foreach (string name in history.NewNames) yield return $"Newly failing: {name}";
        foreach (string name in history.Unsteady(release).Take(Told)) yield return $"Flaky, changes to and fro over the last runs: {name}";
        foreach ((string name, double then, double now) in history.Slower(Noise).Take(Told)) yield return $"Slower: {name}: {Time(now)}, then {Time(then)}";
        if (history.Before is not { } before) yield break;
        if (report.Executed < before.Executed) yield return string.Create(CultureInfo.InvariantCulture, $"{before.Executed - report.Executed} tests fewer than in the last run.");
        (double first, double second, int count) = history.Total();
        if (Math.Abs(second - first) >= Noise.TotalSeconds)
            yield return string.Create(CultureInfo.InvariantCulture, $"The {count} tests that both runs tell the time of took {Time(second)}, in the last run {Time(first)}.");
    }

    private static int FlakyCount(TestReport report, TestHistory history, string? release) => report.Flaky + history.Unsteady(release).Count(name => !report.IsFlaky(name));

    private Observation JudgeTotal(TestHistory history, Bound bound)
    {
        (double before, double now, int count) = history.Total();
        if (count == 0) return NoTimes(bound);
        double slower = now - before < Noise.TotalSeconds ? Math.Min(0, Ratio(before, now)) : Ratio(before, now);
        return Judge.Number("Slowdown of the tests", slower, Unit.Ratio, bound, string.Create(CultureInfo.InvariantCulture, $"{count} tests in {Time(now)}, in the last run {Time(before)}"));
    }

    private Observation JudgeOne(TestHistory history, Bound bound)
    {
        if (history.Total().Count == 0) return NoTimes(bound);
        (string Name, double Before, double Now)[] slower = [.. history.Slower(Noise)];
        if (slower.Length == 0) return Judge.Number("Slowdown of any one test", 0, Unit.Ratio, bound, $"none by {Quantities.Format(Noise)} or more");
        (string name, double before, double now) = slower.MaxBy(test => Ratio(test.Before, test.Now));
        return Judge.Number($"Slowdown of {name}", Ratio(before, now), Unit.Ratio, bound, $"{Time(now)}, in the last run {Time(before)}");
    }

    private static Observation NoTimes(Bound bound) =>
        Observation.Of(Verdict.NoData, "No test has a time in both runs, so it is not known whether they got slower.") with { Bound = bound };

    // What took no time at all then is compared with a millisecond, the resolution of most reports. A quotient is rounded, or 12 s
    // after 10 s would not be 20%.
    private static double Ratio(double before, double now) => Math.Round((now / Math.Max(before, 0.001)) - 1, 9);

    private static string Time(double seconds) => Quantities.Format(seconds, Unit.Seconds);

    private static Bound? Of(ObjectReader reader, string name, string expected, params Unit[] units)
    {
        Bound? bound = reader.OptionalBound(name);
        bool zero = bound is { IsText: false } && bound.Numbers.All(number => number == 0);
        if (bound is not null && (bound.IsText || (!zero && Array.IndexOf(units, bound.Unit) < 0))) reader.Problem(name, $"'{bound}' does not fit here", expected);
        CheckReader.RefuseUpsideDown(reader, name, bound, moreIsBetter: false);
        return bound;
    }
}
