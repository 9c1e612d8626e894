using System.Globalization;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Documents;

namespace ReadyOps.Simulation;

/// <summary>What a document says of a signal, as the laws need it.</summary>
internal sealed record SimSignal(string Name, bool IsCheck, int? Consecutive, TimeSpan For, TimeSpan Interval, int MinSamples, TimeSpan StaleAfter, bool HasStable, bool Recovers)
{
    /// <summary>How young a sample of a source with a history may not be; the document's default.</summary>
    public TimeSpan Lag { get; } = IsCheck ? TimeSpan.Zero : TimeSpan.FromSeconds(5);

    /// <summary>What <c>${window}</c> of its query stands for, where it has one.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>How far its query looks back in any case.</summary>
    public TimeSpan? Range { get; init; }

    /// <summary>Whether its samples are not those of the traffic but means over more than one.</summary>
    public bool IsMean => Window is not null || Range is not null;

    /// <summary>How far into a step a sample must lie to say something about it alone.</summary>
    public TimeSpan FitsAfter => Range ?? (Window is null ? TimeSpan.FromTicks(1) : TimeSpan.FromSeconds(1));

    /// <summary>What Prometheus is asked for.</summary>
    public string QueryOf(string series) => Window is not null ? $"avg_over_time({series}[${{window}}])"
        : Range is { } range ? string.Create(CultureInfo.InvariantCulture, $"avg_over_time({series}[{range.TotalSeconds:0}s])") : series;

    /// <summary>Whether that many bad samples in a row are a breach. A sample speaks for the one interval before it.</summary>
    public bool IsSustained(int bad) => bad > 0 && (Consecutive is { } count ? bad >= count : Interval * (bad - 1) >= For);

    /// <summary>Whether a stable side with that many bad samples in a row shares the blame: half of what a breach takes.</summary>
    public bool IsShared(int bad) => bad > 0 && (Consecutive is { } count ? bad * 2 >= count : Interval * (bad - 1) * 2 >= For);
}

/// <summary>What a document says of a verdict that is neither pass nor fail.</summary>
internal sealed record SimPolicy(string Action, TimeSpan After);

