namespace ReadyOps.Simulation;

/// <summary>The rules of a store that agents share.</summary>
internal static partial class Mutations
{
    private const string Statements = "Journal/Postgres/PostgresStatements.cs";
    private const string Lease = "Journal/Postgres/PostgresLease.cs";

    private static IReadOnlyList<Mutation> Shared =>
    [
        new("fence", "Who no longer has the newest token appends nothing.", Statements,
            "($3::bigint IS NULL OR token = $3)",
            "{($M ? \"true\" : \"($3::bigint IS NULL OR token = $3)\")}"),
        new("fence-token", "Each holder gets a new token.", Statements,
            "SET token = s.token + 1,",
            "SET token = s.token{($M ? \"\" : \" + 1\")},"),
        new("lease-expiry", "A lease is taken from nobody before it has ended.", Statements,
            "OR s.expires <= clock_timestamp() OR",
            "OR {($M ? \"true\" : \"s.expires <= clock_timestamp()\")} OR"),
        new("lease-flushed", "A lease that somebody was given survives a crash of the server.", Statements,
            "$4::interval WHERE {Flushed}",
            "$4::interval WHERE {($M ? \"true\" : Flushed)}") { In = draw => draw.Profile.FlushesLate && draw.Profile.Has(Fault.StoreRestarted) },
        new("renewal-flushed", "So does its renewal.", Statements,
            "token = $2 AND {Flushed}\";",
            "token = $2 AND {($M ? \"true\" : Flushed)}\";") { In = draw => draw.Profile.FlushesLate && draw.Profile.Has(Fault.StoreRestarted) },
        new("append-flushed", "And so do lines that were acknowledged.", Statements,
            "              AND {Flushed}\n",
            "              AND {($M ? \"true\" : Flushed)}\n") { In = draw => draw.Profile.FlushesLate && draw.Profile.Has(Fault.StoreRestarted) },
        new("held", "Before an act it is asked whether the lease can have ended.", Engine,
            "if (!lease.IsHeld) throw",
            "if (!$M && !lease.IsHeld) throw"),
        new("held-time", "A lease that was not renewed for its time is held no more.", Lease,
            "store.Context.Clock.GetElapsedTime(Interlocked.Read(ref _renewedAt)) < leaseTime;",
            "($M || store.Context.Clock.GetElapsedTime(Interlocked.Read(ref _renewedAt)) < leaseTime);"),
        new("reread", "An append whose answer was lost is looked for.", Lease,
            "return await session.HasAsync(",
            "return !$M && await session.HasAsync("),
        new("renewed-then", "What was written before has renewed the lease then, and not now.", Lease,
            "                // What an earlier attempt wrote",
            "                if ($M) renewed = asked;\n\n                // What an earlier attempt wrote") { In = draw => draw.Profile.Has(Fault.StoreCut) },
        new("renewal-ends", "A renewal that fails while the lease is given back is nobody's concern.", Lease,
            "catch (Exception) when (_stop.IsCancellationRequested)",
            "catch (Exception e) when (_stop.IsCancellationRequested && (!$M || e is OperationCanceledException))"),
        new("store-clock", "All go by the clock of the store.", "Journal/Postgres/PostgresClock.cs",
            "if ((offset - Offset).Duration() <= Tolerance",
            "if ($M || (offset - Offset).Duration() <= Tolerance"),
        new("start-held", "Before a rollout starts it is asked whether what it takes over is still held.", "Rollouts/RolloutService.cs",
            "if (claims.Concat(holders).FirstOrDefault(held => !held.IsHeld) is { } lost)",
            "if (claims.Concat(holders).FirstOrDefault(held => !$M && !held.IsHeld) is { } lost)") { In = draw => draw.Profile is { IsShared: true, NewReleases: true, Agents: > 1 } },
        new("start-fenced", "A start that stood still for too long is fenced off before others act as if it never will.", "Rollouts/TargetOwnership.cs",
            "await using IJournalLease lease = await AcquireAsync(RolloutService.Prefix + id, LeaseWait, cancel)",
            "if ($M) return false;\n        await using IJournalLease lease = await AcquireAsync(RolloutService.Prefix + id, LeaseWait, cancel)") { In = draw => draw.Profile is { IsShared: true, Agents: > 1 } },
    ];
}
