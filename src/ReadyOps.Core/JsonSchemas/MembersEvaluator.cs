using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.JsonSchemas.Patterns;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>A name that <c>properties</c> or <c>required</c> speaks of.</summary>
internal sealed record NamedMember(byte[] Name, SchemaNode? Schema, bool IsRequired);

/// <summary>One entry of <c>patternProperties</c>.</summary>
internal sealed record PatternMember(EcmaPattern Pattern, SchemaNode Schema);

/// <summary>
/// <c>required</c>, <c>properties</c>, <c>patternProperties</c> and <c>additionalProperties</c>, which is about what neither of the two before it
/// names: all of them in one pass over the members, each of which is looked up once.
/// </summary>
internal sealed class MembersEvaluator(NamedMember[] members, PatternMember[] patterns, SchemaNode? additional) : Evaluator("properties")
{
    private const int MostNames = 24;

    private readonly NameTable _names = new([.. members.Select(member => member.Name)]);
    private readonly (SchemaNode? Schema, bool IsRequired)[] _entries = [.. members.Select(member => (member.Schema, member.IsRequired))];
    private readonly int _required = members.Count(member => member.IsRequired);

    public override int AppliesTo => Kinds.Object;

    public override int Cost => 40;

    /// <summary>The only member that it is about, where there is one and all others may be what they like.</summary>
    public NamedMember? Only => members is [NamedMember only] && patterns.Length == 0 && additional is null ? only : null;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        ReadOnlySpan<TapeNode> nodes = evaluation.Nodes;
        if (nodes[node].Info < _required) return false;
        int marks = evaluation.Marks;
        evaluation.Marks = -1;
        int end = nodes[node].Next, found = 0, index = 0;
        for (int name = node + 1; name < end; index++)
        {
            int value = name + 1;
            bool named = false;
            int at = _names.Find(nodes[name].Info, evaluation.Bytes(name));
            if (at >= 0)
            {
                (SchemaNode? schema, bool isRequired) = _entries[at];
                if (isRequired) found++;
                if (schema is not null)
                {
                    named = true;
                    if (!schema.IsValid(ref evaluation, value)) return false;
                }
            }

            if (patterns.Length > 0 && !FitsPatterns(ref evaluation, name, ref named)) return false;
            if (!named && additional is not null)
            {
                named = true;
                if (!additional.IsValid(ref evaluation, value)) return false;
            }

            if (marks >= 0 && named) evaluation.Mark(marks, index);
            name = nodes[value].Next;
        }

        evaluation.Marks = marks;
        return found == _required;
    }

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        bool fits = ExplainRequired(ref evaluation, node, unit);
        int marks = evaluation.Marks, index = 0;
        var told = new Dictionary<string, List<int>>();
        string[]? free = null;
        int end = evaluation.Nodes[node].Next;
        for (int name = node + 1; name < end; name = evaluation.Nodes[name + 1].Next, index++)
        {
            bool named = false;
            int at = _names.Find(evaluation.Nodes[name].Info, evaluation.Bytes(name));
            if (at >= 0 && members[at].Schema is { } schema)
            {
                named = true;
                fits &= ExplainMember(ref evaluation, schema, name, unit, "properties", Encoding.UTF8.GetString(members[at].Name), told);
            }

            foreach (PatternMember pattern in patterns)
            {
                if (!evaluation.Matches(pattern.Pattern, name)) continue;
                named = true;
                fits &= ExplainMember(ref evaluation, pattern.Schema, name, unit, "patternProperties", pattern.Pattern.Text, told);
            }

            if (!named && additional is not null)
            {
                named = true;
                fits &= ExplainAdditional(ref evaluation, node, name, unit, told, ref free);
            }

            if (marks >= 0 && named) evaluation.Mark(marks, index);
        }

        if (evaluation.Annotates) AnnotateNames(evaluation.Instance, node, unit, told);
        return fits;
    }

    private bool FitsPatterns(ref Evaluation evaluation, int name, ref bool named)
    {
        foreach (PatternMember pattern in patterns)
        {
            if (!evaluation.Matches(pattern.Pattern, name)) continue;
            named = true;
            if (!pattern.Schema.IsValid(ref evaluation, name + 1)) return false;
        }

        return true;
    }

    private bool ExplainRequired(ref Evaluation evaluation, int node, Unit unit)
    {
        bool fits = true;
        foreach (NamedMember member in members)
        {
            if (!member.IsRequired || evaluation.Find(node, NameHash.Of(member.Name), member.Name) >= 0) continue;
            fits = false;
            if (unit.IsFull) break;
            unit.Fail("required", node, $"{Quote(member.Name)} is missing", $"a member named {Quote(member.Name)}");
        }

        return fits;
    }

    private static bool ExplainMember(ref Evaluation evaluation, SchemaNode schema, int name, Unit unit, string keyword, string step, Dictionary<string, List<int>> told)
    {
        if (evaluation.Annotates) Tell(told, keyword, name);
        if (Explaining.Fits(ref evaluation, schema, name + 1)) return true;
        string path = step.Length == 0 && keyword == "additionalProperties" ? $"/{keyword}" : $"/{keyword}/{Unit.Escape(step)}";
        return Explaining.Apply(ref evaluation, unit.Member(schema, name + 1, path), unit);
    }

    private bool ExplainAdditional(ref Evaluation evaluation, int node, int name, Unit unit, Dictionary<string, List<int>> told, ref string[]? free)
    {
        if (!additional!.Refuses(evaluation.Nodes[name + 1].Kind) || !additional.IsFalse)
            return ExplainMember(ref evaluation, additional, name, unit, "additionalProperties", "", told);
        if (unit.IsFull) return false;
        free ??= FreeNames(ref evaluation, node);
        string expected = members.Count(member => member.Schema is not null) switch
        {
            0 when patterns.Length > 0 => "",
            0 => "no members",
            <= MostNames => $"one of {string.Join(", ", members.Where(member => member.Schema is not null).Select(member => Encoding.UTF8.GetString(member.Name)))}",
            _ => "",
        };
        string unknown = evaluation.String(name);
        unit.Fail("additionalProperties", node, $"there is no member '{unknown}' here{Suggestion.For(unknown, free)}", expected, name);
        return false;
    }

    // What is there already was not meant.
    private string[] FreeNames(ref Evaluation evaluation, int node)
    {
        bool[] taken = new bool[members.Length];
        int end = evaluation.Nodes[node].Next;
        for (int name = node + 1; name < end; name = evaluation.Nodes[name + 1].Next)
            if (_names.Find(evaluation.Nodes[name].Info, evaluation.Bytes(name)) is var at && at >= 0) taken[at] = true;
        return [.. members.Where((member, index) => member.Schema is not null && !taken[index]).Select(member => Encoding.UTF8.GetString(member.Name))];
    }

    private static void Tell(Dictionary<string, List<int>> told, string keyword, int name)
    {
        if (!told.TryGetValue(keyword, out List<int>? names)) told.Add(keyword, names = []);
        if (names.Count == 0 || names[^1] != name) names.Add(name); // Two patterns may match one name.
    }

    private void AnnotateNames(JsonInstance instance, int node, Unit unit, Dictionary<string, List<int>> told)
    {
        if (members.Any(member => member.Schema is not null)) Annotate("properties");
        if (patterns.Length > 0) Annotate("patternProperties");
        if (additional is not null) Annotate("additionalProperties");

        void Annotate(string keyword) => unit.Annotate(keyword, node, Explaining.Names(instance, told.GetValueOrDefault(keyword) ?? []));
    }
}
