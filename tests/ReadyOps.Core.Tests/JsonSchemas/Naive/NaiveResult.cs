namespace ReadyOps.Core.Tests.JsonSchemas.Naive;

/// <summary>What a schema said of a value: whether it fits and, as annotations, which members and items were evaluated.</summary>
internal sealed record NaiveResult(bool IsValid, HashSet<string> Members, HashSet<int> Items)
{
    public static NaiveResult Of(bool valid) => new(valid, [], []);

    /// <summary>All of them must hold; annotations of a schema that does not hold are dropped.</summary>
    public static NaiveResult All(IEnumerable<NaiveResult> results)
    {
        NaiveResult all = Of(true);
        foreach (NaiveResult result in results.ToList())
        {
            all = all with { IsValid = all.IsValid && result.IsValid };
            all.Members.UnionWith(result.Members);
            all.Items.UnionWith(result.Items);
        }

        return all.IsValid ? all : Of(false);
    }
}
