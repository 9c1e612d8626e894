using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Monitoring;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Targets;

namespace ReadyOps.Simulation;

/// <summary>A machine with one process after another that ticks rollouts, and now and then a person in front of it.</summary>
internal sealed partial class SimAgent
{
    /// <summary>Bytes between two snapshots: few, so that most processes begin with one.</summary>
    private const long SnapshotEvery = 4096;

    private readonly SimWorld _world;
    private readonly SeedRandom _random;
    private RolloutService? _service;

    public SimAgent(SimWorld world, SeedRandom random, int number)
    {
        (_world, _random) = (world, random);
        Name = "agent-" + (char)('a' + number);
        Clock = new SimClock(world.Scheduler);
        if (!world.Profile.ClocksAreRight && random.OneIn(4)) Clock.Ahead = random.Seconds(0, 600) - TimeSpan.FromMinutes(5);
    }

    public string Name { get; }

    public SimClock Clock { get; }

    public SimProcess? Process { get; private set; }

    public void Live()
    {
        Scheduler scheduler = _world.Scheduler;
        for (int i = 0; i < _world.Profile.Commands && !_world.IsOver; i++)
        {
            if (_world.Rollouts.Count == 0) Give(Command.Start);
            else Give(Choose());
            if (_world.IsDamaged && i < _world.Profile.Commands - 3) i = _world.Profile.Commands - 3;
            scheduler.SleepUntil(scheduler.Now + Pause().Ticks);
        }
    }

    /// <summary>Ticks a calm world until nothing more is to come.</summary>
    public void ComeToAnEnd()
    {
        for (int i = 0; i < 80 && !_world.IsOver && _world.Laws.Ledgers.Any(ledger => IsUnderWay(ledger) || _world.Laws.IsCalling(ledger)); i++)
        {
            // As a scheduled task does, which knows no names.
            Give(_world.Hooks is null ? Command.Tick : Command.TickAll);
            _world.Scheduler.SleepUntil(_world.Scheduler.Now + TimeSpan.FromSeconds(30).Ticks);
        }

        Ledger? stuck = _world.Laws.Ledgers.FirstOrDefault(IsUnderWay);
        if (_world.Hooks is not null && !_world.IsOver) _world.Laws.AllAreCalled();
        _world.Laws.Hold(Law.ComesToAnEnd, stuck is null, $"in a calm world {stuck?.Stream} is still {stuck?.Phase}");
    }

    /// <summary>Whether it will move on without a person.</summary>
    private bool IsUnderWay(Ledger ledger) => !ledger.Ended && !ledger.AwaitsPeople && !_world.Laws.HasEndedUnheard(ledger) && !(ledger.IsPaused && ledger.PausedBy is "operator" or "drift" or "clock" or "deadline" or "apart");

    private enum Command
    {
        Tick,
        TickAll,
        Look,
        Start,
        StartForce,
        Suspend,
        Resume,
        RollBack,
        Promote,
        PromoteFull,
        Retry,
        Approve,
        Deny,
        Withdraw,
    }

    private TimeSpan Pause() => _random.Below(100) switch
    {
        < 70 => TimeSpan.FromSeconds(_world.Profile.Pace),
        < 92 => _random.Seconds(1, 180),
        < 95 => _random.Seconds(300, 1500),
        _ => TimeSpan.Zero,
    };

    private Command Choose()
    {
        if (_world.Profile.NewReleases && _random.OneIn(12)) return _random.Pick(Command.Start, Command.StartForce, Command.Retry);
        if (_random.Chance(_world.Profile.Operators)) return _random.Pick(Command.Suspend, Command.Suspend, Command.Resume, Command.Resume, Command.Resume, Command.RollBack, Command.Promote, Command.Promote, Command.PromoteFull);
        if (_world.Plan.Steps.AsksPeople && _random.Below(12) < (_world.Laws.Ledgers is [.., { AwaitsPeople: true }] ? 6 : 3)) return ChooseAsked();
        return _random.Below(20) switch { 0 => Command.TickAll, 1 => Command.Look, _ => Command.Tick };
    }

    private void Give(Command command)
    {
        _world.FlipWantedBit();
        // What a process has verified it need not read again, so that damage behind it is for the next one to find.
        if (Process is null or { IsDead: true } || _random.OneIn(10) || _world.IsDamaged) Begin();
        if (_world.Profile.Has(Fault.Killed) && _random.OneIn(10)) Process!.DieIn(_random.Below(40));
        SimProcess process = Process!;
        process.DiesInWrite = _world.Profile.Has(Fault.TornWrite) && _random.OneIn(8);
        string? id = _world.Rollouts.Count == 0 ? null : _random.OneIn(6) ? _world.Rollouts[_random.Below(_world.Rollouts.Count)] : _world.Rollouts[^1];
        process.Look = new Look { Command = command.ToString(), BeganDamaged = _world.IsDamaged, HandChanges = _world.HandChanges, Jumps = _world.Jumps, Targets = _world.Shares.Count, NamesPeople = _world.Plan.Steps.NamesPeople };
        process.Held = null;
        process.LeasesBefore = process.Leases.Count;
        _world.Commands++;
        _world.Story?.Add($"{_world.Stamp} {Name} ({Clock.Now:HH:mm:ss}): {command}, share {string.Join(' ', _world.Shares.Select(share => share.Percent))}%");
        _world.Busy++;
        int begunWith = _world.Laws.Writes;
        try
        {
            RolloutStatus? status = Do(command, id);
            if (!_world.IsOver && !process.IsDead) _world.Laws.AfterCommand(process, id, status);
        }
        catch (KilledException)
        {
        }
        catch (ReadyOpsException e)
        {
            _world.Story?.Add($"{_world.Stamp} {Name}: {e.Id}: {e.Message}");
            if (!process.IsDead) _world.Laws.AfterError(process, id, e, begunWith);
        }
        catch (Exception e) when (e is not LawBrokenException)
        {
            // What a dead process throws while it unwinds, nobody sees.
            if (!process.IsDead) _world.Laws.Hold(Law.ErrorHasCause, false, $"{command} threw {e}");
        }
        finally
        {
            _world.Busy--;
        }
    }

