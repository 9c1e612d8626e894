using System.Text;

namespace ReadyOps.Core.JsonSchemas;

/// <summary><c>dependentRequired</c>, and <c>dependencies</c> with names.</summary>
internal sealed class DependentRequiredEvaluator(string keyword, (byte[] Name, byte[][] Needs)[] dependencies) : Evaluator(keyword)
{
    private readonly (byte[] Name, int Hash, (byte[] Name, int Hash)[] Needs)[] _dependencies =
        [.. dependencies.Select(d => (d.Name, NameHash.Of(d.Name), d.Needs.Select(need => (need, NameHash.Of(need))).ToArray()))];

    public override int AppliesTo => Kinds.Object;

    public override int Cost => 30;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        foreach ((byte[] name, int hash, (byte[] Name, int Hash)[] needs) in _dependencies)
        {
            if (evaluation.Find(node, hash, name) < 0) continue;
            foreach ((byte[] need, int needHash) in needs)
                if (evaluation.Find(node, needHash, need) < 0) return false;
        }

        return true;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        bool fits = true;
        foreach ((byte[] name, int hash, (byte[] Name, int Hash)[] needs) in _dependencies)
        {
            if (evaluation.Find(node, hash, name) < 0) continue;
            foreach ((byte[] need, int needHash) in needs)
            {
                if (evaluation.Find(node, needHash, need) >= 0) continue;
                fits = false;
                if (unit.IsFull) return false;
                unit.Fail(Keyword, node, $"{Quote(name)} needs {Quote(need)} beside it", $"a member named {Quote(need)}");
            }
        }

        return fits;
    }
}

/// <summary><c>dependentSchemas</c>, and <c>dependencies</c> with schemas.</summary>
internal sealed class DependentSchemasEvaluator(string keyword, (byte[] Name, SchemaNode Schema)[] dependencies) : Evaluator(keyword)
{
    private readonly (byte[] Name, int Hash, SchemaNode Schema)[] _dependencies = [.. dependencies.Select(d => (d.Name, NameHash.Of(d.Name), d.Schema))];

    public override int AppliesTo => Kinds.Object;

    public override int Cost => 60;

    public override IEnumerable<SchemaNode> InPlace => dependencies.Select(d => d.Schema);

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        foreach ((byte[] name, int hash, SchemaNode schema) in _dependencies)
            if (evaluation.Find(node, hash, name) >= 0 && !schema.IsValid(ref evaluation, node)) return false;
        return true;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        bool fits = true;
        foreach ((byte[] name, int hash, SchemaNode schema) in _dependencies)
        {
            if (evaluation.Find(node, hash, name) < 0) continue;
            fits &= Explaining.InPlace(ref evaluation, unit.InPlace(schema, $"/{Keyword}/{Unit.Escape(Encoding.UTF8.GetString(name))}"), unit);
        }

        return fits;
    }
}

/// <summary><c>dependencies</c>, which has names and schemas side by side.</summary>
internal sealed class DependenciesEvaluator(DependentRequiredEvaluator names, DependentSchemasEvaluator schemas) : Evaluator("dependencies")
{
    public override int AppliesTo => Kinds.Object;

    public override int Cost => 60;

    public override IEnumerable<SchemaNode> InPlace => schemas.InPlace;

    public override bool IsValid(ref Evaluation evaluation, int node) => names.IsValid(ref evaluation, node) && schemas.IsValid(ref evaluation, node);

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit) => names.Explain(ref evaluation, node, unit) & schemas.Explain(ref evaluation, node, unit);
}

/// <summary><c>propertyNames</c></summary>
internal sealed class PropertyNamesEvaluator(SchemaNode schema) : Evaluator("propertyNames")
{
    public override int AppliesTo => Kinds.Object;

    public override int Cost => 35;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        int marks = evaluation.Marks;
        evaluation.Marks = -1;
        int end = evaluation.Nodes[node].Next;
        for (int name = node + 1; name < end; name = evaluation.Nodes[name + 1].Next)
            if (!schema.IsValid(ref evaluation, name)) return false;
        evaluation.Marks = marks;
        return true;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        bool fits = true;
        int end = evaluation.Nodes[node].Next;
        for (int name = node + 1; name < end; name = evaluation.Nodes[name + 1].Next)
            if (!Explaining.Fits(ref evaluation, schema, name)) fits &= Explaining.Apply(ref evaluation, unit.Name(schema, name, "/propertyNames"), unit);
        return fits;
    }
}

/// <summary><c>unevaluatedProperties</c>: what no other keyword of the schema, or of a schema that it applies to the same value, has evaluated.</summary>
internal sealed class UnevaluatedPropertiesEvaluator(SchemaNode schema) : Evaluator("unevaluatedProperties")
{
    public override int AppliesTo => Kinds.Object;

    public override int Cost => 1000;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        ReadOnlySpan<TapeNode> nodes = evaluation.Nodes;
        int marks = evaluation.Marks, end = nodes[node].Next, index = 0;
        evaluation.Marks = -1;
        for (int name = node + 1; name < end; name = nodes[name + 1].Next, index++)
        {
            if (evaluation.IsMarked(marks, index)) continue;
            if (!schema.IsValid(ref evaluation, name + 1)) return false;
            evaluation.Mark(marks, index);
        }

        evaluation.Marks = marks;
        return true;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        bool fits = true;
        int marks = evaluation.Marks, end = evaluation.Nodes[node].Next, index = 0;
        var told = new List<int>();
        for (int name = node + 1; name < end; name = evaluation.Nodes[name + 1].Next, index++)
        {
            if (evaluation.IsMarked(marks, index)) continue;
            evaluation.Mark(marks, index);
            told.Add(name);
            if (Explaining.Fits(ref evaluation, schema, name + 1)) continue;
            if (schema.IsFalse)
            {
                fits = false;
                unit.Fail(Keyword, node, $"there is no member '{evaluation.String(name)}' here", "only members that the schema speaks of", name);
            }
            else
            {
                fits &= Explaining.Apply(ref evaluation, unit.Member(schema, name + 1, "/unevaluatedProperties"), unit);
            }
        }

        if (evaluation.Annotates) unit.Annotate(Keyword, node, Explaining.Names(evaluation.Instance, told));
        return fits;
    }
}
