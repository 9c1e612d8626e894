using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Gates;

namespace ReadyOps.Core.Tests.Gates;

public sealed class GateRulesTests
{
    private static readonly Gen<Verdict> Verdicts = Gen.Elements(Verdict.Pass, Verdict.Pass, Verdict.Fail, Verdict.NoData, Verdict.Stale, Verdict.Error, Verdict.Inconclusive);

    // Weights with up to two decimals, so that a naive sum of doubles would go astray.
    private static readonly Gen<Case> Cases =
        from sections in Gen.Choose(1, 4)
        from weights in Gen.Choose(1, 300).ListOf(sections)
        from rows in Rows().ListOf(sections)
        from passScore in Gen.Choose(0, 10_000)
        select new Case([.. weights.Select(w => w / 100m)], [.. rows.Select(r => r.ToArray())], passScore / 100m);

    [Fact]
    public void The_score_is_what_the_formula_says_and_within_0_and_100() => Check.QuickThrowOnFailure(Prop.ForAll(Cases.ToArbitrary(), given =>
    {
        // Written from the definition: 100 * sum(section weight * sum(passed) / sum(all)) / sum(section weight).
        double sum = 0, all = 0;
        for (int i = 0; i < given.Rows.Length; i++)
        {
            double passed = given.Rows[i].Where(r => r.Verdict == Verdict.Pass).Sum(r => (double)r.Weight);
            sum += (double)given.Weights[i] * passed / given.Rows[i].Sum(r => (double)r.Weight);
            all += (double)given.Weights[i];
        }

        double score = Score(given);
        return score is >= 0 and <= 100 && Math.Abs(score - (100 * sum / all)) < 1e-8;
    }));

    [Fact]
    public void Turning_a_verdict_into_a_pass_never_lowers_the_score_nor_worsens_the_status() => Check.QuickThrowOnFailure(Prop.ForAll(Cases.ToArbitrary(), given =>
    {
        (GateStatus status, double score) before = (Decide(given), Score(given));
        for (int i = 0; i < given.Rows.Length; i++)
        {
            for (int j = 0; j < given.Rows[i].Length; j++)
            {
                Row[][] rows = [.. given.Rows.Select(r => r.ToArray())];
                rows[i][j] = rows[i][j] with { Verdict = Verdict.Pass };
                Case better = given with { Rows = rows };
                if (Score(better) < before.score || Goodness(Decide(better)) < Goodness(before.status)) return false;
            }
        }

        return true;
    }));

    [Fact]
    public void A_gate_passes_only_when_every_critical_check_passed() => Check.QuickThrowOnFailure(Prop.ForAll(Cases.ToArbitrary(), given =>
        Decide(given) != GateStatus.Passed || given.Rows.SelectMany(r => r).All(r => !r.Critical || r.Verdict == Verdict.Pass)));

    [Fact]
    public void A_gate_of_passes_passes() => Check.QuickThrowOnFailure(Prop.ForAll(Cases.ToArbitrary(), given =>
    {
        Case all = given with { Rows = [.. given.Rows.Select(row => row.Select(r => r with { Verdict = Verdict.Pass }).ToArray())] };
        return Decide(all) == GateStatus.Passed && Score(all) == 100;
    }));

    [Fact]
    public void A_pass_holds_until_the_first_moment_at_which_the_gate_would_no_longer_pass() => Check.QuickThrowOnFailure(Prop.ForAll(Cases.ToArbitrary(), Gen.Choose(0, 9).ListOf(20).ToArbitrary(), (given, hours) =>
    {
        // Every check passes and holds for some hours, those with 0 for ever; then hour by hour what has run out is no pass any more.
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        int next = 0;
        Case passing = given with { Rows = [.. given.Rows.Select(row => row.Select(r => r with { Verdict = Verdict.Pass }).ToArray())] };
        List<IReadOnlyList<Evidence>> evidence = [.. Evidence(passing).Select(IReadOnlyList<Evidence> (list) => [.. list.Select(one => hours[next++ % hours.Count] is > 0 and int end ? one with { ValidUntil = now.AddHours(end) } : one)])];
        int? first = null;
        for (int hour = 9; hour > 0; hour--)
        {
            Case then = passing with { Rows = [.. passing.Rows.Select((row, i) => row.Select((r, j) => evidence[i][j].ValidUntil <= now.AddHours(hour) ? r with { Verdict = Verdict.Stale } : r).ToArray())] };
            if (Decide(then) != GateStatus.Passed) first = hour;
        }

        return GateRules.ValidUntil(Gate(passing), [], evidence) == (first is { } at ? now.AddHours(at) : null);
    }));

    private static Gen<List<Row>> Rows() =>
        from count in Gen.Choose(1, 5)
        from rows in (from weight in Gen.Choose(1, 300) from verdict in Verdicts from critical in Gen.Elements(false, false, true) select new Row(weight / 100m, verdict, critical)).ListOf(count)
        select rows.ToList();

    private static int Goodness(GateStatus status) => status switch { GateStatus.Failed => 0, GateStatus.Blocked => 1, _ => 2 };

    private static GateStatus Decide(Case given) => GateRules.Decide(Gate(given), Evidence(given)).Status;

    private static double Score(Case given) => GateRules.Score(Gate(given), Evidence(given), verdict => verdict == Verdict.Pass).Percent;

    private static GateDefinition Gate(Case given) => GateTesting.Gate(given.PassScore, [.. given.Rows.Select((rows, i) =>
        new GateSectionDefinition($"s{i}", given.Weights[i], [.. rows.Select((r, j) => GateTesting.Check($"c{i}.{j}", r.Verdict, r.Weight, r.Critical))]))]);

    private static List<IReadOnlyList<Evidence>> Evidence(Case given) =>
        [.. given.Rows.Select(IReadOnlyList<Evidence> (rows) => [.. rows.Select(r => new Evidence { Verdict = r.Verdict, Reason = "r" })])];

    private sealed record Row(decimal Weight, Verdict Verdict, bool Critical);

    private sealed record Case(decimal[] Weights, Row[][] Rows, decimal PassScore);
}
