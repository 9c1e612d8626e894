namespace ReadyOps.Core.Gates;

/// <summary>Says what changed between two results of a gate.</summary>
public static class GateDifference
{
    /// <summary>
    /// Checks that turned, appeared or went away first, then those that saw another value, each in the order of the document. The
    /// parts of a group are checks of their own.
    /// </summary>
    public static IReadOnlyList<GateChange> Of(GateResult before, GateResult after)
    {
        Dictionary<string, Evidence> earlier = ByName(before);
        Dictionary<string, Evidence> later = ByName(after);
        IEnumerable<GateChange> there = later.Values.Select(now => Change(earlier.GetValueOrDefault(now.Check), now)).OfType<GateChange>();
        IEnumerable<GateChange> gone = earlier.Values.Where(then => !later.ContainsKey(then.Check)).Select(then => Change(then, null)).OfType<GateChange>();
        return [.. there.Concat(gone).OrderBy(change => !change.Turned).Select(change => change with { From = before.JournalReference, To = after.JournalReference })];
    }

    private static Dictionary<string, Evidence> ByName(GateResult result)
    {
        var byName = new Dictionary<string, Evidence>(StringComparer.Ordinal);
        foreach (Evidence evidence in result.Evidence.SelectMany(WithParts)) byName.TryAdd(evidence.Check, evidence);
        return byName;
    }

    private static IEnumerable<Evidence> WithParts(Evidence evidence) => evidence.Parts.SelectMany(WithParts).Prepend(evidence);

    private static GateChange? Change(Evidence? before, Evidence? after)
    {
        var change = new GateChange
        {
            Check = (after ?? before)!.Check,
            Before = before?.Verdict,
            After = after?.Verdict,
            ValueBefore = before?.Value,
            ValueAfter = after?.Value,
            Unit = (after ?? before)!.Unit,
            Bound = (after ?? before)!.Bound,
            Reason = (after ?? before)!.Reason,
        };
        return change.Turned || !Equals(change.ValueBefore, change.ValueAfter) ? change : null;
    }
}
