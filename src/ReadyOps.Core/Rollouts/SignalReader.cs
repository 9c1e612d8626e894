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
        .. SignalMembers.Judged,
        new("inconclusiveLimit", CheckMemberKind.Text, "So many samples that say nothing make its policy for that due at once: '4' in a row, which any other sample resets, or a total such as '10 within 1h', which none does.") { Examples = ["4", "10 within 1h"] },
        new("errorLimit", CheckMemberKind.Text, "So many errors, counted once an interval, make its policy for that due at once: '4' in a row, which any answer resets, or a total such as '10 within 1h', which none does.") { Examples = ["4", "10 within 1h"] },
        new("initialDelay", CheckMemberKind.Duration, "For how long after each step begins it is not judged at all, neither for nor against the release.") { Default = "0s" },
        new("warmUp", CheckMemberKind.Duration, "For how long after each step begins good samples do not count towards leaving it; bad ones count, and a breach in it is one.") { Default = "0s" },
        new("critical", CheckMemberKind.Flag, "Whether a breach takes the release back; one that is not critical holds, and pauses when it is breached.") { Default = "true" },
        new("weight", CheckMemberKind.Number, "What it counts in the passScore of the rollout, if it is not critical.") { Default = "1", Minimum = 0, Maximum = 1_000_000 },
        new("dryRun", CheckMemberKind.Flag, "Whether it is measured and reported only: it decides nothing, and what it would have done is journalled.") { Default = "false" },
        new("policies", CheckMemberKind.Object, "What happens when it does not pass for too long, where that is other than for the whole rollout.") { Members = SignalPolicies.Members },
        new("recovers", CheckMemberKind.Flag, "Whether it must recover for a rollback to count as verified; false without it for one that is not critical.") { Default = "true" },
    ];

    private static readonly Bound PassesAsOne = new("== 1", BoundOperator.Equal, Unit.None, [1]);

    /// <summary>Reads all.</summary>
    /// <param name="reader">The root of the document.</param>
    /// <param name="policies">What counts where a signal says nothing of its own.</param>
    public static IReadOnlyList<SignalDefinition> ReadAll(ObjectReader reader, SignalPolicies policies)
    {
        List<SignalDefinition> signals = [.. reader.Objects("signals").Select(signal => Read(signal, policies))];
        if (reader.Object("goldenSignals") is { } golden) signals.AddRange(GoldenSignals.Expand(golden).Select(signal => Read(signal, policies)));

        foreach (IGrouping<string, SignalDefinition> twins in signals.GroupBy(signal => signal.Name).Where(group => group.Count() > 1))
            reader.Problem("signals", $"{twins.Count()} signals are named '{twins.Key}'", "a name of its own for each");
        return signals;
    }

    /// <summary>Reads one signal.</summary>
    /// <param name="reader">The signal.</param>
    /// <param name="policies">What counts where it says nothing of its own.</param>
    public static SignalDefinition Read(ObjectReader reader, SignalPolicies policies)
    {
        string type = reader.OptionalText("type") ?? "prometheus";
        bool isMetric = SignalDefinition.IsMetric(type), critical = reader.Flag("critical", true);
        foreach (string member in CheckTypes.Find(type)?.NoSignalMembers ?? [])
            if (reader.Has(member)) reader.Problem(member, $"a signal of type '{type}' has no '{member}'", "a signal without it");
        return SignalMembers.Read(reader, new SignalDefinition
        {
            Name = reader.RequiredText("name"),
            Type = type,
            Bound = isMetric ? SignalMembers.NumberBound(reader) : PassesAsOne,
            CheckBound = !isMetric && reader.Node["bound"]?.Kind is NodeKind.String or NodeKind.Number ? reader.OptionalBound("bound") : null,
            InconclusiveLimit = SignalLimit.Read(reader, "inconclusiveLimit"),
            ErrorLimit = SignalLimit.Read(reader, "errorLimit"),
            InitialDelay = reader.Duration("initialDelay", TimeSpan.Zero),
            Reach = type == "prometheus" ? SignalMembers.Reach(reader) : TimeSpan.Zero,
            WarmUp = reader.Duration("warmUp", TimeSpan.Zero),
            Critical = critical,
            Weight = CheckReader.Weight(reader),
            DryRun = reader.Flag("dryRun"),
            Policies = SignalPolicies.Read(reader.Object("policies"), policies),
            Recovers = reader.Flag("recovers", critical),
            HasStable = reader.Has("stable"),
            Node = reader.Node,
            Path = reader.Path,
        });
    }
}
