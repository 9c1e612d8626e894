using System.Collections.Frozen;
using System.Text.RegularExpressions;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary><c>properties</c>, <c>patternProperties</c> and <c>additionalProperties</c>, which is about what neither of them names.</summary>
internal sealed class MembersEvaluator(
    FrozenDictionary<string, Evaluator> properties, IReadOnlyList<string> names, (string Pattern, Regex Regex, Evaluator Schema)[] patterns, Evaluator? additional) : Evaluator
{
    private const int MostNames = 24;

    /// <summary>The schema of a named member, or <see langword="null"/>.</summary>
    public Evaluator? Property(string name) => properties.GetValueOrDefault(name);

    public IReadOnlyList<string> Names => names;

    public override bool IsValid(DocumentNode value)
    {
        if (value.Kind != NodeKind.Object) return true;
        foreach (DocumentMember member in value.Members)
        {
            bool named = properties.TryGetValue(member.Name, out Evaluator? schema);
            if (named && !schema!.IsValid(member.Value)) return false;
            foreach ((_, Regex regex, Evaluator byPattern) in patterns)
            {
                if (!EcmaRegex.IsMatch(regex, member.Name)) continue;
                named = true;
                if (!byPattern.IsValid(member.Value)) return false;
            }

            if (!named && additional is not null && !additional.IsValid(member.Value)) return false;
        }

        return true;
    }

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (value.Kind != NodeKind.Object) return;
        string[]? free = null;
        foreach (DocumentMember member in value.Members)
        {
            if (failures.IsFull) return;
            bool named = properties.TryGetValue(member.Name, out Evaluator? schema);
            if (named) failures.Child(schema!, member.Value, member.Name, "properties", member.Name);
            foreach ((string pattern, Regex regex, Evaluator byPattern) in patterns)
            {
                if (!EcmaRegex.IsMatch(regex, member.Name)) continue;
                named = true;
                failures.Child(byPattern, member.Value, member.Name, "patternProperties", pattern);
            }

            if (named || additional is null) continue;
            if (additional is BooleanEvaluator { Accepts: false }) AddUnknown(member, free ??= [.. names.Where(name => value[name] is null)], failures);
            else failures.Child(additional, member.Value, member.Name, "additionalProperties");
        }
    }

    // What is there already was not meant.
    private void AddUnknown(DocumentMember member, string[] free, FailureList failures)
    {
        string expected = names.Count switch
        {
            0 => "no members",
            <= MostNames => $"one of {string.Join(", ", names)}",
            _ => "",
        };
        failures.Add(member.Line, member.Column, "additionalProperties", $"there is no member '{member.Name}' here{Suggestion.For(member.Name, free)}", expected);
    }
}

/// <summary><c>required</c></summary>
internal sealed class RequiredEvaluator(IReadOnlyList<string> names) : Evaluator
{
    public override bool IsValid(DocumentNode value)
    {
        if (value.Kind != NodeKind.Object) return true;
        foreach (string name in names)
            if (value[name] is null) return false;
        return true;
    }

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (value.Kind != NodeKind.Object) return;
        foreach (string name in names)
            if (value[name] is null) failures.Add(value, "required", $"'{name}' is missing", $"a member named '{name}'");
    }
}

/// <summary><c>dependentRequired</c></summary>
internal sealed class DependentRequiredEvaluator(IReadOnlyList<(string Name, IReadOnlyList<string> Needs)> dependencies) : Evaluator
{
    public override bool IsValid(DocumentNode value) =>
        value.Kind != NodeKind.Object || dependencies.All(d => value[d.Name] is null || d.Needs.All(need => value[need] is not null));

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (value.Kind != NodeKind.Object) return;
        foreach ((string name, IReadOnlyList<string> needs) in dependencies.Where(d => value[d.Name] is not null))
            foreach (string need in needs.Where(need => value[need] is null))
                failures.Add(value, "dependentRequired", $"'{name}' needs '{need}' beside it", $"a member named '{need}'");
    }
}

/// <summary><c>propertyNames</c></summary>
internal sealed class PropertyNamesEvaluator(Evaluator schema) : Evaluator
{
    public override bool IsValid(DocumentNode value) => value.Kind != NodeKind.Object || value.Members.All(member => schema.IsValid(NameOf(member)));

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (value.Kind != NodeKind.Object) return;
        foreach (DocumentMember member in value.Members) failures.InPlace(schema, NameOf(member), "propertyNames");
    }

    private static DocumentNode NameOf(DocumentMember member) => new() { Kind = NodeKind.String, Text = member.Name, Line = member.Line, Column = member.Column };
}
