using System.Globalization;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>
/// One rollout through a bad week, all of it decided by one seed: traffic, faults, deaths and persons. What the machine must
/// keep is checked after every event against the journal, the target's history and the samples themselves.
/// </summary>
internal sealed class RolloutSimulation
{
    private const int Ticks = 60;

    private readonly Random _random;
    private readonly KillSwitch _kill = new(int.MaxValue);
    private readonly RolloutWorld _world;
    private readonly RolloutLaws _laws;
    private RolloutService _service;
    private bool _outage;
    private string _id = "";

    private RolloutSimulation(int seed)
    {
        _random = new Random(seed);
        _world = new RolloutWorld(_kill, context => new ListStore(context));
        _service = _world.Service;
        _world.Outage = _ => _outage ? "connection refused" : null;
        var samples = new RecordedSamples(_random, _world.Now);
        _world.Value = (signal, time) => samples.At(signal, time);
        _world.StableValue = (signal, time) => samples.At(signal + "/stable", time);
        _laws = new RolloutLaws(_world, samples);
    }

    public static async Task RunAsync(int seed)
    {
        var simulation = new RolloutSimulation(seed);
        try
        {
            await simulation.RunAsync();
        }
        catch (Exception e)
        {
            string story = string.Join("\n", simulation._laws.Story.TakeLast(60));
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {e.Message}\n{story}"), e);
        }
    }

    private async Task RunAsync()
    {
        decimal safe = _random.Next(3) == 0 ? 5 : 0;
        _laws.SafeShare = safe;
        string first = safe == 0 && Chance(30) ? "0%" : "10%";
        string document = $$"""
            {"tick":"15s","steps":[{"share":"{{first}}","hold":"2m"},{"share":"50%","hold":"3m"},{"share":"100%","hold":"2m"}],"bake":"3m",
             "rollback":{"share":"{{safe}}%","settle":"30s","deadline":"5m"},
             "policies":{"error":{"after":"3m"},"noData":{"after":"2m"},"stale":{"after":"2m"},"inconclusive":{"after":"4m"} },
             "signals":[{"name":"timed","query":"q","bound":"<= 1%","for":"2m"},
                        {"name":"counted","query":"q","bound":"<= 1%","consecutive":4,"minSamples":2},
                        {"name":"paired","query":"q","stable":"s","bound":"<= 1%","for":"1m"}]}
            """;
        RolloutStatus status = await _world.StartAsync(document);
        _id = status.Id;
        await _laws.CheckAsync(_id, status, collected: true, lookAgain: true);
        for (int i = 0; i < Ticks; i++)
        {
            Disturb();
            await OperateAsync();
        }

        // The world calms down, and a rollback comes to its end.
        (_outage, _world.Target.ReadError, _world.Target.SetError, _world.Target.Lie, _world.Store.AppendError) = (false, null, null, null, _ => null);
        for (int i = 0; i < 60 && _laws.Phase == RolloutPhase.RollingBack; i++)
        {
            _world.Clock.Advance(TimeSpan.FromSeconds(15));
            await OperateAsync(calm: true);
        }

        RolloutLaws.Hold(_laws.Phase != RolloutPhase.RollingBack, "a rollback ends once nothing stands in its way");
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private void Disturb()
    {
        TimeSpan step = _random.Next(100) switch
        {
            < 70 => TimeSpan.FromSeconds(15),
            < 90 => TimeSpan.FromSeconds(_random.Next(1, 240)),
            < 94 => -TimeSpan.FromSeconds(_random.Next(1, 40)),
            < 96 => TimeSpan.FromMinutes(_random.Next(5, 40)),
            _ => TimeSpan.Zero,
        };
        _world.Clock.Advance(step);
        if (Chance(5)) _outage = !_outage && Chance(70);
        if (Chance(5)) _world.Target.ReadError = _world.Target.ReadError is null && Chance(60) ? "timeout" : null;
        if (Chance(5)) _world.Target.SetError = _world.Target.SetError is null && Chance(60) ? "refused" : null;
        if (Chance(2)) _world.Target.Lie = _world.Target.Lie is null ? share => share + 1 : null;
        if (Chance(2)) _world.Target.Share = _random.Next(5) * 20;
        if (Chance(3)) _world.Store.AppendError = _ => "no space left on device";
        else _world.Store.AppendError = _ => null;
    }

    private async Task OperateAsync(bool calm = false)
    {
        int asked = _world.Collections;
        bool outage = _outage;
        if (!calm && Chance(8)) _kill.Arm(_random.Next(12));
        RolloutStatus? status = null;
        string what = "tick";
        try
        {
            switch (calm ? 99 : _random.Next(100))
            {
                case < 4:
                    what = "suspend";
                    status = await _service.SuspendAsync(_id, "look at it", CancellationToken.None);
                    break;
                case < 10:
                    what = "resume";
                    status = await _service.ResumeAsync(_id, null, CancellationToken.None);
                    break;
                case < 11:
                    what = "roll back";
                    status = await _service.RollBackAsync(_id, "take it back", CancellationToken.None);
                    break;
                default:
                    status = await _service.TickAsync(_id, CancellationToken.None);
                    break;
            }
        }
        catch (KilledException)
        {
            what += ", killed";
        }
        catch (ReadyOpsException e) when (e.Id is "RolloutEnded" or "JournalWriteFailed")
        {
            what += ", " + e.Id;
        }

        bool killed = _kill.Killed;
        _kill.Revive();
        if (killed || Chance(10)) _service = _world.NewProcess();
        _laws.Tell($"{_world.Now:HH:mm:ss} {what}{(outage ? ", metrics down" : "")}{(_world.Target.ReadError is null ? "" : ", unreadable")}{(_world.Target.SetError is null ? "" : ", unsettable")}{(_world.Target.Lie is null ? "" : ", lying")}, share {_world.Target.Share}");
        await _laws.CheckAsync(_id, killed ? null : status, collected: status is not null && !killed && !outage && _world.Collections > asked,
            lookAgain: Chance(10));
    }
}

/// <summary>What each signal shows on its grid of 15 s: stretches of good, bad and missing samples.</summary>
internal sealed class RecordedSamples
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly DateTimeOffset _start;
    private readonly Dictionary<string, double[]> _values = [];

    public RecordedSamples(Random random, DateTimeOffset start)
    {
        _start = start;
        foreach (string signal in new[] { "timed", "counted", "paired", "paired/stable" })
        {
            // In most worlds most signals are well most of the time; otherwise nothing would ever get beyond its first step.
            int health = random.Next(4);
            var values = new List<double>();
            while (values.Count < 2000)
            {
                double value = random.Next(6) < health + 2 ? 0.001 : random.Next(3) == 0 ? double.NaN : 0.05;
                values.AddRange(Enumerable.Repeat(value, random.Next(1, value == 0.001 ? 60 : 12)));
            }

            _values[signal] = [.. values];
        }
    }

    public double At(string signal, DateTimeOffset time)
    {
        long index = (time - _start).Ticks / Interval.Ticks;
        return index >= 0 && index < _values[signal].Length ? _values[signal][index] : double.NaN;
    }

    /// <summary>The samples after a moment and up to another.</summary>
    public IEnumerable<(DateTimeOffset Time, bool Good)> Between(string signal, DateTimeOffset after, DateTimeOffset until)
    {
        for (DateTimeOffset time = new((after.Ticks / Interval.Ticks + 1) * Interval.Ticks, TimeSpan.Zero); time <= until; time += Interval)
            if (At(signal, time) is var value && !double.IsNaN(value)) yield return (time, value <= 0.01);
    }
}
