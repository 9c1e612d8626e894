using System.Text;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Tests.Documents;

/// <summary>Short ways to read a text in a test.</summary>
internal static class Texts
{
    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static DocumentNode Tree(string text, string file = "t.yaml")
    {
        var problems = new ProblemList(file);
        DocumentNode root = DocumentLoader.ReadTree(Utf8(text), problems);
        problems.ThrowIfAny();
        return root;
    }

    public static string[] Problems(Action read) => [.. Assert.Throws<DocumentException>(read).Problems.Select(problem => problem.ToString())];

    public static string[] TreeProblems(string text, string file = "t.yaml") => Problems(() => Tree(text, file));

    public static string[] TreeProblems(byte[] bytes, string file = "t.yaml") => Problems(() =>
    {
        var problems = new ProblemList(file);
        DocumentLoader.ReadTree(bytes, problems);
        problems.ThrowIfAny();
    });

    /// <summary>The tree with its variables put in.</summary>
    public static DocumentNode Expand(string text, params (string Name, string Value)[] given)
    {
        var problems = new ProblemList("t.yaml");
        DocumentNode root = VariableExpander.Expand(Tree(text), given.ToDictionary(pair => pair.Name, pair => pair.Value), problems);
        problems.ThrowIfAny();
        return root;
    }

    public static string Json(DocumentNode node) => DocumentJson.ToJson(node).GetRawText();
}
