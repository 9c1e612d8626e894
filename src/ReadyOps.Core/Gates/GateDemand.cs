using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Gates;

/// <summary>What a result of a gate must be to let a release through.</summary>
internal static class GateDemand
{
    /// <summary>It passed, for this very release, and its evidence still holds.</summary>
    /// <exception cref="ReadyOpsException"><c>GateNotPassed</c>, <c>GateForOtherRelease</c>, <c>GateStale</c></exception>
    public static void Passed(GateResult gate, string release, DateTimeOffset now)
    {
        string again = $"Test the gate again with -Release {release}.";
        if (gate.Status != GateStatus.Passed)
            throw new ReadyOpsException("GateNotPassed", $"The gate '{gate.Gate}' did not pass ({gate.Status}): {gate.Reason}", "Mend what it names and test the gate again.");
        // What was asked about no release would let every release through.
        if (gate.Release != release)
            throw new ReadyOpsException("GateForOtherRelease", $"The gate '{gate.Gate}' judged {(gate.Release is { } judged ? $"release '{judged}'" : "no particular release")}, not '{release}'.", again);
        if (gate.IsStaleAt(now))
            throw new ReadyOpsException("GateStale", $"The gate '{gate.Gate}' passed, and its evidence is stale since {ApprovalRules.Moment(gate.ValidUntil!.Value)}.", again);
    }

    /// <summary>
    /// No later result for the same release says otherwise: past results can be had from the journal, and picking one that passed must
    /// not get round a newer one that did not. A result that this journal does not hold is taken as it is.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>GateSuperseded</c>, <c>JournalDamaged</c></exception>
    public static async ValueTask NewestAsync(GateResult gate, IJournalStore store, CancellationToken cancel)
    {
        string stream = GateJournal.StreamOf(gate.Gate);
        if (!gate.JournalReference.StartsWith(stream + "#", StringComparison.Ordinal)) return;
        GateResult? newest = null;
        bool known = false;
        foreach (JournalLine line in (await JournalProof.ReadAsync(store, stream, cancel).ConfigureAwait(false)).Where(line => line.Type == GateJournal.EventType))
        {
            bool itself = GateJournal.Reference(stream, line) == gate.JournalReference;
            known |= itself;
            if (!known || itself) continue;
            GateResult later = GateJournal.Read(stream, line);
            if (later.Release == gate.Release) newest = later;
        }

        if (newest is null || newest.Status == GateStatus.Passed) return;
        throw new ReadyOpsException("GateSuperseded", $"The gate '{gate.Gate}' passed at {gate.JournalReference}, and no longer did at {newest.JournalReference} ({newest.Status}): {newest.Reason}",
            "Mend what it names and test the gate again.");
    }
}
