using System.Runtime.CompilerServices;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// A schema: all of its keywords must hold. For the verdict it keeps, for each kind of value, only the keywords that have something to say about
/// that kind, the cheap and telling ones first. It is filled after it is made, so that a reference can lead back to it.
/// </summary>
internal sealed class SchemaNode(SchemaPlace place)
{
    private Evaluator[][] _lists = [];
    private int _accepts;
    private int _refuses;
    private bool _special;

    /// <summary>Where it stands.</summary>
    public SchemaPlace Place => place;

    /// <summary>Its keywords in the order of the schema, but what asks for the work of the others at the end.</summary>
    public Evaluator[] Keywords { get; private set; } = [];

    /// <summary>Whether it asks which children its other keywords have evaluated.</summary>
    public bool AsksForMarks { get; private set; }

    /// <summary>Whether it is the schema <c>false</c>.</summary>
    public bool IsFalse => Keywords is [FalseEvaluator];

    /// <summary>Whether dynamic references need to know that it was come through.</summary>
    public bool TracksScope { get; set; }

    /// <summary>Whether values of a kind fit whatever they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Accepts(TapeKind kind) => (_accepts >> (int)kind & 1) != 0;

    /// <summary>Whether no value of a kind fits.</summary>
    public bool Refuses(TapeKind kind) => (_refuses >> (int)kind & 1) != 0;

    public void Fill(IEnumerable<Evaluator> keywords)
    {
        // Whatever the order of the schema: what is left over is known at the end.
        Keywords = [.. keywords.OrderBy(Asks)];
        AsksForMarks = Keywords.Any(Asks);

        static bool Asks(Evaluator keyword) => keyword is UnevaluatedItemsEvaluator or UnevaluatedPropertiesEvaluator;
    }

    /// <summary>Sorts the keywords by the kinds that they are about, after all schemas are filled.</summary>
    /// <param name="marks">Whether any schema asks which children were evaluated, so that what always fits may still have to be asked.</param>
    public void Link(bool marks)
    {
        var lists = new Evaluator[Kinds.Count][];
        Evaluator[] byCost = [.. Keywords.Where(keyword => keyword.Asserts).OrderBy(keyword => keyword.Cost)];
        for (int kind = 0; kind < Kinds.Count; kind++)
        {
            int bit = 1 << kind;
            bool container = kind <= (int)TapeKind.Array;
            lists[kind] = [.. byCost.Where(keyword => (keyword.AppliesTo & bit) != 0 && (!keyword.AlwaysFits((TapeKind)kind) || (marks && container && keyword.MayMark)))];
            if (lists[kind].Length == 0 && !AsksForMarks) _accepts |= bit;
            if (lists[kind].Any(keyword => keyword.NeverFits((TapeKind)kind))) _refuses |= bit;
        }

        _lists = lists;
        _special = TracksScope || AsksForMarks;
    }

    /// <summary>Takes in the keywords of schemas that are only applied to the same value: one step less for each of them.</summary>
    public void Inline()
    {
        const int Most = 24;
        const int MostSteps = 16; // A long chain of references is not written out at each of its links.
        if (_special) return;
        for (int kind = 0; kind < Kinds.Count; kind++)
        {
            int steps = 0;
            for (int i = 0; i < _lists[kind].Length && _lists[kind].Length < Most && steps < MostSteps; i++)
            {
                if (_lists[kind][i].Parts((TapeKind)kind) is not { } parts || Array.Exists(parts, part => part._special)) continue;
                _lists[kind] = [.. _lists[kind][..i], .. parts.SelectMany(part => part._lists[kind]), .. _lists[kind][(i + 1)..]];
                i--;
                steps++;
            }
        }

        _lists[(int)TapeKind.Object] = SwitchEvaluator.Gather(_lists[(int)TapeKind.Object]);
    }

    /// <summary>Whether a value fits; stops at the first thing that does not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsValid(ref Evaluation evaluation, int node)
    {
        int kind = (int)evaluation.Nodes[node].Kind;
        return (_accepts >> kind & 1) != 0 || ((_refuses >> kind & 1) == 0 && Run(ref evaluation, node, kind));
    }

    /// <summary>Tells all that does not fit, and annotations where they are wanted; returns whether the value fits.</summary>
    public bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        evaluation.DescendToTell();
        bool entered = TracksScope && evaluation.Enter(place.Resource);
        int around = evaluation.Marks;
        bool marks = AsksForMarks && evaluation.Nodes[node].Kind is TapeKind.Object or TapeKind.Array;
        if (marks) evaluation.BeginMarks(node);
        bool fits = true;
        int bit = 1 << (int)evaluation.Nodes[node].Kind;
        foreach (Evaluator keyword in Keywords)
            if ((keyword.AppliesTo & bit) != 0) fits &= keyword.Explain(ref evaluation, node, unit);
        if (marks) evaluation.EndMarks(around, node, fits);
        if (entered) evaluation.Leave();
        evaluation.Ascend();
        unit.Conclude(fits);
        return fits;
    }

    private bool Run(ref Evaluation evaluation, int node, int kind)
    {
        evaluation.Descend();
        Evaluator[] list = _lists[kind];
        bool fits = true;
        if (_special)
        {
            fits = RunSpecial(ref evaluation, node, kind, list);
        }
        else
        {
            foreach (Evaluator keyword in list)
            {
                if (keyword.IsValid(ref evaluation, node)) continue;
                fits = false;
                break;
            }
        }

        evaluation.Ascend();
        return fits;
    }

    private bool RunSpecial(ref Evaluation evaluation, int node, int kind, Evaluator[] list)
    {
        bool entered = TracksScope && evaluation.Enter(place.Resource);
        int around = evaluation.Marks;
        bool marks = AsksForMarks && kind <= (int)TapeKind.Array;
        if (marks) evaluation.BeginMarks(node);
        foreach (Evaluator keyword in list)
            if (!keyword.IsValid(ref evaluation, node)) return false; // Whoever goes on after a failure goes back to where it was before.
        if (marks) evaluation.EndMarks(around, node, keep: true);
        if (entered) evaluation.Leave();
        return true;
    }
}
