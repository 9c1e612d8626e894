using System.Globalization;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals;

/// <summary>
/// The members that say how samples are judged, the same for a signal of a rollout and for a metric that a gate looks back on.
/// </summary>
internal static class SignalMembers
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(5);

    /// <summary>How samples become a breach or a pass.</summary>
    public static IReadOnlyList<CheckMember> Judged { get; } =
    [
        new("for", CheckMemberKind.Duration, "How long the bound must be broken without a break for a breach; a good sample resets it. Either this or 'consecutive'.") { Default = "5m" },
        new("consecutive", CheckMemberKind.Integer, "How many times in a row the bound must be broken for a breach; a good sample resets it. Either this or 'for'.") { Minimum = 1, Maximum = 1000 },
        new("failureLimit", CheckMemberKind.Text, "So many bad samples within a time are a breach too; good ones do not reset it, old ones leave it.") { Examples = ["5 within 1h"] },
        new("consecutiveSuccesses", CheckMemberKind.Integer, "How many good samples in a row, up to the newest, it takes to pass; a bad one resets it.") { Default = "1", Minimum = 1, Maximum = 100_000 },
        new("interval", CheckMemberKind.Duration, "How far apart its samples are.") { Default = "15s" },
        new("window", CheckMemberKind.Duration, "What ${window} in its query stands for; clipped to the current step. A fifth of 'for' unless it is given, from 1m to 5m, so that no blip fills it for as long as that; 5m with 'consecutive'. It must hold two scrapes."),
        new("lag", CheckMemberKind.Duration, "How long samples need to arrive at Prometheus; nothing younger is asked for."),
        new("staleAfter", CheckMemberKind.Duration, "How old its last sample may be before it counts as stale."),
        new("minSamples", CheckMemberKind.Integer, "How many good samples it takes to pass, in each step anew.") { Default = "3", Minimum = 1, Maximum = 1_000_000 },
    ];

    /// <summary>What a PromQL query has besides.</summary>
    public static IReadOnlyList<CheckMember> OfQueries { get; } =
    [
        new("direction", CheckMemberKind.Choice, "Which way is bad, of a bound with two sides: 'between' or 'within'.") { Default = "either", Values = ["either", "increase", "decrease"] },
        new("traffic", CheckMemberKind.Text, "PromQL that counts the traffic a sample stands for; ${window} stands for the window.") { Examples = ["sum(increase(http_requests_total[${window}]))"] },
        new("minTraffic", CheckMemberKind.Number, "With less 'traffic' than this a sample says nothing, neither for nor against.") { Minimum = 0, Examples = ["100"] },
    ];

    /// <summary>Reads them into a signal of which the rest is said already.</summary>
    public static SignalDefinition Read(ObjectReader reader, SignalDefinition signal)
    {
        bool isMetric = !signal.IsCheck, compares = signal.NeedsBaseline;
        TimeSpan? sustained = reader.OptionalDuration("for");
        int? consecutive = reader.Has("consecutive") ? reader.Integer("consecutive", 1, min: 1, max: 1000) : null;
        if (sustained is not null && consecutive is not null)
            reader.Problem("consecutive", "a signal is either timed or counted", "'for' or 'consecutive', not both");
        if (sustained is null && consecutive is null)
        {
            if (isMetric) sustained = TimeSpan.FromMinutes(5);
            // A comparison holds the rate of false alarms itself.
            else consecutive = compares ? 1 : 5;
        }

        TimeSpan interval = AtLeast(reader, "interval", reader.Duration("interval", compares ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(15)), TimeSpan.FromMilliseconds(100));
        return signal with
        {
            For = consecutive is null ? sustained : null,
            Consecutive = consecutive,
            FailureLimit = SignalLimit.Read(reader, "failureLimit", onlyWithin: true),
            ConsecutiveSuccesses = reader.Integer("consecutiveSuccesses", 1, min: 1, max: 100_000),
            Interval = interval,
            Window = AtLeast(reader, "window", reader.Duration("window", DefaultWindow(consecutive is null ? sustained : null)), TimeSpan.FromSeconds(1)),
            Lag = signal.Type == "prometheus" || compares ? reader.Duration("lag", Shorter(interval, TimeSpan.FromSeconds(5))) : TimeSpan.Zero,
            StaleAfter = reader.Duration("staleAfter", Longer(4 * interval, TimeSpan.FromMinutes(1))),
            MinSamples = reader.Integer("minSamples", 3, min: 1, max: 1_000_000),
            MinTraffic = MinTraffic(reader, signal.Type),
        };
    }

    /// <summary>A bound on numbers, one-sided where <c>direction</c> says which side is bad.</summary>
    public static Bound NumberBound(ObjectReader reader)
    {
        Bound bound = reader.RequiredBound("bound");
        if (bound.IsText) reader.Problem("bound", $"'{bound}' is on a text, and a metric is a number", "a bound on a number");
        ComparisonDirection direction = reader.Choice("direction", ComparisonDirection.Either);
        if (!reader.Has("direction") || direction == ComparisonDirection.Either) return bound;
        if (bound.Operator is not (BoundOperator.Between or BoundOperator.Within))
        {
            reader.Problem("direction", $"'{bound}' says itself which way is bad", "no direction, or a bound such as 'within 10% of 131.57ms'");
            return bound;
        }

        bool increase = direction == ComparisonDirection.Increase;
        double edge = bound.Numbers[increase ? 1 : 0];
        string text = string.Create(CultureInfo.InvariantCulture, $"{(increase ? "<=" : ">=")} {Quantities.Format(edge, bound.Unit)}");
        return new Bound(text, increase ? BoundOperator.LessOrEqual : BoundOperator.GreaterOrEqual, bound.Unit, [edge]);
    }

    /// <summary>The source of a query and, where it has one, of its traffic. That of the stable side is not counted.</summary>
    /// <param name="reader">Where it is written.</param>
    /// <param name="signal">What was read of it.</param>
    /// <param name="client">The server to ask.</param>
    /// <param name="member">The member that holds the query.</param>
    public static IQuerySource Source(ObjectReader reader, SignalDefinition signal, PrometheusClient client, string member = "query")
    {
        PrometheusSignalSource values = Source(reader, signal, client, member, reader.Has("reduce") ? reader.Choice("reduce", SeriesReducer.Sum) : null);
        return signal.MinTraffic is null || !reader.Has("traffic") || member != "query" ? values
            : new TrafficSignalSource(values, Source(reader, signal, client, "traffic", SeriesReducer.Sum));
    }

    /// <summary>How far a query and what counts its traffic look back apart from the window; what cannot be told is a problem of the source.</summary>
    public static TimeSpan Reach(ObjectReader reader) => Longer(ReachOf(reader, "query"), ReachOf(reader, "traffic"));

    private static TimeSpan ReachOf(ObjectReader reader, string member)
    {
        if (!reader.Has(member) || reader.Node[member]!.Text is not { Length: > 0 } query) return TimeSpan.Zero;
        try
        {
            return PromQlReach.Of(query.Replace(PrometheusSignalSource.WindowVariable, "0s", StringComparison.Ordinal));
        }
        catch (ReadyOpsException)
        {
            return TimeSpan.Zero;
        }
    }

    /// <summary>Notes a span in which neither a breach nor a pass could happen: it would be no look back at all.</summary>
    public static void DemandSpan(ObjectReader reader, string name, SignalDefinition signal, TimeSpan over)
    {
        TimeSpan needed = signal.MinSamples * signal.Interval;
        if (over <= signal.For)
            reader.Problem(name, $"over {Quantities.Format(over)} nothing can be broken for {Quantities.Format(signal.For.Value)}", $"a span longer than 'for', which is {Quantities.Format(signal.For.Value)}");
        else if (over <= needed + signal.Lag)
            reader.Problem(name, string.Create(CultureInfo.InvariantCulture, $"{Quantities.Format(over)} hold fewer than {signal.MinSamples} samples that are {Quantities.Format(signal.Interval)} apart"), $"a span longer than {Quantities.Format(needed + signal.Lag)}");
    }

    /// <summary>Notes a duration that is too short to be meant.</summary>
    public static TimeSpan AtLeast(ObjectReader reader, string name, TimeSpan value, TimeSpan least)
    {
        if (value >= least) return value;
        reader.Problem(name, $"{Quantities.Format(value)} is too short", $"at least {Quantities.Format(least)}");
        return least;
    }

    private static PrometheusSignalSource Source(ObjectReader reader, SignalDefinition signal, PrometheusClient client, string member, SeriesReducer? reduce)
    {
        string query = reader.RequiredText(member);
        try
        {
            return new PrometheusSignalSource(client, query, reduce, signal.Interval, signal.Window, signal.Lag);
        }
        catch (ReadyOpsException e)
        {
            reader.Problem(member, e.Message, e.NextStep);
            return new PrometheusSignalSource(client, "vector(0)", null, signal.Interval, signal.Window, signal.Lag);
        }
    }

    private static double? MinTraffic(ObjectReader reader, string type)
    {
        bool asked = reader.Has("minTraffic"), told = reader.Has("traffic");
        if (!asked && !told) return null;
        if (type != "prometheus") reader.Problem(told ? "traffic" : "minTraffic", $"a signal of type '{type}' has no traffic to count", "'traffic' and 'minTraffic' with type 'prometheus'");
        else if (!told) reader.Problem("minTraffic", "nothing says what counts the traffic", "'traffic' with PromQL such as sum(increase(http_requests_total[${window}]))");
        else if (!asked) reader.Problem("traffic", "nothing says how much traffic it takes", "'minTraffic' with a number");
        return reader.Number("minTraffic", 1, 0, 1e15);
    }

    /// <summary>
    /// A value over a window stays bad for as long as the window after a blip is over. A window as long as <c>for:</c> would make a
    /// sustained breach of every blip; a fifth of it asks for five windows in a row that have no request in common.
    /// </summary>
    private static TimeSpan DefaultWindow(TimeSpan? sustained) =>
        sustained is { } time ? Longer(Shorter(time / 5, LongestWindow), TimeSpan.FromMinutes(1)) : LongestWindow;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