    private RolloutStatus? Do(Command command, string? id)
    {
        RolloutService service = _service!;
        switch (command)
        {
            case Command.Start or Command.StartForce:
                string release = $"2.{_world.Rollouts.Count}.0";
                return Clock.Await(service.StartAsync(_world.Plan.Document, new RolloutStart { Release = release, Force = command == Command.StartForce }, CancellationToken.None));
            case Command.Suspend:
                return Clock.Await(service.SuspendAsync(id!, "look at it", CancellationToken.None));
            case Command.Resume:
                return Clock.Await(service.ResumeAsync(id!, null, CancellationToken.None));
            case Command.RollBack:
                return Clock.Await(service.RollBackAsync(id!, "take it back", CancellationToken.None));
            case Command.Promote or Command.PromoteFull:
                return Clock.Await(service.PromoteAsync(id!, command == Command.PromoteFull, command == Command.PromoteFull || _random.OneIn(3), "the fix must go out", CancellationToken.None));
            case Command.Retry:
                return Clock.Await(service.RetryAsync(id!, new RolloutStart { Force = _random.OneIn(2) }, CancellationToken.None));
            case Command.Approve or Command.Deny or Command.Withdraw:
                Clock.Await(DecideAsync(service, id!, command));
                return null;
            case Command.Look:
                if (_world.Plan.Window is not null) _world.Laws.AfterWindowLook(Clock.Await(new MonitoringService(service).GetAsync(id!, CancellationToken.None)));
                else Clock.Await(service.GetAsync(id!, CancellationToken.None));
                return null;
            case Command.TickAll:
                Clock.Await(TickAllAsync(service));
                return null;
            default:
                return Clock.Await(service.TickAsync(id!, CancellationToken.None));
        }
    }

    /// <summary>As a scheduled task does it.</summary>
    private async ValueTask<int> TickAllAsync(RolloutService service)
    {
        int ticked = 0;
        IReadOnlyList<string> ids = await service.ListActiveIdsAsync(CancellationToken.None).ConfigureAwait(false);
        await foreach (RolloutTick tick in service.TickEachAsync(ids, TimeSpan.FromMinutes(10), CancellationToken.None).ConfigureAwait(false))
        {
            ticked++;
            if (tick.Failure is { } failure) _world.Story?.Add($"{_world.Stamp} {Name}: {tick.Id}: {failure.Message}");
        }

        return ticked;
    }

    /// <summary>A process that knows nothing but what the disk says.</summary>
    private void Begin()
    {
        Process?.Kill("ends");
        var process = new SimProcess(_world, this);
        var context = new EngineContext { Clock = Clock, Actor = "alice", HostName = Name, StaysOnThread = true };
        if (_world.Hooks is { } hooks) context = context with { AllowCommand = true, Programs = (run, cancel) => hooks.RunAsync(process, Clock, run, cancel) };
        if (_world.Profile.Http || _world.Hooks is not null) context = context with { Http = new HttpClient(new SimPrometheus(_world, process, Clock)) { Timeout = Timeout.InfiniteTimeSpan } };
        _surroundings = (new SimStore(_world, process, context), context);
        RolloutPlan? plan = null;
        // Only the client for HTTP has anything of its own from one tick to the next, or of the tick it is made for.
        _service = new RolloutService(_surroundings.Store, context, (reader, name, inner) => _world.Profile.Http ? Make(process, reader, name, inner) : plan ??= Make(process, reader, name, inner)) { SnapshotEvery = SnapshotEvery };
        Process = process;
    }

    private RolloutPlan Make(SimProcess process, ObjectReader reader, string name, EngineContext context)
    {
        // Every rollout of a world has the same document, which is read once.
        RolloutDefinition definition = _world.Definition ??= RolloutPlan.ReadDefinition(reader, name);
        return new RolloutPlan(WithChecks(process, definition), new RolloutParts(
            _world.Plan.Window is { TakesBack: false } window ? new SimWatchedShare(_world, process, window.Share) : Target(process),
            definition.Signals.ToDictionary(signal => signal.Name, signal => Source(process, signal, signal.Name, context)),
            definition.Signals.Where(signal => signal.HasStable).ToDictionary(signal => signal.Name, signal => Source(process, signal, signal.Name + "_stable", context))));
    }

    /// <summary>One target, or several as one.</summary>
    private ITarget Target(SimProcess process)
    {
        ITarget[] all = [.. _world.Shares.Select((_, i) => _world.Plan.Steps.NamesPeople ? new SimNamingTarget(_world, process, i) : new SimTarget(_world, process, i))];
        return all.Length == 1 ? all[0] : new TargetGroup(all);
    }

    private ISignalSource Source(SimProcess process, SignalDefinition signal, string series, EngineContext context)
    {
        SimSignal mine = _world.Plan.Signals.First(s => s.Name == signal.Name);
        if (!_world.Profile.Http) return new SimSource(_world, process, mine, series);
        var endpoint = HttpEndpoint.For("http://prometheus.invalid:9090");
        var client = new PrometheusClient(endpoint with { Timeout = TimeSpan.FromSeconds(20) }, context) { Jitter = () => _world.Random.Below(1000) / 1000.0 };
        return new WatchedSource(_world, process, mine, series, new PrometheusSignalSource(client, mine.QueryOf(series), null, signal.Interval, signal.Window, signal.Lag));
    }
}