/// <summary>A rollout document, drawn from the seed, and the same as the laws read it: not through the engine's own reader.</summary>
internal sealed class SimPlan
{
    private SimPlan(SeedRandom random, SimProfile profile, SimExtras extras)
    {
        decimal[] shares = SimSteps.Shares(extras, random.Pick<decimal[]>([10, 50, 100], [0, 20, 100], [5, 100], [100], [1, 10, 50, 100], [25, 60]));
        Shares = shares;
        // What has a deadline of its own comes to it more often where nothing else takes its time.
        Holds = [.. shares.Select(_ => random.OneIn(5) || extras.IsBlueGreen || (extras.HasStepDeadlines && extras.Random.OneIn(3)) ? TimeSpan.Zero : random.Seconds(3, 16) * 10)];
        Steps = SimSteps.Draw(extras, shares, Holds);
        Bake = random.OneIn(4) ? TimeSpan.Zero : random.Seconds(3, 20) * 10;
        Safe = random.OneIn(3) || (extras.Targets > 1 && extras.Random.OneIn(2)) ? Math.Min(shares[0], 5) : 0;
        Settle = random.Pick(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
        Deadline = random.Pick(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(6));
        Tick = TimeSpan.FromSeconds(15);
        if (random.OneIn(5)) WholeDeadline = new SimPolicy(random.Pick("pause", "hold", "rollback"), Holds.Aggregate(Bake, (sum, hold) => sum + hold) + (random.Pick(random.Seconds(1, 6), random.Seconds(1, 60)) * 10));
        if (random.OneIn(5))
        {
            DateTimeOffset from = SimWorld.Beginning.AddSeconds(-SimWorld.Beginning.Second).AddMinutes(random.Between(0, 15));
            Freeze = (from, from.AddMinutes(random.Between(1, 15)));
        }

        if (profile.IsWindow)
        {
            Window = new SimWindow(random.Fork());
            (Shares, Holds, Bake, WholeDeadline, Freeze) = ([Window.Share], [TimeSpan.Zero], Window.Length, null, null);
        }

        Error = Policy(random);
        NoData = Policy(random);
        Stale = Policy(random);
        Inconclusive = Policy(random);
        Hooks = SimHookPlan.Draw(extras);
        Signals = [.. Enumerable.Range(0, random.Pick(1, 1, 2, 2, 3)).Select(i => Signal(random, i, profile.Http))];
        Text = Write();
        Document = new Document
        {
            File = "rollout.json",
            BaseDirectory = "/",
            Kind = "Rollout",
            Name = "checkout",
            Digest = new string('0', 64),
            Root = DocumentJson.FromJson(JsonDocument.Parse(Encoding.UTF8.GetBytes(Text)).RootElement),
        };
    }

    public IReadOnlyList<decimal> Shares { get; }

    /// <summary>What the steps say besides share and hold.</summary>
    public SimSteps Steps { get; }

    public IReadOnlyList<TimeSpan> Holds { get; }

    public TimeSpan Bake { get; }

    public decimal Safe { get; }

    public TimeSpan Settle { get; }

    public TimeSpan Deadline { get; }

    public TimeSpan Tick { get; }

    /// <summary>What makes it a window that only watches.</summary>
    public SimWindow? Window { get; }

    /// <summary>The deadline of the whole rollout.</summary>
    public SimPolicy? WholeDeadline { get; }

    /// <summary>A time in which the share does not rise.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Freeze { get; }

    /// <summary>Whether two moments and all between them lie in the freeze.</summary>
    public bool IsFrozen(DateTimeOffset from, DateTimeOffset to) => Freeze is var (begin, end) && from >= begin && to < end;

    /// <summary>Whom it tells when a person must look.</summary>
    public SimHookPlan? Hooks { get; }

    public SimPolicy Error { get; }

    public SimPolicy NoData { get; }

    public SimPolicy Stale { get; }

    public SimPolicy Inconclusive { get; }

    public IReadOnlyList<SimSignal> Signals { get; }

    public Document Document { get; }

    /// <summary>The document as it is written.</summary>
    public string Text { get; }

    public static SimPlan Draw(SeedRandom random, SimProfile profile, SimExtras extras) => new(random, profile, extras);

    public SimPolicy? For(Verdict verdict) => verdict switch
    {
        Verdict.Error => Error,
        Verdict.NoData => NoData,
        Verdict.Stale => Stale,
        Verdict.Inconclusive => Inconclusive,
        _ => null,
    };

    private static SimPolicy Policy(SeedRandom random) => new(random.Pick("pause", "pause", "pause", "hold", "rollback"), random.Seconds(2, 12) * 30);

    private static SimSignal Signal(SeedRandom random, int index, bool http)
    {
        bool isCheck = !http && random.OneIn(6);
        int? consecutive = isCheck || random.OneIn(3) ? random.Between(2, 5) : null;
        TimeSpan interval = isCheck ? TimeSpan.FromSeconds(15) : random.Pick(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
        TimeSpan stale = random.Pick(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
        var signal = new SimSignal($"s{index}", isCheck, consecutive, random.Seconds(2, 10) * 15, interval, random.Between(1, 4), stale, !isCheck && random.OneIn(3), !random.OneIn(6));
        return http ? Looking(signal, random.Fork()) : signal;
    }

    /// <summary>Over HTTP, most queries look back.</summary>
    private static SimSignal Looking(SimSignal signal, SeedRandom random) => random.Below(6) switch
    {
        < 3 => signal with { Window = random.Seconds(2, 8) * 15, HasStable = false },
        3 => signal with { Range = random.Seconds(1, 4) * 30, HasStable = false },
        _ => signal,
    };

    private string Write()
    {
        string steps = Steps.IsBlueGreen ? $"\"strategy\":\"blueGreen\",\"before\":{Steps.Checks(1)}"
            : $"\"steps\":[{string.Join(',', Holds.Select((hold, i) => $"{{{Steps.Text(i, Number(Shares[i]))}\"hold\":\"{Span(hold)}\"}}"))}]";
        var signals = Signals.Select(signal => $$"""
            {"name":"{{signal.Name}}","type":"{{(signal.IsCheck ? "http" : "prometheus")}}","query":"{{signal.QueryOf(signal.Name)}}",{{(signal.Window is { } window ? $"\"window\":\"{Span(window)}\"," : "")}}"bound":"<= 1%",
             {{(signal.HasStable ? $"\"stable\":\"{signal.Name}_stable\"," : "")}}{{(signal.Consecutive is { } count ? $"\"consecutive\":{count}" : $"\"for\":\"{Span(signal.For)}\"")}},
             "interval":"{{Span(signal.Interval)}}","minSamples":{{signal.MinSamples}},"staleAfter":"{{Span(signal.StaleAfter)}}","recovers":{{(signal.Recovers ? "true" : "false")}}}
            """);
        string freeze = Freeze is var (from, to) ? $$$"""
            "windows":{"freezes":[{"from":"{{{from:yyyy-MM-dd'T'HH:mm}}}","to":"{{{to:yyyy-MM-dd'T'HH:mm}}}","reason":"sale"}]},
            """ : "";
        return $$"""
            { {{freeze}} {{Hooks?.Text}} {{(WholeDeadline is null ? "" : $"\"deadline\":{Write(WholeDeadline)},")}} "tick":"{{Span(Tick)}}",{{Window?.Text ?? $"{steps},\"bake\":\"{Span(Bake)}\""}},
             {{(Window is { TakesBack: false } ? "" : $$"""
                "rollback":{"share":"{{Number(Safe)}}%","settle":"{{Span(Settle)}}","deadline":"{{Span(Deadline)}}"},
                """)}}
             "policies":{"error":{{Write(Error)}},"noData":{{Write(NoData)}},"stale":{{Write(Stale)}},"inconclusive":{{Write(Inconclusive)}}},
             "signals":[{{string.Join(',', signals)}}]}
            """;
    }

    private static string Write(SimPolicy policy) => $$"""{"action":"{{policy.Action}}","after":"{{Span(policy.After)}}"}""";

    private static string Number(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Span(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0}s");
}
