using ReadyOps.Core;
using ReadyOps.Core.Checks;

namespace ReadyOps.Simulation;

/// <summary>How the checks of a world behave, by name.</summary>
internal sealed class SimChecks
{
    private readonly Dictionary<string, SimMoods<Mood>> _moods = [];

    public SimChecks(SeedRandom random, SimPlan plan)
    {
        foreach (SimGuard guard in plan.Steps.Guards.Where(guard => !guard.AsksPeople))
            _moods[guard.Name] = new SimMoods<Mood>(random, Mood.Passes, [Mood.Fails, Mood.SaysNothing, Mood.Throws, Mood.Hangs, Mood.IsSlow], SimWorld.Beginning.UtcTicks);
    }

    private enum Mood
    {
        Passes,
        Fails,
        SaysNothing,
        Throws,
        Hangs,
        IsSlow,
    }

    public async Task<Observation> LookAsync(SimWorld world, SimProcess process, SimGuard guard, CancellationToken cancel)
    {
        switch (_moods[guard.Name].At(world))
        {
            case Mood.Fails:
                world.Count(Fault.CheckFails);
                return Observation.Of(Verdict.Fail, "It does not work.");
            case Mood.SaysNothing:
                world.Count(Fault.CheckFails);
                return Observation.Of(world.Random.Pick(Verdict.NoData, Verdict.Stale, Verdict.Inconclusive, Verdict.Skipped, Verdict.Error), "Nothing is known.");
            case Mood.Throws:
                world.Count(Fault.CheckThrows);
                throw new InvalidOperationException("It is broken.");
            case Mood.Hangs:
                world.Count(Fault.CheckHangs);
                await new TaskCompletionSource().Task.ConfigureAwait(false);
                break;
            case Mood.IsSlow:
                world.Count(Fault.CheckSlow);
                await process.Agent.Clock.WaitAsync(world.Random.Seconds(1, 70), cancel).ConfigureAwait(false);
                process.Touch();
                break;
        }

        return Observation.Of(Verdict.Pass, "It works.");
    }
}

/// <summary>A check before a step as one process asks it: a stand-in, or the real one that looks for approvals; tells the laws what came of it.</summary>
internal sealed class SimCheck(SimWorld world, SimProcess process, int step, SimGuard guard, CheckDefinition inner) : ICheck, ICompositeCheck
{
    public IReadOnlyList<CheckDefinition> Parts => [inner];

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        process.Touch();
        bool isApproved = world.Laws.BeforeCheck(process, step, guard);
        Observation seen = guard.AsksPeople ? await inner.Check.ObserveAsync(context, cancel).ConfigureAwait(false)
            : await world.Checks.LookAsync(world, process, guard, cancel).ConfigureAwait(false);
        // Nobody waits any more for one that is too late, also where it is so at this very moment.
        cancel.ThrowIfCancellationRequested();
        world.Laws.AfterCheck(process, guard, seen.Verdict, isApproved);
        return seen;
    }
}
