using System.Globalization;
using System.Runtime.InteropServices;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>What a run says of one of its rules.</summary>
internal sealed class SarifRule
{
    public string Id { get; set; } = "";

    public SarifLevel? Level { get; set; }

    public double? Severity { get; set; }
}

/// <summary>Results that are judged alike: the same rule, and the same said about the level.</summary>
internal readonly record struct SarifGroup(string? RuleId, int RuleIndex, int Component, int Invocation, SarifLevel? Level, double? Severity);

/// <summary>How many results a group has.</summary>
internal sealed class SarifGroupCount
{
    private const int Samples = 3;
    private List<string>? _samples;

    public int Total { get; set; }

    /// <summary>Those that the report itself says are new.</summary>
    public int NewByState { get; set; }

    /// <summary>Those that the baseline does not have.</summary>
    public int NewByBaseline { get; set; }

    public IReadOnlyList<string> Told => _samples ?? [];

    public void Tell(SarifResult result, string rule)
    {
        if (Told.Count < Samples) (_samples ??= []).Add(result.Tell(rule));
    }
}

/// <summary>One run of a tool: its rules, how it went, and its results added up by rule.</summary>
internal sealed class SarifRun(string file)
{
    // Of real tools the largest have a few thousand rules.
    public const int MaxRules = 100_000;
    private const int MaxFailures = 20;

    private readonly Dictionary<int, List<SarifRule>> _rules = [];
    private readonly Dictionary<(int Component, string Id), SarifRule> _byId = [];
    private readonly List<(int Invocation, SarifGroup Rule, SarifLevel Level)> _overrides = [];
    private readonly Dictionary<SarifGroup, SarifGroupCount> _groups = [];
    private readonly List<string> _failures = [];
    private Dictionary<(int Invocation, SarifRule Rule), SarifLevel>? _overridden;
    private int _ruleCount;

    public string File => file;

    public string Tool { get; set; } = "";

    /// <summary>Whether it tells what it found: an empty list does, no list does not.</summary>
    public bool HasResults { get; set; }

    /// <summary>Why the run itself failed; empty when it did not.</summary>
    public IReadOnlyList<string> Failures => _failures;

    public IReadOnlyDictionary<SarifGroup, SarifGroupCount> Groups => _groups;

    public void Fail(string why)
    {
        if (_failures.Count < MaxFailures) _failures.Add(why);
    }

    public void Add(int component, SarifRule rule)
    {
        ref List<SarifRule>? rules = ref CollectionsMarshal.GetValueRefOrAddDefault(_rules, component, out _);
        (rules ??= []).Add(rule);
        _byId.TryAdd((component, rule.Id), rule);
        Limit(++_ruleCount);
    }

    public void Override(int invocation, SarifGroup rule, SarifLevel level)
    {
        _overrides.Add((invocation, rule, level));
        Limit(_overrides.Count);
    }

    /// <summary>The group that a result counts in.</summary>
    public SarifGroupCount CountOf(SarifResult result)
    {
        var group = new SarifGroup(result.RuleId, result.RuleIndex, result.Component, result.Invocation, result.Level, result.Severity);
        ref SarifGroupCount? count = ref CollectionsMarshal.GetValueRefOrAddDefault(_groups, group, out bool known);
        count ??= new SarifGroupCount();
        if (!known) Limit(_groups.Count);
        return count;
    }

    /// <summary>The rule of a group as the run describes it, or <see langword="null"/>.</summary>
    public SarifRule? RuleOf(SarifGroup group)
    {
        if (_rules.TryGetValue(group.Component, out List<SarifRule>? rules) && group.RuleIndex >= 0 && group.RuleIndex < rules.Count) return rules[group.RuleIndex];
        if (group.RuleId is null) return null;
        // 'CA1000/declaration' is a kind of CA1000 (3.52.4).
        int slash = group.RuleId.IndexOf('/');
        return ById(group.Component, group.RuleId) ?? (slash > 0 ? ById(group.Component, group.RuleId[..slash]) : null);
    }

    public string NameOf(SarifGroup group) => group.RuleId ?? RuleOf(group)?.Id ?? (group.RuleIndex >= 0 ? string.Create(CultureInfo.InvariantCulture, $"rule {group.RuleIndex}") : "(no rule)");

    public double? SeverityOf(SarifGroup group) => group.Severity ?? RuleOf(group)?.Severity;

    /// <summary>The level of results that may not say one: 3.27.10.</summary>
    public SarifLevel LevelOf(SarifGroup group)
    {
        if (group.Level is { } own) return own;
        if (RuleOf(group) is not { } rule) return SarifLevel.Warning;
        _overridden ??= Overridden();
        return _overridden.TryGetValue((group.Invocation, rule), out SarifLevel level) ? level : rule.Level ?? SarifLevel.Warning;
    }

    private Dictionary<(int Invocation, SarifRule Rule), SarifLevel> Overridden()
    {
        var found = new Dictionary<(int, SarifRule), SarifLevel>();
        foreach ((int invocation, SarifGroup reference, SarifLevel level) in _overrides)
            if (RuleOf(reference) is { } rule) found[(invocation, rule)] = level;
        return found;
    }

    private SarifRule? ById(int component, string id)
    {
        if (_byId.TryGetValue((component, id), out SarifRule? rule)) return rule;
        // A result need not say that its rule is one of an extension.
        return component >= 0 ? null : _rules.Keys.Select(other => _byId.GetValueOrDefault((other, id))).FirstOrDefault(found => found is not null);
    }

    private void Limit(int count)
    {
        if (count <= MaxRules) return;
        throw new ReadyOpsException("SarifInvalid", string.Create(CultureInfo.InvariantCulture, $"{file} has more than {MaxRules} rules, which no scan has."), "Look at what writes it.");
    }
}
