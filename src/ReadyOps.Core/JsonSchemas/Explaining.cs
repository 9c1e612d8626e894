using System.Text.Json;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>What keywords have in common when they tell what does not fit.</summary>
internal static class Explaining
{
    /// <summary>Whether a child fits and there is nothing to say about it, which is found out without making a report of it.</summary>
    public static bool Fits(ref Evaluation evaluation, SchemaNode schema, int child)
    {
        if (evaluation.Annotates) return false;
        Evaluation.Point before = evaluation.Save();
        evaluation.Marks = -1;
        bool fits = schema.IsValid(ref evaluation, child);
        evaluation.Restore(before);
        return fits;
    }

    /// <summary>Applies the schema of a unit to its value, a child that is known not to fit, and adds to the unit above what it has to say.</summary>
    public static bool Apply(ref Evaluation evaluation, Unit unit, Unit above)
    {
        if (above.IsFull && !evaluation.Annotates) return false;
        int marks = evaluation.Marks;
        evaluation.Marks = -1;
        bool fits = unit.Schema.Explain(ref evaluation, unit.Node, unit);
        evaluation.Marks = marks;
        above.Add(unit);
        return fits;
    }

    /// <summary>Applies the schema of a unit to the same value; it must hold, so what it evaluates counts.</summary>
    public static bool InPlace(ref Evaluation evaluation, Unit unit, Unit above)
    {
        // A schema that forks would be gone through in all of its branches, without anything to show for it.
        if (above.IsFull && !evaluation.Annotates) return evaluation.Fits(unit.Schema, unit.Node);
        bool fits = unit.Schema.Explain(ref evaluation, unit.Node, unit);
        above.Add(unit);
        return fits;
    }

    /// <summary>Applies the schema of a unit to the same value as one way of several; what it evaluates counts if it fits.</summary>
    public static bool Branch(ref Evaluation evaluation, Unit unit, Unit above)
    {
        if (above.IsFull && !evaluation.Annotates) return evaluation.Fits(unit.Schema, unit.Node);
        int marks = evaluation.Marks;
        if (marks >= 0) evaluation.BeginMarks(unit.Node);
        bool fits = unit.Schema.Explain(ref evaluation, unit.Node, unit);
        if (marks >= 0) evaluation.EndMarks(marks, unit.Node, fits);
        above.Add(unit);
        return fits;
    }

    /// <summary>Names of members as a JSON array.</summary>
    public static string Names(JsonInstance instance, IEnumerable<int> names) => JsonSerializer.Serialize(names.Select(instance.String));
}
