using System.Text.Json;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Tests.Targets;

/// <summary>Makes targets from a <c>target:</c> object written as JSON.</summary>
internal static class TargetDocument
{
    public static ITarget Read(string json, string folder, EngineContext? context = null)
    {
        var problems = new ProblemList("rollout.json");
        ITarget target = TargetReader.Read(new ObjectReader(Node(json), "/target", folder, problems), context ?? new EngineContext());
        problems.ThrowIfAny();
        return target;
    }

    /// <summary>What is wrong with it, each as its path and message.</summary>
    public static string[] Problems(string json)
    {
        var problems = new ProblemList("rollout.json");
        Assert.NotNull(TargetReader.Read(new ObjectReader(Node(json), "/target", Path.GetTempPath(), problems), new EngineContext()));
        try
        {
            problems.ThrowIfAny();
            return [];
        }
        catch (DocumentException e)
        {
            return [.. e.Problems.Select(p => $"{p.Path}: {p.Message}; {p.Expected}")];
        }
    }

    private static DocumentNode Node(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Node(document.RootElement);
    }

    private static DocumentNode Node(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new DocumentNode { Kind = NodeKind.Object, Members = [.. element.EnumerateObject().Select(m => new DocumentMember(m.Name, 0, 0, Node(m.Value)))] },
        JsonValueKind.Array => new DocumentNode { Kind = NodeKind.Array, Items = [.. element.EnumerateArray().Select(Node)] },
        JsonValueKind.String => new DocumentNode { Kind = NodeKind.String, Text = element.GetString()! },
        JsonValueKind.Number => new DocumentNode { Kind = NodeKind.Number, Text = element.GetRawText() },
        JsonValueKind.Null => new DocumentNode { Kind = NodeKind.Null, Text = "null" },
        _ => new DocumentNode { Kind = NodeKind.Boolean, Text = element.GetRawText() },
    };
}
