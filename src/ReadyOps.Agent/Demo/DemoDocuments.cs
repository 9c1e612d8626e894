using System.Text;
using ReadyOps.Core.Documents;

namespace ReadyOps.Agent.Demo;

/// <summary>The documents that the demo runs by: ordinary ones, carried inside the program.</summary>
internal static class DemoDocuments
{
    public const string Gate = "gate.yaml";

    public const string Rollout = "rollout.yaml";

    /// <summary>A document as it is written.</summary>
    public static string Text(string name)
    {
        using Stream stream = typeof(DemoDocuments).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>A document, read.</summary>
    /// <param name="name">Its name here.</param>
    /// <param name="kind">The kind it is.</param>
    /// <param name="folder">Where its relative paths start.</param>
    /// <param name="variables">What to put into it.</param>
    public static Document Read(string name, string kind, string folder, IReadOnlyDictionary<string, string> variables) =>
        DocumentLoader.Parse(Encoding.UTF8.GetBytes(Text(name)), name, folder, kind, variables);
}
