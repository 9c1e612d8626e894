using System.Net;
using ReadyOps.Core.Processes;

namespace ReadyOps.Simulation;

/// <summary>Whom a document tells when a person must look.</summary>
internal sealed record SimHookPlan(IReadOnlyList<string> Names, TimeSpan Timeout, int Attempts)
{
    public string Text => $"\"escalation\":{{{string.Join(',', Names.Select(name => name == "webhook" ? $"\"webhook\":{{\"url\":\"http://{SimHooks.Host}/\"}}" : "\"script\":[\"/opt/page\"]"))},\"timeout\":\"{SimSteps.Span(Timeout)}\",\"attempts\":{Attempts}}},";

    public static SimHookPlan? Draw(SimExtras extras)
    {
        if (!extras.HasHooks) return null;
        SeedRandom random = extras.Random;
        return new SimHookPlan(random.Pick<string[]>(["webhook"], ["script"], ["webhook", "script"]), random.Pick(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)), random.Between(1, 5));
    }
}

/// <summary>A webhook and a program that take escalations: stand-ins that fail, are slow, or are not heard.</summary>
internal sealed class SimHooks
{
    public const string Host = "hook.invalid";

    private readonly SimWorld _world;
    private readonly Dictionary<string, SimMoods<Mood>> _moods = [];
    private readonly HashSet<(string Hook, string Key)> _taken = [];

    public SimHooks(SimWorld world, SeedRandom random)
    {
        _world = world;
        foreach (string name in world.Plan.Hooks!.Names) _moods[name] = new SimMoods<Mood>(random, Mood.Takes, [Mood.Refuses, Mood.IsGone, Mood.IsSlow, Mood.IsUnheard], SimWorld.Beginning.UtcTicks);
    }

    private enum Mood
    {
        Takes,
        Refuses,
        IsGone,
        IsSlow,
        IsUnheard,
    }

    /// <summary>Whether a hook truly took an escalation.</summary>
    public bool HasTaken(string hook, string key) => _taken.Contains((hook, key));

    public async Task<HttpResponseMessage> PostAsync(SimProcess process, SimClock clock, HttpRequestMessage request, CancellationToken cancel)
    {
        string key = request.Headers.TryGetValues("Idempotency-Key", out IEnumerable<string>? keys) ? keys.Single() : "";
        Mood mood = await TakeAsync(process, clock, "webhook", key, cancel).ConfigureAwait(false);
        if (mood == Mood.IsGone) throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        return new HttpResponseMessage(mood is Mood.Takes or Mood.IsSlow ? HttpStatusCode.NoContent : HttpStatusCode.BadGateway) { Content = new ByteArrayContent([]) };
    }

    public async Task<ProcessResult> RunAsync(SimProcess process, SimClock clock, ProcessRun run, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(run.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            Mood mood = await TakeAsync(process, clock, "script", run.Environment["READYOPS_KEY"] ?? "", either.Token).ConfigureAwait(false);
            return mood == Mood.IsGone ? throw new ReadyOpsException("CommandNotStarted", "There is no such program.") : new ProcessResult(mood is Mood.Takes or Mood.IsSlow ? 0 : 1, "", "", false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw new ReadyOpsException("CommandTimedOut", "It did not end in time.");
        }
    }

    private async Task<Mood> TakeAsync(SimProcess process, SimClock clock, string hook, string key, CancellationToken cancel)
    {
        process.Touch();
        _world.Laws.BeforeHook(process, hook, key);
        Mood mood = _moods[hook].At(_world);
        _world.Story?.Add($"{_world.Stamp} {process.Agent.Name}: tells the {hook} of {key}: {mood}");
        if (mood != Mood.Takes) _world.Count(mood switch { Mood.IsSlow => Fault.HookSlow, Mood.IsUnheard => Fault.HookUnheard, _ => Fault.HookRefuses });
        if (mood == Mood.IsSlow) await clock.WaitAsync(_world.Random.Seconds(1, 15), cancel).ConfigureAwait(false);
        if (mood is Mood.Takes or Mood.IsSlow or Mood.IsUnheard) _taken.Add((hook, key));
        process.Touch();
        return mood;
    }
}
