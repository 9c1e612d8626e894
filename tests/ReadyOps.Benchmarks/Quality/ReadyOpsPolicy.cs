using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>
/// ReadyOps itself: the document is read by its reader, and engine, machine, tracker and judge are those of a live rollout, on the clock
/// and the journal of a backtest. Only what Prometheus would answer comes from <see cref="Metrics"/>.
/// </summary>
internal sealed class ReadyOpsPolicy : IPolicy
{
    /// <summary>Midnight, so that samples lie at multiples of their interval.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);

    private readonly bool _everyTick;
    private readonly (RolloutPlan Plan, RolloutStarted Started) _compressed;
    private readonly (RolloutPlan Plan, RolloutStarted Started) _realTime;

    /// <summary>Reads the documents.</summary>
    /// <param name="name">For the table.</param>
    /// <param name="signals">The signals, as a document has them.</param>
    /// <param name="everyTick">Whether to play ticks too at which nothing can be decided; the result is the same.</param>
    public ReadyOpsPolicy(string name, string signals, bool everyTick = false)
    {
        (Name, Settings, _everyTick) = (name, signals, everyTick);
        string steps = string.Concat(Policies.Shares.Select(share => $"\n  - {{ share: {share}%, hold: {Policies.Hold}s }}"));
        _compressed = Read($"steps:{steps}\nbake: {Policies.Hold}s\n{signals}");
        _realTime = Read($"strategy: fast\n{signals}");
    }

    public string Name { get; }

    public string Settings { get; }

    /// <summary>What the rollout of a scenario is.</summary>
    public RolloutDefinition DefinitionFor(Scenario scenario) => (scenario.RealTime ? _realTime : _compressed).Plan.Definition;

    public async ValueTask<Outcome> RunAsync(World world)
    {
        (RolloutPlan plan, RolloutStarted started) = world.Scenario.RealTime ? _realTime : _compressed;
        RolloutDefinition definition = plan.Definition;
        var clock = new BacktestClock(Start);
        var metrics = new Metrics(world, [.. definition.Signals.Where(signal => !signal.NeedsBaseline).Select(signal => SimulatedSource.MetricOf(signal))]);
        IPeekable[] sources = [.. definition.Signals.Select(signal => Source(signal, plan, world, metrics))];
        var engine = new RolloutEngine(definition, new RolloutParts(new SimulatedTarget(metrics, clock),
            sources.ToDictionary(source => source.Signal.Name, source => (ISignalSource)source), new Dictionary<string, ISignalSource>()),
            new EngineContext { Clock = clock });
        await using var lease = new UnreadLease(clock);
        RolloutState state = new RolloutState().Apply(started, Start);
        bool paused = false;
        for (double now = 0; now < world.Length * World.Pace;)
        {
            clock.MoveTo(Start.AddSeconds(now));
            metrics.AdvanceTo(now);
            state = await engine.TickAsync(lease, state, CancellationToken.None);
            paused |= state.Phase == RolloutPhase.Paused;
            if (state.Phase is RolloutPhase.RollingBack or RolloutPhase.RolledBack or RolloutPhase.Failed) return End(Ending.RolledBack, now);
            if (state.Phase == RolloutPhase.Succeeded)
            {
                metrics.NotePromotion(now);
                return End(Ending.Promoted, now);
            }

            now = NextTick(engine, state, sources, now);
        }

        return End(Ending.Held, world.Length * World.Pace);

        Outcome End(Ending how, double now) => new(how, now, metrics.Onset, metrics.BlindPromotions, paused);
    }

    private static IPeekable Source(SignalDefinition signal, RolloutPlan plan, World world, Metrics metrics) =>
        plan.Parts.Sources[signal.Name] is CompareSignalSource compare ? new SimulatedComparison(signal, compare.Rule, world, metrics) : new SimulatedSource(signal, world, metrics);

    private static (RolloutPlan Plan, RolloutStarted Started) Read(string text)
    {
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes($"apiVersion: readyops/v1\nkind: Rollout\nname: quality\nrelease: new\nprometheus: http://localhost:9090\n"
            + $"target: {{ type: flag, path: flags.json, flag: quality, variant: new }}\n{text}"), "quality.yaml", Path.GetTempPath(), "Rollout");
        var problems = new ProblemList(document.File);
        RolloutPlan plan = RolloutPlan.Read(ObjectReader.For(document, problems), document.Name, new EngineContext());
        problems.ThrowIfAny();
        return (plan, new RolloutStarted(document.Name, "new", document.File, document.BaseDirectory, document.Digest, DocumentJson.ToJson(document.Root), "simulated", 0, null, null));
    }

    /// <summary>
    /// As RolloutService.RunAsync ticks, without those at which every signal passes as it did at the tick before and no hold ends, as in
    /// <see cref="BacktestPace"/>; a test holds the outcomes against those of every tick.
    /// </summary>
    private double NextTick(RolloutEngine engine, RolloutState state, IPeekable[] sources, double now)
    {
        RolloutDefinition definition = engine.Definition;
        double tick = definition.Tick.TotalSeconds, holdEnd = HoldEnd(definition, state, now);
        double next = holdEnd > now ? Math.Min(now + tick, holdEnd) : now + tick;
        if (_everyTick || holdEnd <= now || state is not { OpenAct: null, Phase: RolloutPhase.Progressing or RolloutPhase.Baking }) return next;
        if (engine.Signals.Count == 0 || engine.Signals.Any(signal => signal is not { Verdict: Verdict.Pass or Verdict.Skipped, State: SignalState.Clear })) return next;

        double quiet = holdEnd;
        foreach (IPeekable source in sources)
        {
            quiet = Math.Min(quiet, source.QuietUntil(now, quiet, state));
            if (quiet < next) return next;
        }

        while (next <= quiet && next < holdEnd) next = Math.Min(next + tick, holdEnd);
        return next;
    }

    private static double HoldEnd(RolloutDefinition definition, RolloutState state, double now)
    {
        TimeSpan? hold = state.Phase switch
        {
            RolloutPhase.Progressing => definition.Steps[state.Step - 1].Hold,
            RolloutPhase.Baking => definition.Bake,
            _ => null,
        };
        return hold is { } length ? now + (length - state.Held(Start.AddSeconds(now))).TotalSeconds : double.MaxValue;
    }
}
