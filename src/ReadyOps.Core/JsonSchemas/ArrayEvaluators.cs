using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary><c>prefixItems</c> and <c>items</c>, which takes over where the former ends.</summary>
internal sealed class ItemsEvaluator(Evaluator[] prefix, Evaluator? rest) : Evaluator
{
    public override bool IsValid(DocumentNode value)
    {
        if (value.Kind != NodeKind.Array) return true;
        for (int i = 0; i < value.Items.Count; i++)
        {
            Evaluator? schema = i < prefix.Length ? prefix[i] : rest;
            if (schema is not null && !schema.IsValid(value.Items[i])) return false;
        }

        return true;
    }

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (value.Kind != NodeKind.Array) return;
        for (int i = 0; i < value.Items.Count && !failures.IsFull; i++)
        {
            string index = i.ToString(CultureInfo.InvariantCulture);
            if (i < prefix.Length) failures.Child(prefix[i], value.Items[i], index, "prefixItems", index);
            else if (rest is not null) failures.Child(rest, value.Items[i], index, "items");
        }
    }
}

/// <summary><c>minItems</c>, <c>maxItems</c>, <c>minProperties</c> and <c>maxProperties</c>.</summary>
internal sealed class CountEvaluator(string keyword, ExactNumber limit, string limitText) : Evaluator
{
    private readonly bool _items = keyword is "minItems" or "maxItems";
    private readonly bool _atLeast = keyword is "minItems" or "minProperties";

    public override bool IsValid(DocumentNode value)
    {
        if (value.Kind != (_items ? NodeKind.Array : NodeKind.Object)) return true;
        int order = Counts.Of(CountOf(value)).CompareTo(limit);
        return _atLeast ? order >= 0 : order <= 0;
    }

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (IsValid(value)) return;
        string message = _items ? $"the list has {Count(CountOf(value), "item")}" : $"the object has {Count(CountOf(value), "member")}";
        failures.Add(value, keyword, message, $"{(_atLeast ? "at least" : "at most")} {limitText}");
    }

    private int CountOf(DocumentNode value) => _items ? value.Items.Count : value.Members.Count;
}

/// <summary><c>uniqueItems</c></summary>
internal sealed class UniqueItemsEvaluator : Evaluator
{
    public override bool IsValid(DocumentNode value) =>
        value.Kind != NodeKind.Array || value.Items.Count < 2 || new HashSet<DocumentNode>(value.Items, DeepEquality.Instance).Count == value.Items.Count;

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (IsValid(value)) return;
        var first = new Dictionary<DocumentNode, int>(DeepEquality.Instance);
        for (int i = 0; i < value.Items.Count; i++)
        {
            if (first.TryAdd(value.Items[i], i)) continue;
            string places = System.FormattableString.Invariant($"{first[value.Items[i]] + 1} and {i + 1}");
            failures.Add(value.Items[i], "uniqueItems", $"the items {places} are equal", "items that differ from each other");
        }
    }
}
