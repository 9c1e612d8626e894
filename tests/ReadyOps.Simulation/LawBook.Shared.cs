using ReadyOps.Core.Journal;

namespace ReadyOps.Simulation;

/// <summary>What must hold where agents share a store: leases that end by its clock, and tokens that fence off who was away.</summary>
internal sealed partial class LawBook
{
    /// <summary>A lease is about to be given.</summary>
    public void BeforeTake(SimProcess process, string stream, SimLease? former) =>
        Hold(Law.OneHoldsALease, former is null || !former.Runs(world.Scheduler.Now), $"{process.Agent.Name} gets the lease of {stream} while {former?.Process.Agent.Name} has it");

    /// <summary>Lines are about to be added. Of a stream that has leases, only by whoever got the last one.</summary>
    public void BeforeRow(SimProcess process, string stream, SimLease? by, SimLease? last, bool hasLeases)
    {
        if (!hasLeases) return;
        Hold(Law.FencedChangesNothing, by is not null && by == last, $"{process.Agent.Name} appends to {stream} with token {by?.Token} after {last?.Process.Agent.Name} got {last?.Token}");
        if (by is not null) by.Appends++;
    }

    /// <summary>A process asks whether it can still have a lease.</summary>
    public void AfterIsHeld(SimProcess process, string stream, bool held)
    {
        process.HeldAskedAt = held ? process.Operations : -1;
        if (held) process.Look.AskedHeld = new DateTimeOffset(world.Scheduler.Now, TimeSpan.Zero);
        HoldHeld(process, stream, held);
    }

    private void HoldHeld(SimProcess process, string stream, bool held)
    {
        if (held) Hold(Law.HeldIsTrue, world.Database!.Leases.GetValueOrDefault(stream) is { } last && last.Process == process && last.Runs(world.Scheduler.Now), $"{process.Agent.Name} takes the lease of {stream} for its own, which is over");
    }

    /// <summary>An append came back. Its lines are dated by the store's clock, however wrong the machine's is.</summary>
    public void AfterAppend(SimProcess process, string stream, long began, IReadOnlyList<JournalLine> lines, bool held)
    {
        HoldHeld(process, stream, held);
        if (process.Look.Jumps != world.Jumps) return;
        // As well as answers that were under way for long can tell it.
        TimeSpan slack = TimeSpan.FromSeconds(1 + (world.Profile.Has(Fault.Frozen) ? 90 : 0) + (world.Profile.Has(Fault.StoreSlow) || world.Profile.Has(Fault.StoreDown) ? 20 : 0));
        DateTimeOffset from = new(began, TimeSpan.Zero), to = new(world.Scheduler.Now, TimeSpan.Zero);
        foreach (JournalLine line in lines)
            Hold(Law.TimeIsTheStores, line.Time >= from - slack && line.Time <= to + slack, $"a line of {stream} says {line.Time:HH:mm:ss} between {from:HH:mm:ss} and {to:HH:mm:ss}");
    }

    /// <summary>Who is told that somebody else took over is told that nothing was written.</summary>
    public void AfterFenced(SimProcess process, string stream, SimLease? lease, int appendsBefore)
    {
        if (process.IsDead) return;
        Hold(Law.FailedIsTakenBack, lease is null || lease.Appends == appendsBefore, $"{process.Agent.Name} is told that nothing was written to {stream}, and something was");
    }

    /// <summary>An act is about to begin: right behind the question whether the lease is held.</summary>
    public void BeginAct(SimProcess process)
    {
        if (world.Database is null || process.Begun == (process.Look, process.Held?.OpenAct?.Number ?? 0)) return;
        // Several targets are moved by one act.
        process.Begun = (process.Look, process.Held?.OpenAct?.Number ?? 0);
        // Several are looked at once more before the first of them is set.
        bool asked = world.Shares.Count == 1 ? process.HeldAskedAt == process.Operations : process.HeldAskedAt >= 0;
        Hold(Law.ActsUnderLease, process.Held is not null && asked, $"{process.Agent.Name} sets the share without asking whether it has the lease");
    }

    /// <summary>
    /// Whether an act takes effect when the lease that it was begun under is over. Nothing can keep a process from standing still
    /// between a question and a deed; what it does then is for the next tick to find, as if it were done by hand.
    /// </summary>
    public bool IsLate(SimProcess process)
    {
        if (world.Database is not { } database || process.Held is not { } ledger) return false;
        return database.Leases.GetValueOrDefault(ledger.Stream) is not { } last || last.Process != process || !last.Runs(world.Scheduler.Now);
    }

    /// <summary>Whether a process that began an act has no lease any more, given back or over.</summary>
    private bool HasLetGo(SimProcess process) => world.Database is not null && (process.Held is null || IsLate(process));

    /// <summary>Whether another rollout did something behind the last question whether its lease is held: nothing can keep a process from standing still just there.</summary>
    private bool IsBehindLastLook(Look look, DateTimeOffset happened) => world.Database is not null && look.AskedHeld is { } asked && happened > asked;

    /// <summary>An act took effect.</summary>
    public void AfterEffect(SimProcess process)
    {
        if (IsLate(process)) world.NoteLateAct(process);
    }

    /// <summary>Whether somebody else has got the lease that a process still believes in.</summary>
    public bool IsOvertaken(SimProcess process, Ledger ledger) =>
        world.Database is { } database && database.Leases.GetValueOrDefault(ledger.Stream)?.Process != process;
}
