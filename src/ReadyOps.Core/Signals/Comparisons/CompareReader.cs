using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Signals.Comparisons;

/// <summary>Reads comparisons off a document.</summary>
internal static class CompareReader
{
    /// <summary>The share of false alarms of a whole rollout, shared by the comparisons that name none of their own.</summary>
    public const double RolloutAlpha = 0.02;

    private const double FewTrials = 100;
    private const double FewSamples = 20;
    private const string KindExpected = "'query' for samples, or 'events' (or 'good') with 'total' or 'exposure' for counts";

    private static readonly string[] Measures = ["query", "events", "good"];
    private static readonly string[] Sizes = ["total", "exposure"];

    private static readonly CheckMember[] SideMembers =
    [
        new("query", CheckMemberKind.Text, "PromQL that gives samples in base units, one series or one of each instance; ${window} in it stands for the interval. Instead of counts.") { Examples = ["histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{version=\"2.0\"}[${window}])))"] },
        new("events", CheckMemberKind.Text, "The counter of the events that do harm, as a selector. Its increase is counted exactly, process by process.") { Examples = ["http_requests_total{version=\"2.0\",code=~\"5..\"}"] },
        new("good", CheckMemberKind.Text, "The counter of the good events instead of 'events': the rest of the total does harm.") { Examples = ["http_request_duration_seconds_bucket{version=\"2.0\",le=\"0.3\"}"] },
        new("total", CheckMemberKind.Text, "The counter of everything that the events are out of.") { Examples = ["http_requests_total{version=\"2.0\"}"] },
        new("exposure", CheckMemberKind.Text, "Instead of 'total', during how much the events happened: a counter such as bytes or seconds, or PromQL for the exposure of one look.") { Examples = ["sum(up{version=\"2.0\"})"] },
    ];

    /// <summary>The members that say what is compared and how: the same in a check, in a metric of an analysis and in a signal.</summary>
    public static IReadOnlyList<CheckMember> RuleMembers { get; } =
    [
        new("canary", CheckMemberKind.Object, "What the release is measured by.") { Required = true, Members = SideMembers },
        new("baseline", CheckMemberKind.Object, "The same of what it is held against: what runs already, at the same time.") { Required = true, Members = SideMembers },
        new("direction", CheckMemberKind.Choice, "Which change does harm; for events 'increase' without it, for samples 'either'.") { Values = ["increase", "decrease", "either"] },
        new("tolerance", CheckMemberKind.Share, "The relative change from which on a difference matters: 25% lets the canary be 1.25 times the baseline, or 1/1.25 of it.") { Default = "25%" },
        new("absoluteTolerance", CheckMemberKind.Text, "A difference that never matters, in the unit of the data; not for samples in a signal.") { Examples = ["0.1%", "5ms"] },
        new("nonFinite", CheckMemberKind.Choice, "What becomes of NaN and infinite samples: they leave it undecided, are left out, or fail.") { Default = "inconclusive", Values = ["inconclusive", "drop", "fail"] },
        new("absentIsZero", CheckMemberKind.Flag, "Whether no series of events at all means that there were none; a query with a slip finds none either.") { Default = "false" },
        new("minimum", CheckMemberKind.Number, "The fewest trials, samples or units of exposure of each side. In a check what the test needs without it; in each step of a rollout 100 trials or 20 samples.") { Minimum = 0 },
    ];

    /// <summary>The members that one look at a window has.</summary>
    public static IReadOnlyList<CheckMember> WindowMembers { get; } =
    [
        new("confidence", CheckMemberKind.Share, "How sure a verdict has to be, from 50% to below 100%.") { Default = "98%", Use = CheckMemberUse.Check },
        new("method", CheckMemberKind.Choice, "By which test; what fits the data without it.") { Default = "auto", Values = ["auto", "mannWhitney", "fisher", "twoProportion", "poissonRate", "sequential"], Use = CheckMemberUse.Check },
        new("outlierFence", CheckMemberKind.Number, "Leaves out samples further than so many interquartile ranges outside the quartiles of their side. Off without it.") { Examples = ["3"], Use = CheckMemberUse.Check },
    ];

    /// <summary>Reads what is compared.</summary>
    /// <param name="reader">The check, metric or signal.</param>
    /// <param name="alpha">Of a signal its share of false alarms; <see langword="null"/> for one look at a window.</param>
    public static CompareRule Read(ObjectReader reader, double? alpha)
    {
        CompareSide canary = Side(reader, "canary", out CompareKind kind), baseline = Side(reader, "baseline", out CompareKind other);
        if (kind != other) reader.Problem("baseline", "the two sides are not measured the same way", "the same members as in 'canary'");
        bool samples = kind == CompareKind.Samples;
        var rule = new CompareRule
        {
            Canary = canary,
            Baseline = baseline,
            Kind = kind,
            Options = new ComparisonOptions
            {
                Direction = reader.Choice("direction", samples ? ComparisonDirection.Either : ComparisonDirection.Increase),
                Tolerance = (double)(reader.Percent("tolerance", 25) / 100),
                AbsoluteTolerance = Absolute(reader),
                Confidence = alpha is { } share ? 1 - share : (double)(reader.Percent("confidence", 98) / 100),
                Method = alpha is null ? reader.Choice("method", ComparisonMethod.Auto) : ComparisonMethod.Sequential,
                MinimumN = alpha is null ? reader.Number("minimum", 0, 0) : 0,
                NonFinite = reader.Choice("nonFinite", NonFinitePolicy.Inconclusive),
                OutlierFence = alpha is null && reader.Has("outlierFence") ? reader.Number("outlierFence", 3, double.Epsilon) : null,
            },
            Interval = Interval(reader),
            Lag = reader.Duration("lag", TimeSpan.FromSeconds(5)),
            AbsentIsZero = reader.Flag("absentIsZero"),
            Pass = alpha is null ? ComparePass.NoEvidence : reader.Choice("pass", ComparePass.NoEvidence),
            StepMinimum = reader.Number("minimum", kind switch { CompareKind.Samples => FewSamples, CompareKind.Shares => FewTrials, _ => 0 }, 0),
        };
        Check(reader, rule);
        return rule;
    }

