using System.Globalization;
using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Gates;

/// <summary>One check of a gate beside what it saw.</summary>
internal readonly record struct Judged(CheckDefinition Check, Evidence Evidence);

/// <summary>
/// Decides about a gate from what its checks saw: pure. Turning any verdict into a pass never lowers the score and never makes
/// the status worse (Failed, Blocked, Passed), which is why a score that can no longer be reached goes before a critical check that is
/// only missing.
/// </summary>
internal static class GateRules
{
    /// <summary>The score: Σ section weight × weighted share of its checks that passed / Σ section weight.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="evidence">What was seen, section by section, in order.</param>
    /// <param name="counts">Which verdicts count; only a pass does, unless the best possible outcome is asked for.</param>
    public static ReadinessScore Score(GateDefinition gate, IReadOnlyList<IReadOnlyList<Evidence>> evidence, Func<Verdict, bool> counts) =>
        ReadinessScore.Mean(gate.Sections.Select((section, i) => (section.Weight, SectionScore(section, evidence[i], counts))));

    /// <summary>The score of one section.</summary>
    public static ReadinessScore SectionScore(GateSectionDefinition section, IReadOnlyList<Evidence> evidence, Func<Verdict, bool> counts) =>
        ReadinessScore.Share(section.Checks.Select((check, i) => (check.Weight, counts(evidence[i].Verdict))));

    /// <summary>Status and reason.</summary>
    public static (GateStatus Status, string Reason) Decide(GateDefinition gate, IReadOnlyList<IReadOnlyList<Evidence>> evidence)
    {
        List<Judged> all = [.. gate.Sections.SelectMany((section, i) => section.Checks.Select((check, j) => new Judged(check, evidence[i][j])))];
        ReadinessScore score = Score(gate, evidence, verdict => verdict == Verdict.Pass);
        string told = Told(score, gate);

        if (all.FirstOrDefault(one => one.Check.Critical && one.Evidence.Verdict == Verdict.Fail) is { Check: not null } failed)
            return (GateStatus.Failed, $"The critical check '{failed.Check.Name}' failed: {failed.Evidence.Reason}{Others(all, Verdict.Fail, failed)}");
        if (!Score(gate, evidence, verdict => verdict != Verdict.Fail).Reaches(gate.PassScore))
        {
            Judged first = all.Where(one => one.Evidence.Verdict == Verdict.Fail).MaxBy(one => one.Check.Weight);
            return (GateStatus.Failed, $"{told}: '{first.Check.Name}' failed: {first.Evidence.Reason}{Others(all, Verdict.Fail, first)}");
        }

        if (all.FirstOrDefault(one => one.Check.Critical && one.Evidence.Verdict != Verdict.Pass) is { Check: not null } missing)
            return (GateStatus.Blocked, $"The critical check '{missing.Check.Name}' {Missing(missing.Evidence)}");
        if (score.Reaches(gate.PassScore)) return (GateStatus.Passed, $"{told}{PassedBut(all)}.");
        Judged unseen = all.First(one => one.Evidence.Verdict is not (Verdict.Pass or Verdict.Fail) && one.Check.Weight > 0);
        return (GateStatus.Blocked, $"{told}, and '{unseen.Check.Name}' {Missing(unseen.Evidence)}");
    }

    /// <summary>The reason of a gate that did not look, because a prerequisite is unmet.</summary>
    public static string SkippedReason(IReadOnlyList<Evidence> prerequisites)
    {
        Evidence[] unmet = [.. prerequisites.Where(one => one.Verdict != Verdict.Pass)];
        string others = unmet.Length > 1 ? $" Unmet as well: {string.Join(", ", unmet.Skip(1).Select(one => $"'{one.Check}'"))}." : "";
        return $"The prerequisite '{unmet[0].Check}' is unmet ({unmet[0].Verdict}): {unmet[0].Reason}{others}";
    }

    private static string Told(ReadinessScore score, GateDefinition gate)
    {
        string side = score.Reaches(gate.PassScore) ? "reaches" : "is below";
        return string.Create(CultureInfo.InvariantCulture, $"The readiness score {Math.Floor(score.Percent * 100) / 100:0.##} {side} the pass score {gate.PassScore:0.############}");
    }

    private static string Missing(Evidence evidence) => evidence.Verdict switch
    {
        Verdict.NoData => $"found nothing to judge; bring it what it looks at and run the gate again: {evidence.Reason}",
        Verdict.Stale => $"saw only something old; renew it and run the gate again: {evidence.Reason}",
        Verdict.Error => $"could not look; repair that and run the gate again: {evidence.Reason}",
        Verdict.Inconclusive => $"saw too little to judge; run the gate again when there is more: {evidence.Reason}",
        _ => $"was not run: {evidence.Reason}",
    };

    private static string Others(List<Judged> all, Verdict verdict, Judged told)
    {
        string[] names = [.. all.Where(one => one.Evidence.Verdict == verdict && one.Check != told.Check).Select(one => $"'{one.Check.Name}'")];
        if (names.Length == 0) return "";
        string more = names.Length > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {names.Length - 3} more") : "";
        return $" Failed as well: {string.Join(", ", names.Take(3))}{more}.";
    }

    private static string PassedBut(List<Judged> all)
    {
        int open = all.Count(one => one.Evidence.Verdict != Verdict.Pass);
        return open == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", although {open} of {all.Count} checks did not pass");
    }
}
