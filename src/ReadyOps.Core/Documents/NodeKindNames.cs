namespace ReadyOps.Core.Documents;

/// <summary>What the kinds of values are called in messages.</summary>
internal static class NodeKindNames
{
    public static string WithArticle(this NodeKind kind) => kind switch
    {
        NodeKind.Object => "an object",
        NodeKind.Array => "a list",
        NodeKind.Null => "null",
        NodeKind.Number => "a number",
        NodeKind.Boolean => "true or false",
        _ => "a text",
    };
}