    /// <summary>Its share of false alarms, in a rollout.</summary>
    /// <param name="reader">The signal.</param>
    /// <param name="among">How many comparisons share what a rollout has.</param>
    public static double Alpha(ObjectReader reader, int among)
    {
        if (!reader.Has("alpha")) return RolloutAlpha / Math.Max(1, among);
        double alpha = (double)(reader.Percent("alpha", 2) / 100);
        if (alpha is > 0 and <= 0.5) return alpha;
        reader.Problem("alpha", "so many false alarms cannot be meant", "a share above 0 and up to 50%, such as 2%");
        return RolloutAlpha;
    }

    private static TimeSpan Interval(ObjectReader reader)
    {
        TimeSpan interval = reader.Duration("interval", TimeSpan.FromMinutes(1));
        if (interval >= TimeSpan.FromSeconds(1) && interval.Ticks % TimeSpan.TicksPerMillisecond == 0) return interval;
        reader.Problem("interval", $"{Quantities.Format(interval)} is too short for a look", "at least 1s, in whole milliseconds");
        return TimeSpan.FromMinutes(1);
    }

    private static double Absolute(ObjectReader reader)
    {
        if (reader.OptionalText("absoluteTolerance") is not { } text) return 0;
        if (Quantities.TryParseNumber(text, out double value, out _) && value >= 0) return value;
        reader.Problem("absoluteTolerance", $"this is '{Judge.Cut(text)}'", "a number of at least 0, with or without a unit");
        return 0;
    }

    private static CompareSide Side(ObjectReader reader, string name, out CompareKind kind)
    {
        kind = CompareKind.Samples;
        if (reader.Object(name) is not { } side)
        {
            reader.Problem(name, $"'{name}' is missing", KindExpected);
            return new CompareSide();
        }

        string[] given = [.. Measures.Where(side.Has)], sizes = [.. Sizes.Where(side.Has)];
        bool samples = given is ["query"];
        if (given.Length != 1 || (samples ? sizes.Length > 0 : sizes.Length != 1))
        {
            reader.Problem(name, "it does not say what is measured", KindExpected);
            return new CompareSide();
        }

        if (samples) return new CompareSide { Query = side.RequiredText("query") };
        kind = sizes[0] == "total" ? CompareKind.Shares : CompareKind.Rates;
        string size = side.RequiredText(sizes[0]).Trim();
        bool counter = MetricSelector.TryParse(size, out _, out _);
        if (!counter && kind == CompareKind.Shares) side.Problem("total", "this is no counter", MetricSelector.Expected);
        string events = side.RequiredText(given[0]).Trim();
        if (!MetricSelector.TryParse(events, out _, out _)) side.Problem(given[0], "this is no counter", MetricSelector.Expected);
        return new CompareSide { Events = events, CountsGood = given[0] == "good", Size = size, SizeIsCounter = counter };
    }

    private static void Check(ObjectReader reader, CompareRule rule)
    {
        try
        {
            rule.Options.Check();
        }
        catch (ReadyOpsException e)
        {
            reader.Problem(rule.Options.Tolerance > 0 ? "confidence" : "tolerance", e.Message.TrimEnd('.'), e.NextStep.TrimEnd('.'));
        }

        ComparisonMethod method = rule.Options.Method;
        bool fits = method is ComparisonMethod.Auto or ComparisonMethod.Sequential || rule.Kind switch
        {
            CompareKind.Samples => method == ComparisonMethod.MannWhitney,
            CompareKind.Shares => method != ComparisonMethod.MannWhitney,
            _ => method == ComparisonMethod.PoissonRate,
        };
        if (!fits) reader.Problem("method", $"'{reader.OptionalText("method")}' does not compare {rule.What}", "auto, or a method for such data");
        if (rule.Kind != CompareKind.Samples) return;
        if (method == ComparisonMethod.Sequential && (rule.Options.AbsoluteTolerance > 0 || rule.Options.OutlierFence is not null))
            reader.Problem(rule.Options.AbsoluteTolerance > 0 ? "absoluteTolerance" : "outlierFence", "the sequential test of samples goes by order alone", "nothing, or counts of events");
        foreach (string side in (string[])["canary", "baseline"]) CheckReach(reader.Object(side), rule.Interval);
    }

    // Samples that share data look more certain than they are.
    private static void CheckReach(ObjectReader? side, TimeSpan interval)
    {
        if (side?.OptionalText("query") is not { } query) return;
        try
        {
            TimeSpan reach = PromQlReach.Of(query.Replace(PrometheusSignalSource.WindowVariable, PrometheusSignalSource.Write(interval), StringComparison.Ordinal));
            if (reach > interval)
                side.Problem("query", $"it looks back {Quantities.Format(reach)}, and looks are {Quantities.Format(interval)} apart, so they would share data", "[${window}], which is the interval, or a longer 'interval'");
        }
        catch (ReadyOpsException e)
        {
            side.Problem("query", e.Message.TrimEnd('.'), e.NextStep.TrimEnd('.'));
        }
    }
}
