using System.Text;

namespace ReadyOps.Core.Documents;

/// <summary>
/// Puts values in for <c>${name}</c>. The rules, in one place:
/// <list type="bullet">
/// <item>A value comes from the caller, else from the document's own <c>variables:</c>, else from the environment variable
/// <c>READYOPS_NAME</c> (upper case, <c>-</c> and <c>.</c> as <c>_</c>). A name that none of them has is an error. The
/// document's <c>release:</c> is a variable too, because queries select by it.</item>
/// <item><c>$${</c> is a literal <c>${</c>. Values are put in as they are: what they hold is not expanded again. Keys never
/// are, nor is <c>variables:</c> itself.</item>
/// <item>A YAML scalar without quotes that is <c>${name}</c> and nothing else takes the type that the value would have there
/// without quotes; everything else is a text.</item>
/// <item>In PromQL (<see cref="IsPromQl"/>) the value is escaped as it must be between the double quotes of a label matcher,
/// so that no value can change what is asked, and <c>${window}</c> stays as it is: the engine puts the window in at each query.</item>
/// </list>
/// </summary>
internal sealed class VariableExpander
{
    private const string Window = "window";
    private const int LongestName = 128;

    private readonly ProblemList _problems;
    private readonly TreeBudget _budget;
    private readonly IReadOnlyDictionary<string, string> _given;
    private readonly Dictionary<string, string> _own = new(StringComparer.Ordinal);

    private VariableExpander(IReadOnlyDictionary<string, string>? given, ProblemList problems)
    {
        _problems = problems;
        _budget = new TreeBudget(problems);
        _given = given ?? new Dictionary<string, string>();
    }

    /// <summary>The tree with all variables put in; what is wrong goes to the list.</summary>
    /// <exception cref="DocumentException">The values make it too large.</exception>
    public static DocumentNode Expand(DocumentNode root, IReadOnlyDictionary<string, string>? given, ProblemList problems)
    {
        if (root.Kind != NodeKind.Object) return root;
        var expander = new VariableExpander(given, problems);
        if (root["variables"] is { } variables) expander.ReadOwn(variables);
        if (root["release"] is { Kind: NodeKind.String or NodeKind.Number } release) expander._own.TryAdd("release", expander.ExpandText(release, promQl: false).Text);
        return expander.ExpandObject(root, "", name => name == "variables");
    }

    /// <summary>Whether a member holds PromQL, by its name and that of the member around it.</summary>
    public static bool IsPromQl(string name, string parent) => name switch
    {
        "query" or "selector" or "rate" or "gauge" or "of" or "over" or "traffic" => true,
        "stable" => parent != "target", // The stable side of a flag or a proxy is a name, that of a signal a query.
        "requests" or "durations" => parent == "goldenSignals",
        "errors" or "good" or "total" or "ratio" or "histogram" => parent.Length > 0, // Of golden signals, and of objectives in any list of checks.
        _ => false,
    };

    private void ReadOwn(DocumentNode variables)
    {
        foreach (DocumentMember member in variables.Members)
        {
            if (member.Value.Kind is NodeKind.String or NodeKind.Number or NodeKind.Boolean) _own[member.Name] = member.Value.Text;
            else _problems.Add(member.Value, $"/variables/{member.Name}", $"the variable '{member.Name}' has no value that could be put in", "a text, a number, true or false");
            if (member.Value.Text.Contains("${", StringComparison.Ordinal))
                _problems.Add(member.Value, $"/variables/{member.Name}", "variables are not put into other variables", "the value itself");
        }
    }

    private DocumentNode Expand(DocumentNode node, string name, string parent) => node.Kind switch
    {
        NodeKind.Object => ExpandObject(node, name, _ => false),
        // The items of a list stand for its member: the selectors of a list are PromQL as one alone would be.
        NodeKind.Array => new DocumentNode
        {
            Kind = NodeKind.Array, Line = node.Line, Column = node.Column, Items = [.. node.Items.Select(item => Expand(item, name, parent))],
        },
        NodeKind.String => ExpandText(node, IsPromQl(name, parent)),
        _ => node,
    };

    private DocumentNode ExpandObject(DocumentNode node, string name, Func<string, bool> keep) => new()
    {
        Kind = NodeKind.Object,
        Line = node.Line,
        Column = node.Column,
        Members = [.. node.Members.Select(member => keep(member.Name) ? member : member with { Value = Expand(member.Value, member.Name, name) })],
    };

    private DocumentNode ExpandText(DocumentNode node, bool promQl)
    {
        string source = node.Text;
        int next = source.IndexOf("${", StringComparison.Ordinal);
        if (next < 0) return node;
        var text = new StringBuilder();
        int done = 0, found = 0;
        while (next >= 0)
        {
            bool literal = next > 0 && source[next - 1] == '$';
            int before = text.Length;
            text.Append(source, done, next - done - (literal ? 1 : 0));
            done = next + 2;
            if (literal) text.Append("${");
            else
            {
                int end = NameEnd(source, done);
                if (end < 0)
                {
                    _problems.Add(node, "", "'${' begins no variable", "${name}, or $${ for a literal ${");
                    return node;
                }

                text.Append(Value(source[done..end], node, promQl));
                done = end + 1;
                found++;
            }

            _budget.Take(0, text.Length - before, node.Line, node.Column);
            next = source.IndexOf("${", done, StringComparison.Ordinal);
        }

        text.Append(source, done, source.Length - done);
        string result = text.ToString();
        bool wholly = found == 1 && node.IsPlain && !promQl && source.StartsWith("${", StringComparison.Ordinal) && NameEnd(source, 2) == source.Length - 1;
        (NodeKind kind, string typed, string problem) = wholly ? CoreScalar.Resolve(result) : (NodeKind.String, result, "");
        if (problem.Length > 0) (kind, typed) = (NodeKind.String, result);
        return new DocumentNode { Kind = kind, Line = node.Line, Column = node.Column, Text = typed };
    }

    private string Value(string name, DocumentNode node, bool promQl)
    {
        if (promQl && name == Window) return "${window}";
        if (!_given.TryGetValue(name, out string? value) && !_own.TryGetValue(name, out value))
            value = Environment.GetEnvironmentVariable("READYOPS_" + name.ToUpperInvariant().Replace('-', '_').Replace('.', '_'));
        if (value is null)
        {
            if (!_problems.IsFull) _problems.Add(node, "", $"there is no variable '{name}'{Suggestion.For(name, _given.Keys.Concat(_own.Keys))}", "");
            return "";
        }

        if (SourceText.ProblemOf(value) is { Length: > 0 } problem) _problems.Add(node, "", $"the variable '{name}' cannot be put in: {problem}");
        return promQl ? value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) : value;
    }

    // The index of the brace that closes a name which begins at start, or -1.
    private static int NameEnd(string text, int start)
    {
        int at = start;
        while (at < text.Length && at - start < LongestName && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '-' or '.')) at++;
        return at > start && at < text.Length && text[at] == '}' ? at : -1;
    }
}
