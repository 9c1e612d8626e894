using System.Buffers;
using System.Globalization;
using System.Numerics;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>The schemas of the first items, one each, and the schema of the rest: <c>prefixItems</c> and <c>items</c>, or <c>items</c> and <c>additionalItems</c>.</summary>
internal sealed class ItemsEvaluator(string prefixKeyword, SchemaNode[] prefix, string restKeyword, SchemaNode? rest) : Evaluator(prefix.Length > 0 ? prefixKeyword : restKeyword)
{
    public override int AppliesTo => Kinds.Array;

    public override int Cost => 45;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        ReadOnlySpan<TapeNode> nodes = evaluation.Nodes;
        int marks = evaluation.Marks, end = nodes[node].Next, item = node + 1, index = 0;
        evaluation.Marks = -1;
        for (; index < prefix.Length && item < end; index++, item = nodes[item].Next)
        {
            if (!prefix[index].IsValid(ref evaluation, item)) return false;
            if (marks >= 0) evaluation.Mark(marks, index);
        }

        if (rest is not null)
        {
            for (; item < end; item = nodes[item].Next)
                if (!rest.IsValid(ref evaluation, item)) return false;
            if (marks >= 0) evaluation.MarkAll(marks, nodes[node].Info);
        }

        evaluation.Marks = marks;
        return true;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        bool fits = true;
        int marks = evaluation.Marks, end = evaluation.Nodes[node].Next, index = 0;
        for (int item = node + 1; item < end; item = evaluation.Nodes[item].Next, index++)
        {
            SchemaNode? schema = index < prefix.Length ? prefix[index] : rest;
            if (schema is null) break;
            if (marks >= 0) evaluation.Mark(marks, index);
            if (Explaining.Fits(ref evaluation, schema, item)) continue;
            string step = index < prefix.Length ? string.Create(CultureInfo.InvariantCulture, $"/{prefixKeyword}/{index}") : $"/{restKeyword}";
            fits &= Explaining.Apply(ref evaluation, unit.Item(schema, item, index, step), unit);
        }

        if (evaluation.Annotates) Annotate(evaluation.Nodes[node].Info, node, unit);
        return fits;
    }

    private void Annotate(int count, int node, Unit unit)
    {
        if (prefix.Length > 0 && count > 0)
            unit.Annotate(prefixKeyword, node, prefix.Length >= count ? "true" : (prefix.Length - 1).ToString(CultureInfo.InvariantCulture));
        if (rest is not null && count > prefix.Length) unit.Annotate(restKeyword, node, "true");
    }
}

/// <summary><c>contains</c> with <c>minContains</c> and <c>maxContains</c>.</summary>
internal sealed class ContainsEvaluator(SchemaNode schema, int least, int most, bool marksItems) : Evaluator("contains")
{
    public override int AppliesTo => Kinds.Array;

    public override int Cost => 55;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        ReadOnlySpan<TapeNode> nodes = evaluation.Nodes;
        if (nodes[node].Info < least) return false;
        Evaluation.Point before = evaluation.Save();
        bool mark = marksItems && before.Marks >= 0;
        int end = nodes[node].Next, found = 0, index = 0;
        evaluation.Marks = -1;
        for (int item = node + 1; item < end; item = nodes[item].Next, index++)
        {
            if (schema.IsValid(ref evaluation, item))
            {
                if (mark) evaluation.Mark(before.Marks, index);
                if (++found > most) return false;
                if (found >= least && most == int.MaxValue && !mark) break;
            }
            else
            {
                evaluation.Restore(before);
                evaluation.Marks = -1;
            }
        }

        evaluation.Restore(before);
        return found >= least;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        Evaluation.Point before = evaluation.Save();
        var found = new List<int>();
        int end = evaluation.Nodes[node].Next, index = 0;
        for (int item = node + 1; item < end; item = evaluation.Nodes[item].Next, index++)
        {
            evaluation.Marks = -1;
            Unit child = unit.Item(schema, item, index, "/contains");
            if (schema.Explain(ref evaluation, item, child))
            {
                found.Add(index);
                unit.Add(child);
                if (marksItems && before.Marks >= 0) evaluation.Mark(before.Marks, index);
            }

            evaluation.Restore(before);
        }

        if (found.Count >= least && found.Count <= most)
        {
            if (evaluation.Annotates && marksItems) unit.Annotate("contains", node, found.Count == index ? "true" : $"[{string.Join(',', found)}]");
            return true;
        }

        bool few = found.Count < least;
        string keyword = few ? (found.Count == 0 && least == 1 ? "contains" : "minContains") : "maxContains";
        string message = found.Count == 0 ? "no item of the list is one that it has to contain" : $"{Count(found.Count, "item")} of the list {(found.Count == 1 ? "is" : "are")} of the kind that it has to contain";
        unit.Fail(keyword, node, message, few ? $"at least {least.ToString(CultureInfo.InvariantCulture)}" : $"at most {most.ToString(CultureInfo.InvariantCulture)}");
        return false;
    }
}

