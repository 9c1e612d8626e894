using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>Reads the signals of a rollout document: those written out, and the golden signals.</summary>
internal static class SignalReader
{
    /// <summary>The members that a signal of any type has.</summary>
    public static IReadOnlyList<CheckMember> CommonMembers { get; } =
    [
        new("name", CheckMemberKind.Text, "What the signal is called; unique in its document.") { Required = true },
        new("type", CheckMemberKind.Text, "Where its values come from.") { Default = "prometheus" },
        new("for", CheckMemberKind.Duration, "How long the bound must be broken without a break before the rollout is taken back. Either this or 'consecutive'.") { Default = "5m" },
        new("consecutive", CheckMemberKind.Integer, "How many times in a row the bound must be broken before the rollout is taken back. Either this or 'for'.") { Minimum = 1, Maximum = 1000 },
        new("interval", CheckMemberKind.Duration, "How far apart its samples are.") { Default = "15s" },
        new("window", CheckMemberKind.Duration, "What ${window} in its query stands for; clipped to the current step.") { Default = "5m" },
        new("lag", CheckMemberKind.Duration, "How long samples need to arrive at Prometheus; nothing younger is asked for."),
        new("staleAfter", CheckMemberKind.Duration, "How old its last sample may be before it counts as stale."),
        new("minSamples", CheckMemberKind.Integer, "How many samples a step needs before it may be left.") { Default = "3", Minimum = 1, Maximum = 1_000_000 },
        new("recovers", CheckMemberKind.Flag, "Whether it must recover for a rollback to count as verified.") { Default = "true" },
    ];

    private static readonly Bound PassesAsOne = new("== 1", BoundOperator.Equal, Unit.None, [1]);

    public static IReadOnlyList<SignalDefinition> ReadAll(ObjectReader reader)
    {
        List<SignalDefinition> signals = [.. reader.Objects("signals").Select(Read)];
        if (reader.Object("goldenSignals") is { } golden) signals.AddRange(GoldenSignals.Expand(golden).Select(Read));

        foreach (IGrouping<string, SignalDefinition> twins in signals.GroupBy(signal => signal.Name).Where(group => group.Count() > 1))
            reader.Problem("signals", $"{twins.Count()} signals are named '{twins.Key}'", "a name of its own for each");
        return signals;
    }

    /// <summary>Reads one signal.</summary>
    public static SignalDefinition Read(ObjectReader reader)
    {
        string type = reader.OptionalText("type") ?? "prometheus";
        bool isMetric = SignalDefinition.IsMetric(type);
        TimeSpan? sustained = reader.OptionalDuration("for");
        int? consecutive = reader.Has("consecutive") ? reader.Integer("consecutive", 1, min: 1, max: 1000) : null;
        if (sustained is not null && consecutive is not null)
            reader.Problem("consecutive", "a signal is either timed or counted", "'for' or 'consecutive', not both");
        if (sustained is null && consecutive is null)
        {
            if (isMetric) sustained = TimeSpan.FromMinutes(5);
            else consecutive = 5;
        }

        TimeSpan interval = RolloutReader.AtLeast(reader, "interval", reader.Duration("interval", TimeSpan.FromSeconds(15)), TimeSpan.FromMilliseconds(100));
        return new SignalDefinition
        {
            Name = reader.RequiredText("name"),
            Type = type,
            Bound = isMetric ? NumberBound(reader) : PassesAsOne,
            For = consecutive is null ? sustained : null,
            Consecutive = consecutive,
            Interval = interval,
            Window = RolloutReader.AtLeast(reader, "window", reader.Duration("window", TimeSpan.FromMinutes(5)), TimeSpan.FromSeconds(1)),
            Lag = type == "prometheus" ? reader.Duration("lag", Shorter(interval, TimeSpan.FromSeconds(5))) : TimeSpan.Zero,
            StaleAfter = reader.Duration("staleAfter", Longer(4 * interval, TimeSpan.FromMinutes(1))),
            MinSamples = reader.Integer("minSamples", 3, min: 1, max: 1_000_000),
            Recovers = reader.Flag("recovers", true),
            HasStable = reader.Has("stable"),
            Node = reader.Node,
            Path = reader.Path,
        };
    }

    private static Bound NumberBound(ObjectReader reader)
    {
        Bound bound = reader.RequiredBound("bound");
        if (bound.IsText) reader.Problem("bound", "a metric is a number", "a bound on a number");
        return bound;
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
