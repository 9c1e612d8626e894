using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;

namespace ReadyOps.Core.Rollouts;

/// <summary>A rollout with some settings of its signals replaced.</summary>
/// <param name="Definition">The rollout.</param>
/// <param name="Settings">What was replaced, by its name.</param>
internal sealed record BacktestVariant(RolloutDefinition Definition, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>More than anybody reads in a table.</summary>
    private const int Most = 10_000;

    // None of these changes what is asked of Prometheus, so one history serves all variants.
    private static readonly string[] Members =
    [
        "bound", "for", "consecutive", "failureLimit", "consecutiveSuccesses", "inconclusiveLimit", "initialDelay", "warmUp", "minSamples", "minTraffic",
        "staleAfter", "critical", "weight", "dryRun",
    ];

    private static readonly string[] OfComparisons = ["tolerance", "alpha", "pass", "minimum", "direction", "initialDelay", "warmUp", "minSamples", "staleAfter", "critical", "weight", "dryRun"];

    /// <summary>What was replaced, in a line.</summary>
    public string Name => string.Join(", ", Settings.Select(setting => $"{setting.Key} {setting.Value}"));

    /// <summary>Every combination of the values given for each setting, in their order.</summary>
    /// <param name="definition">The rollout as it is written.</param>
    /// <param name="vary">The values to try for each setting, named <c>SIGNAL.MEMBER</c>, for example <c>errors.bound</c>.</param>
    /// <param name="document">The document, for messages.</param>
    /// <exception cref="ReadyOpsException"><c>VariationInvalid</c></exception>
    /// <exception cref="DocumentException">A value that the document could not have.</exception>
    public static IReadOnlyList<BacktestVariant> Of(RolloutDefinition definition, IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> vary, Document document)
    {
        long count = vary.Aggregate(1L, (product, setting) => Math.Min(product * Math.Max(setting.Value.Count, 1), int.MaxValue));
        if (count > Most)
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"There would be {count} combinations or more."), string.Create(CultureInfo.InvariantCulture, $"Try at most {Most} at once."));
        foreach ((string name, IReadOnlyList<string> values) in vary) Demand(definition, name, values);

        var problems = new ProblemList(document.File);
        IEnumerable<IReadOnlyList<KeyValuePair<string, string>>> combinations = [[]];
        foreach ((string name, IReadOnlyList<string> values) in vary)
            combinations = [.. combinations.SelectMany(before => values.Select(value => (IReadOnlyList<KeyValuePair<string, string>>)[.. before, new(name, value)]))];
        BacktestVariant[] variants = [.. combinations.Select(settings => new BacktestVariant(
            definition with { Signals = [.. definition.Signals.Select(signal => Apply(signal, definition.Policies, settings, document, problems))] },
            new Dictionary<string, string>(settings)))];
        problems.ThrowIfAny();
        return variants;
    }

    private static void Demand(RolloutDefinition definition, string name, IReadOnlyList<string> values)
    {
        (string signal, string member) = Split(name);
        if (definition.Signals.FirstOrDefault(known => known.Name == signal) is not { } found)
            throw Invalid($"'{name}' names no signal of this rollout.", $"Write SIGNAL.MEMBER; the signals are {string.Join(", ", definition.Signals.Select(known => known.Name))}.");
        string[] members = found.NeedsBaseline ? OfComparisons : Members;
        if (!members.Contains(member))
            throw Invalid($"'{name}' cannot be varied.", $"What can be is {string.Join(", ", members)}: whatever else there is changes what is asked of Prometheus.");
        if (values.Count == 0) throw Invalid($"There is no value to try for '{name}'.", "Give at least one.");
    }

    private static SignalDefinition Apply(SignalDefinition signal, SignalPolicies policies, IReadOnlyList<KeyValuePair<string, string>> settings, Document document, ProblemList problems)
    {
        DocumentNode node = signal.Node;
        foreach ((string name, string value) in settings)
        {
            (string of, string member) = Split(name);
            if (of == signal.Name) node = Replace(node, member, value);
        }

        if (ReferenceEquals(node, signal.Node)) return signal;
        var reader = new ObjectReader(node, signal.Path, document.BaseDirectory, problems);
        if (signal.NeedsBaseline) CompareReader.Read(reader, CompareReader.Alpha(reader, 1));
        return SignalReader.Read(reader, policies);
    }

    /// <summary>A signal is either timed or counted: trying one ends the other.</summary>
    private static DocumentNode Replace(DocumentNode node, string member, string value)
    {
        string? other = member switch { "for" => "consecutive", "consecutive" => "for", _ => null };
        NodeKind kind = decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? NodeKind.Number
            : value.ToLowerInvariant() is "true" or "false" ? NodeKind.Boolean : NodeKind.String;
        value = kind == NodeKind.Boolean ? value.ToLowerInvariant() : value;
        var replaced = new DocumentNode { Kind = kind, Text = value, Line = node.Line, Column = node.Column };
        return new DocumentNode
        {
            Kind = node.Kind,
            Line = node.Line,
            Column = node.Column,
            Members = [.. node.Members.Where(known => known.Name != member && known.Name != other), new DocumentMember(member, node.Line, node.Column, replaced)],
        };
    }

    private static (string Signal, string Member) Split(string name)
    {
        // A signal may have a dot in its name, a member has none.
        int dot = name.LastIndexOf('.');
        return dot < 0 ? ("", name) : (name[..dot], name[(dot + 1)..]);
    }

    private static ReadyOpsException Invalid(string message, string nextStep) => new("VariationInvalid", message, nextStep);
}
