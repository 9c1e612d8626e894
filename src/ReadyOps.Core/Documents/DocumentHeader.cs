using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Documents;

/// <summary>The members that every document begins with: <c>apiVersion</c>, <c>kind</c> and <c>name</c>.</summary>
internal static class DocumentHeader
{
    public const string ApiVersion = "readyops/v1";

    private const int LongestName = 63;

    /// <summary>The kinds that can be loaded; each has a published schema.</summary>
    public static readonly IReadOnlyList<string> Kinds = ["Baseline", "Gate", "Monitor", "Rollout"];

    /// <summary>Whether a failure is about what <see cref="Check"/> says in better words.</summary>
    public static bool Covers(SchemaFailure failure) =>
        failure.InstancePath is "/apiVersion" or "/kind" or "/name"
        || (failure.Keyword == "required" && failure.InstancePath.Length == 0 && failure.Message is "'apiVersion' is missing" or "'kind' is missing" or "'name' is missing");

    /// <summary>Notes what is wrong with the header of a document.</summary>
    public static void Check(DocumentNode root, string? kind, ProblemList problems)
    {
        if (root.Kind != NodeKind.Object)
        {
            problems.Add(root, "", "this is no object", "a document with 'apiVersion', 'kind' and 'name'");
            return;
        }

        if (Member(root, "apiVersion", $"'apiVersion: {ApiVersion}'", problems) is { } version && version.Text != ApiVersion)
            problems.Add(version, "/apiVersion", $"'{version.Text}' is no version that this ReadyOps reads", $"'{ApiVersion}'");
        if (Member(root, "kind", $"'kind: {kind ?? string.Join("' or 'kind: ", Kinds)}'", problems) is { } written) CheckKind(written, kind, problems);
        if (Member(root, "name", "a member named 'name'", problems) is { } name && !IsName(name.Text))
            problems.Add(name, "/name", $"'{name.Text}' is no name", $"up to {LongestName} letters, digits, '.', '_' and '-', the first a letter or a digit");
    }

    private static void CheckKind(DocumentNode written, string? kind, ProblemList problems)
    {
        if (!Kinds.Contains(written.Text, StringComparer.Ordinal))
            problems.Add(written, "/kind", $"there is no kind '{written.Text}'{Suggestion.For(written.Text, Kinds)}", kind ?? string.Join(" or ", Kinds));
        else if (kind is not null && written.Text != kind)
            problems.Add(written, "/kind", $"this is a {written.Text}", $"a {kind}");
    }

    private static DocumentNode? Member(DocumentNode root, string name, string expected, ProblemList problems)
    {
        if (root[name] is not { } node)
        {
            problems.Add(root, "", $"'{name}' is missing", expected);
            return null;
        }

        // A name such as 2024 reads as a number and is a name all the same.
        if (node.Kind is NodeKind.String or NodeKind.Number) return node;
        problems.Add(node, $"/{name}", $"'{name}' is no text", expected);
        return null;
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
