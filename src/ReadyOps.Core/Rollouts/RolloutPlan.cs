using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;
using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Rollouts;

/// <summary>A rollout ready to run: what is to be done, and what it acts on and looks at.</summary>
/// <param name="Definition">What is to be done.</param>
/// <param name="Parts">What it acts on and looks at.</param>
public sealed record RolloutPlan(RolloutDefinition Definition, RolloutParts Parts)
{
    /// <summary>Reads a document into a rollout on the real world.</summary>
    /// <param name="reader">The root of the document; takes what is wrong with it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="context">The surroundings it will run in.</param>
    public static RolloutPlan Read(ObjectReader reader, string name, EngineContext context)
    {
        RolloutDefinition definition = ReadDefinition(reader, name);
        ITarget? target = ReadTarget(reader, definition, context);
        if (definition.NamesPeople && target is not null)
        {
            string[] without = target is TargetGroup group ? [.. group.WithoutNames] : target is IAllowingTarget ? [] : [target.Identity];
            if (without.Length > 0) reader.Problem("steps", $"{string.Join(" and ", without)} cannot give the release to named people", "a target of type flag where a step has 'allow'");
        }

        if (target is null && definition.Window is null)
        {
            reader.Problem("target", "'target' is missing", "what exposes the share: a flag, HAProxy or a script");
            reader.Problems.ThrowIfAny();
            throw new InvalidOperationException("A missing target is a problem.");
        }

        var parts = new PartsReader(reader, context, reader.Has("prometheus") ? HttpEndpoint.Read(reader, "prometheus") : null);
        return new RolloutPlan(definition, new RolloutParts(
            target ?? new NoTarget(name, definition.Steps[0].Percent),
            SourcesOf(definition.Signals, signal => parts.Source(signal)),
            SourcesOf(definition.Signals.Where(signal => signal.HasStable), parts.StableSource)));
    }

    /// <summary>What is moved: one target, or several as one.</summary>
    private static ITarget? ReadTarget(ObjectReader reader, RolloutDefinition definition, EngineContext context)
    {
        if (!reader.Has("targets")) return reader.Object("target") is { } only ? TargetReader.Read(only, context) : null;
        if (reader.Has("target")) reader.Problem("targets", "there are both 'target' and 'targets'", "either of the two");
        ObjectReader[] items = [.. reader.Objects("targets")];
        if (items.Length == 0)
        {
            reader.Problem("targets", "there are no targets", "at least one");
            return null;
        }

        var group = new TargetGroup([.. items.Select(item => TargetReader.Read(item, context))]);
        for (int i = 0; i < items.Length; i++)
            if (group.Identities.Take(i).Contains(group.Identities[i])) items[i].Problem("type", $"{group.Identities[i]} is there twice", "each target once");

        // Stand-ins for targets that could not be read say nothing.
        if (reader.Problems.Any) return group;
        foreach (decimal percent in definition.Steps.Select(step => step.Percent).Append(definition.Rollback.Percent).Distinct())
            foreach (string stranger in group.Strangers(percent)) reader.Problem("targets", $"the targets could not be moved as one: {stranger}", "shares that all of them can expose");
        return group;
    }

    /// <summary>What a document says is to be done, whichever of the two kinds it is.</summary>
    internal static RolloutDefinition ReadDefinition(ObjectReader reader, string name) =>
        reader.OptionalText("kind") == "Monitor" ? MonitorReader.Read(reader, name) : RolloutReader.Read(reader, name);

    // Twins are a problem that is noted already; here they only must not get in the way of noting the rest.
    private static Dictionary<string, ISignalSource> SourcesOf(IEnumerable<SignalDefinition> signals, Func<SignalDefinition, ISignalSource> make) =>
        signals.GroupBy(signal => signal.Name).ToDictionary(twins => twins.Key, twins => make(twins.First()));

    private sealed class PartsReader(ObjectReader document, EngineContext context, HttpEndpoint? prometheus)
    {
        public ISignalSource Source(SignalDefinition signal)
        {
            ObjectReader reader = Reader(signal);
            return signal.Type switch
            {
                "prometheus" => Prometheus(reader, signal, "query"),
                "scrape" => ScrapeSignalSource.Read(reader, context),
                "compare" => Compare(reader, signal),
                _ => new CheckSignalSource(CheckReader.Read(reader, new CheckDefaults { Prometheus = prometheus, Timeout = TimeSpan.FromSeconds(5) }), context),
            };
        }

        public ISignalSource StableSource(SignalDefinition signal)
        {
            ObjectReader reader = Reader(signal);
            if (signal.Type != "prometheus") reader.Problem("stable", $"a signal of type '{signal.Type}' has no stable side", "a query, and that only for type 'prometheus'");
            return Prometheus(reader, signal, "stable");
        }

        private CompareSignalSource Compare(ObjectReader reader, SignalDefinition signal)
        {
            int among = document.Objects("signals").Count(other => other.OptionalText("type") == "compare" && !other.Has("alpha"));
            CompareRule rule = CompareReader.Read(reader, CompareReader.Alpha(reader, among)) with { Interval = signal.Interval, Lag = signal.Lag, Delay = signal.InitialDelay };
            HttpEndpoint endpoint = CompareCheckType.Endpoint(reader, new CheckDefaults { Prometheus = prometheus });
            return new CompareSignalSource(new CompareMeter(new PrometheusClient(endpoint, context), rule), rule);
        }

        private ObjectReader Reader(SignalDefinition signal) => new(signal.Node, signal.Path, document.BaseDirectory, document.Problems);

        private IQuerySource Prometheus(ObjectReader reader, SignalDefinition signal, string member)
        {
            HttpEndpoint? endpoint = reader.Has("prometheus") ? HttpEndpoint.Read(reader, "prometheus") : prometheus;
            if (endpoint is null)
            {
                reader.Problem("prometheus", "no Prometheus is named for this query", "'prometheus:' with its URL, here or at the top of the document");
                endpoint = HttpEndpoint.For("http://localhost:9090");
            }

            return SignalMembers.Source(reader, signal, new PrometheusClient(endpoint, context), member);
        }
    }
}
