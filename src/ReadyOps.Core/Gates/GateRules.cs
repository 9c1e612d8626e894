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

        Judged[] failed = [.. all.Where(one => one.Evidence.Verdict == Verdict.Fail)];
        if (failed.FirstOrDefault(one => one.Check.Critical) is { Check: not null } worst)
            return (GateStatus.Failed, $"The critical check '{worst.Check.Name}'{Among(failed, worst, "failed")} failed: {Unblock(worst.Evidence)}");
        if (!Score(gate, evidence, verdict => verdict != Verdict.Fail).Reaches(gate.PassScore))
        {
            Judged first = failed.MaxBy(one => one.Check.Weight);
            return (GateStatus.Failed, $"{told}: '{first.Check.Name}'{Among(failed, first, "failed")} failed: {Unblock(first.Evidence)}");
        }

        bool reached = score.Reaches(gate.PassScore);
        // With the score reached, only critical checks still stand in the way.
        Judged[] open = [.. all.Where(one => one.Evidence.Verdict is not (Verdict.Pass or Verdict.Fail) && (one.Check.Critical || (!reached && one.Check.Weight > 0)))];
        if (open.FirstOrDefault(one => one.Check.Critical) is { Check: not null } missing)
            return (GateStatus.Blocked, $"The critical check '{missing.Check.Name}'{Among(open, missing, "block")} {Missing(missing.Evidence)}");
        return reached ? (GateStatus.Passed, $"{told}{PassedBut(all)}.")
            : (GateStatus.Blocked, $"{told}, and '{open[0].Check.Name}'{Among(open, open[0], "block")} {Missing(open[0].Evidence)}");
    }

    /// <summary>The reason of a gate that did not look, because a prerequisite is unmet.</summary>
    public static string SkippedReason(IReadOnlyList<Evidence> prerequisites)
    {
        Evidence[] unmet = [.. prerequisites.Where(one => one.Verdict != Verdict.Pass)];
        return $"The prerequisite '{unmet[0].Check}'{Among([.. unmet.Select(one => one.Check)], unmet[0].Check, "are unmet")} is unmet ({unmet[0].Verdict}): {Unblock(unmet[0])}";
    }

    /// <summary>
    /// From when on a gate that passed would no longer pass, because what its checks saw has run out; <see langword="null"/> when it
    /// would for ever. Evidence that ran out counts as stale, and more of it never helps a gate: so the moment is found by halving.
    /// </summary>
    public static DateTimeOffset? ValidUntil(GateDefinition gate, IReadOnlyList<Evidence> prerequisites, IReadOnlyList<IReadOnlyList<Evidence>> evidence)
    {
        DateTimeOffset[] ends = [.. prerequisites.Concat(evidence.SelectMany(list => list)).Select(one => one.ValidUntil).OfType<DateTimeOffset>().Distinct().Order()];
        int low = 0, high = ends.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (HoldsAt(ends[middle])) low = middle + 1;
            else high = middle;
        }

        return low < ends.Length ? ends[low] : null;

        bool HoldsAt(DateTimeOffset moment) => prerequisites.All(one => !(one.ValidUntil <= moment))
            && Decide(gate, [.. evidence.Select(IReadOnlyList<Evidence> (list) => [.. list.Select(one => one.ValidUntil <= moment ? one with { Verdict = Verdict.Stale } : one)])]).Status == GateStatus.Passed;
    }

    private static string Told(ReadinessScore score, GateDefinition gate)
    {
        string side = score.Reaches(gate.PassScore) ? "reaches" : "is below";
        return string.Create(CultureInfo.InvariantCulture, $"The readiness score {Math.Floor(score.Percent * 100) / 100:0.##} {side} the pass score {gate.PassScore:0.############}");
    }

    private static string Missing(Evidence evidence)
    {
        (string seen, string todo) = evidence.Verdict switch
        {
            Verdict.NoData => ("found nothing to judge", "; bring it what it looks at and run the gate again"),
            Verdict.Stale => ("saw only something old", "; renew it and run the gate again"),
            Verdict.Error => ("could not look", "; repair that and run the gate again"),
            Verdict.Inconclusive => ("saw too little to judge", "; run the gate again when there is more"),
            _ => ("was not run", ""),
        };
        return $"{seen}{(evidence.NextStep.Length > 0 ? "" : todo)}: {Unblock(evidence)}";
    }

    // A command ends the sentence without a full stop: one that is pasted along would be an argument.
    private static string Unblock(Evidence evidence) =>
        evidence.NextStep.Length > 0 ? $"{evidence.Reason.TrimEnd('.')}; to unblock it: {evidence.NextStep}" : evidence.Reason;

    private static string Among(IReadOnlyList<Judged> all, Judged told, string verb) => Among([.. all.Select(one => one.Check.Name)], told.Check.Name, verb);

    private static string Among(IReadOnlyList<string> all, string told, string verb)
    {
        if (all.Count == 1) return "";
        string[] others = [.. all.Where(name => name != told).Select(name => $"'{name}'")];
        string more = others.Length > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {others.Length - 3} more") : "";
        return string.Create(CultureInfo.InvariantCulture, $" (1 of {all.Count} that {verb}, with {string.Join(", ", others.Take(3))}{more})");
    }

    private static string PassedBut(List<Judged> all)
    {
        int open = all.Count(one => one.Evidence.Verdict != Verdict.Pass);
        return open == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", although {open} of {all.Count} checks did not pass");
    }
}
