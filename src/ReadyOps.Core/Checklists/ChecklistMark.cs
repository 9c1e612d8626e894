namespace ReadyOps.Core.Checklists;

/// <summary>What a checklist says about an item. Only <see cref="Ticked"/> is done.</summary>
internal enum ChecklistMark
{
    /// <summary>It says nothing: there is no box and no sign.</summary>
    None,

    /// <summary>Done: <c>[x]</c>, <c>✅</c>, or the good one of two boxes.</summary>
    Ticked,

    /// <summary>Not begun: <c>[ ]</c>, <c>⏳</c>.</summary>
    Open,

    /// <summary>Begun: <c>[-]</c>, <c>🟡</c>, or done by less than 100 %.</summary>
    Partial,

    /// <summary>Failed: <c>❌</c>, or the bad one of two boxes.</summary>
    Failed,
}
