using System.IO.Enumeration;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Reads the text of a schema: YAML where its file is named so, JSON otherwise.</summary>
internal static class SchemaFile
{
    /// <summary>More than any schema that is published.</summary>
    public const long MostBytes = 64 * 1024 * 1024;

    /// <summary>Whether a file is YAML by its name.</summary>
    public static bool IsYaml(string file) => Path.GetExtension(file).ToLowerInvariant() is ".yaml" or ".yml";

    /// <exception cref="DocumentException">It is neither.</exception>
    public static JsonInstance Read(ReadOnlyMemory<byte> utf8, string file)
    {
        if (!IsYaml(file)) return JsonInstance.Parse(utf8, file);
        var problems = new ProblemList(file);
        DocumentNode root = DocumentLoader.ReadTree(utf8, problems);
        problems.ThrowIfAny();
        return JsonInstance.FromDocument(root, file);
    }

    /// <exception cref="DocumentException">It cannot be read.</exception>
    public static JsonInstance Read(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes) throw new ProblemList(path).Fatal(0, 0, "the file is larger than 64 MiB, which is the most that a schema may have");
            return Read(File.ReadAllBytes(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ProblemList(path).Fatal(0, 0, $"the file cannot be read: {exception.Message}");
        }
    }

    /// <summary>The files in a folder and below. Linked folders are not gone into: they may lead back up.</summary>
    public static IEnumerable<string> Below(string folder, EnumerationOptions options) =>
        new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };

    /// <summary>The text of the member of that name of an object, or <see langword="null"/>.</summary>
    public static string? TextOf(this JsonInstance values, int node, string name) =>
        values.Member(node, name) is var value && value >= 0 && values.Nodes[value].Kind == TapeKind.String ? values.String(value) : null;

    /// <summary>The value of the member of that name of an object, or -1.</summary>
    public static int Member(this JsonInstance values, int node, string name)
    {
        ref TapeNode value = ref values.Nodes[node];
        if (value.Kind != TapeKind.Object) return -1;
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(name);
        int hash = NameHash.Of(utf8);
        for (int member = node + 1; member < value.Next; member = values.Nodes[member + 1].Next)
            if (values.Nodes[member].Info == hash && values.Bytes(member).SequenceEqual(utf8)) return member + 1;
        return -1;
    }

    /// <summary>The names of an object's members; each value follows its name.</summary>
    public static IEnumerable<int> Names(this JsonInstance values, int node)
    {
        if (values.Nodes[node].Kind != TapeKind.Object) yield break;
        for (int name = node + 1; name < values.Nodes[node].Next; name = values.Nodes[name + 1].Next) yield return name;
    }

    /// <summary>The items of a list.</summary>
    public static IEnumerable<int> Items(this JsonInstance values, int node)
    {
        if (values.Nodes[node].Kind != TapeKind.Array) yield break;
        for (int item = node + 1; item < values.Nodes[node].Next; item = values.Nodes[item].Next) yield return item;
    }
}