/// <summary><c>minItems</c>, <c>maxItems</c>, <c>minProperties</c> and <c>maxProperties</c>.</summary>
internal sealed class CountEvaluator(string keyword, int limit, string limitText) : Evaluator(keyword)
{
    private readonly bool _items = keyword is "minItems" or "maxItems";
    private readonly bool _atLeast = keyword is "minItems" or "minProperties";

    public override int AppliesTo => _items ? Kinds.Array : Kinds.Object;

    public override int Cost => 20;

    public override bool AlwaysFits(TapeKind kind) => _atLeast ? limit == 0 : limit == int.MaxValue;

    public override bool IsValid(ref Evaluation evaluation, int node) => _atLeast ? evaluation.Nodes[node].Info >= limit : evaluation.Nodes[node].Info <= limit;

    protected override (string Message, string Expected) Describe(ref Evaluation evaluation, int node)
    {
        int count = evaluation.Nodes[node].Info;
        string message = _items ? $"the list has {Count(count, "item")}" : $"the object has {Count(count, "member")}";
        return (message, $"{(_atLeast ? "at least" : "at most")} {limitText}");
    }
}

/// <summary><c>uniqueItems</c></summary>
internal sealed class UniqueItemsEvaluator() : Evaluator("uniqueItems")
{
    private const int FewItems = 6;

    public override int AppliesTo => Kinds.Array;

    public override int Cost => 36;

    public override bool IsValid(ref Evaluation evaluation, int node) => FirstTwins(evaluation.Instance, node).Second < 0;

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        (int first, int second) = FirstTwins(evaluation.Instance, node);
        if (second < 0) return true;
        int index = 0, firstIndex = 0, secondIndex = 0;
        for (int item = node + 1; item <= second; item = evaluation.Nodes[item].Next, index++)
        {
            if (item == first) firstIndex = index;
            secondIndex = index;
        }

        string places = System.FormattableString.Invariant($"{firstIndex + 1} and {secondIndex + 1}");
        unit.Fail(Keyword, node, $"the items {places} are equal", "items that differ from each other", second);
        return false;
    }

    private static (int First, int Second) FirstTwins(JsonInstance instance, int node)
    {
        TapeNode[] nodes = instance.Nodes;
        int end = nodes[node].Next, count = nodes[node].Info;
        if (count < 2) return (-1, -1);
        if (count > FewItems) return FirstTwinsOfMany(instance, node, count);
        for (int second = nodes[node + 1].Next; second < end; second = nodes[second].Next)
            for (int first = node + 1; first < second; first = nodes[first].Next)
                if (DeepEquality.Equal(instance, first, instance, second)) return (first, second);
        return (-1, -1);
    }

    private static (int First, int Second) FirstTwinsOfMany(JsonInstance instance, int node, int count)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)count * 2);
        int[] rented = ArrayPool<int>.Shared.Rent(size * 2);
        try
        {
            Span<int> table = rented.AsSpan(0, size), hashes = rented.AsSpan(size, size);
            table.Clear();
            int end = instance.Nodes[node].Next;
            for (int item = node + 1; item < end; item = instance.Nodes[item].Next)
            {
                int hash = DeepEquality.Hash(instance, item);
                int slot = Spread(hash) & (size - 1);
                for (; table[slot] != 0; slot = (slot + 1) & (size - 1))
                    if (hashes[slot] == hash && DeepEquality.Equal(instance, table[slot], instance, item)) return (table[slot], item);
                (table[slot], hashes[slot]) = (item, hash);
            }

            return (-1, -1);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rented);
        }
    }

    // The hashes of neighbouring numbers differ in their upper bits only.
    private static int Spread(int hash) => (int)((uint)hash * 0x9E3779B1 >> 7);
}

/// <summary><c>unevaluatedItems</c>: what no other keyword of the schema, or of a schema that it applies to the same value, has evaluated.</summary>
internal sealed class UnevaluatedItemsEvaluator(SchemaNode schema) : Evaluator("unevaluatedItems")
{
    public override int AppliesTo => Kinds.Array;

    public override int Cost => 1000;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        ReadOnlySpan<TapeNode> nodes = evaluation.Nodes;
        int marks = evaluation.Marks, end = nodes[node].Next, index = 0;
        evaluation.Marks = -1;
        for (int item = node + 1; item < end; item = nodes[item].Next, index++)
        {
            if (evaluation.IsMarked(marks, index)) continue;
            if (!schema.IsValid(ref evaluation, item)) return false;
            evaluation.Mark(marks, index);
        }

        evaluation.Marks = marks;
        return true;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        bool fits = true, any = false;
        int marks = evaluation.Marks, end = evaluation.Nodes[node].Next, index = 0;
        for (int item = node + 1; item < end; item = evaluation.Nodes[item].Next, index++)
        {
            if (evaluation.IsMarked(marks, index)) continue;
            any = true;
            evaluation.Mark(marks, index);
            if (Explaining.Fits(ref evaluation, schema, item)) continue;
            fits &= Explaining.Apply(ref evaluation, unit.Item(schema, item, index, "/unevaluatedItems"), unit);
        }

        if (evaluation.Annotates && any) unit.Annotate(Keyword, node, "true");
        return fits;
    }
}
