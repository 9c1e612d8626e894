namespace ReadyOps.Core.Statistics;

/// <summary>
/// The rule by which every comparison decides. Fail needs both: a significant change in a direction that does harm, and an estimate
/// beyond the tolerance. Pass needs the limit of the interval, and not just the estimate, within the tolerance in every direction that
/// does harm. Anything between is inconclusive: what is not shown to be harmless does not pass, and what may be noise does not fail.
/// </summary>
internal static class Judgement
{
    /// <summary>Decides, and says why.</summary>
    /// <param name="options">What was asked.</param>
    /// <param name="facts">Everything that was found out so far; the verdict and its words are added.</param>
    /// <param name="effect">How far the canary is from the baseline.</param>
    /// <param name="found">What besides the numbers bears on the verdict.</param>
    public static MetricComparison Decide(ComparisonOptions options, MetricComparison facts, Effect effect, Findings found)
    {
        double absolute = options.AbsoluteTolerance;
        bool failsUp = options.UpHarms && found.SignificantUp && effect.BeyondUp(absolute);
        bool failsDown = options.DownHarms && found.SignificantDown && effect.BeyondDown(absolute);
        bool passesUp = !options.UpHarms || found.NoneHigher || effect.WithinUp(absolute);
        bool passesDown = !options.DownHarms || found.NoneLower || effect.WithinDown(absolute);
        string seen = Seen(facts, effect, found);
        string limits = Limits(options, effect);
        if (failsUp || failsDown)
            return facts with { Verdict = Verdict.Fail, Reason = $"{seen}: {(failsUp ? "higher" : "lower")} than {limits} allows." };
        if (passesUp && passesDown)
        {
            return found.Against.Length == 0
                ? facts with { Verdict = Verdict.Pass, Reason = found.NoneHigher && found.NoneLower ? $"{seen}: every value is the same." : $"{seen}: within {limits}." }
                : facts with { Verdict = Verdict.Inconclusive, Reason = $"{seen}: within {limits}, but {found.Against}.", NextStep = found.NextStep };
        }

        bool beyond = (options.UpHarms && effect.BeyondUp(absolute)) || (options.DownHarms && effect.BeyondDown(absolute));
        return facts with
        {
            Verdict = Verdict.Inconclusive,
            Reason = beyond ? $"{seen}: beyond {limits}, but that may be chance." : $"{seen}: a change beyond {limits} is not ruled out.",
            NextStep = More(effect.MoreNeeded(options), facts, found),
        };
    }

    private static string Seen(MetricComparison facts, Effect effect, Findings found)
    {
        string sure = $"at {Text.Percent(facts.Confidence)} confidence", interval = $"{Text.Of(effect.Low)} to {Text.Of(effect.High)} {sure}";
        string relation = !effect.IsRatio ? $"differs from the baseline by {Text.Of(effect.Estimate)} ({interval})"
            : double.IsInfinity(effect.Estimate) ? $"has something where the baseline has nothing (at least {Text.Of(effect.Low)} times as much {sure})"
            : $"is {Text.Of(effect.Estimate)} times the baseline ({interval})";
        return $"The canary {relation}, p = {Text.Of(facts.PValue ?? 1)} by {facts.Method} of {found.Data}";
    }

    private static string Limits(ComparisonOptions options, Effect effect)
    {
        string upper = Text.Of(effect.Upper), lower = Text.Of(effect.Lower);
        string bounds = options.Direction switch
        {
            ComparisonDirection.Increase => $"at most {upper}",
            ComparisonDirection.Decrease => $"at least {lower}",
            _ => $"{lower} to {upper}",
        };
        return $"the tolerance ({bounds}{(options.AbsoluteTolerance > 0 ? $", or a difference of {Text.Of(options.AbsoluteTolerance)}" : "")})";
    }

    private static string More(double? times, MetricComparison facts, Findings found)
    {
        if (times is not { } factor) return found.NextStep.Length > 0 ? found.NextStep : "Go on measuring, widen -Tolerance, or say with -AbsoluteTolerance which difference never matters.";
        (double baseline, double canary) = (Math.Ceiling(facts.BaselineN * factor), Math.Ceiling(facts.CanaryN * factor));
        return $"If it stays so, about {Text.Count(baseline)} against {Text.Count(canary)} {found.What} would settle it. {found.NextStep}".TrimEnd();
    }

    /// <summary>What besides the effect bears on a verdict.</summary>
    /// <param name="Data">What was compared, in words.</param>
    /// <param name="What">What there would have to be more of: samples, trials.</param>
    /// <param name="SignificantUp">Whether the canary is significantly higher.</param>
    /// <param name="SignificantDown">Whether it is significantly lower.</param>
    /// <param name="NoneHigher">Whether nothing in the canary is above anything in the baseline.</param>
    /// <param name="NoneLower">Whether nothing is below.</param>
    /// <param name="Against">What speaks against a pass, as a clause; empty when nothing does.</param>
    /// <param name="NextStep">What to do about that.</param>
    internal sealed record Findings(string Data, string What, bool SignificantUp, bool SignificantDown, bool NoneHigher = false, bool NoneLower = false, string Against = "", string NextStep = "");
}
