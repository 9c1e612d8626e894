using System.Text;
using System.Text.Json;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Tests.Checks;

/// <summary>Makes checks out of the JSON that a document would hold.</summary>
internal static class CheckTesting
{
    /// <summary>A tree of nodes; every line is 1, so that sources read <c>gate.yaml:1</c>.</summary>
    public static DocumentNode Node(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Node(document.RootElement);
    }

    public static CheckDefinition Read(string json, string baseDirectory = "/", CheckDefaults? defaults = null)
    {
        var problems = new ProblemList("gate.yaml");
        CheckDefinition check = CheckReader.Read(new ObjectReader(Node(json), "", baseDirectory, problems), defaults ?? new CheckDefaults());
        problems.ThrowIfAny();
        return check;
    }

    /// <summary>What is wrong with a check, each problem as <c>path: message; expected</c>.</summary>
    public static IReadOnlyList<string> Problems(string json)
    {
        DocumentException wrong = Assert.Throws<DocumentException>(() => Read(json));
        return [.. wrong.Problems.Select(p => $"{p.Path}: {p.Message}; {p.Expected}")];
    }

    public static Task<Evidence> RunAsync(string json, string baseDirectory = "/", EngineContext? context = null, CheckDefaults? defaults = null) =>
        CheckRunner.RunOneAsync(Read(json, baseDirectory, defaults), context ?? new EngineContext(), TestContext.Current.CancellationToken);

    public static Bound Bound(string text)
    {
        Assert.True(Quantities.TryParseBound(text, out Bound? bound, out string problem), problem);
        return bound;
    }

    private static DocumentNode Node(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new DocumentNode
        {
            Kind = NodeKind.Object,
            Line = 1,
            Column = 1,
            Members = [.. element.EnumerateObject().Select(p => new DocumentMember(p.Name, 1, 1, Node(p.Value)))],
        },
        JsonValueKind.Array => new DocumentNode { Kind = NodeKind.Array, Line = 1, Column = 1, Items = [.. element.EnumerateArray().Select(Node)] },
        JsonValueKind.String => Scalar(NodeKind.String, element.GetString()!),
        JsonValueKind.Number => Scalar(NodeKind.Number, element.GetRawText()),
        JsonValueKind.Null => Scalar(NodeKind.Null, "null"),
        _ => Scalar(NodeKind.Boolean, element.GetRawText()),
    };

    private static DocumentNode Scalar(NodeKind kind, string text) => new() { Kind = kind, Line = 1, Column = 1, Text = text };
}

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder() => Path = Directory.CreateTempSubdirectory("readyops-").FullName;

    public string Path { get; }

    public string Write(string name, string text, DateTimeOffset? changed = null) => Write(name, Encoding.UTF8.GetBytes(text), changed);

    public string Write(string name, byte[] bytes, DateTimeOffset? changed = null)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        if (changed is not null) File.SetLastWriteTimeUtc(path, changed.Value.UtcDateTime);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
