using System.Globalization;
using System.IO.Enumeration;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>What scans found, added up over any number of runs and files.</summary>
internal sealed class SarifTally
{
    private const int Told = 30;
    private readonly long[] _levels = new long[4];
    private readonly List<(SarifLevel Level, string Text)> _samples = [];
    private readonly List<string> _failures = [];
    private readonly List<string> _silent = [];
    private readonly Dictionary<string, (long Count, SarifLevel Level, double? Severity)> _rules = new(StringComparer.Ordinal);

    /// <summary>Which rules count, by wildcards; empty for all.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Which rules do not count.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Whether suppressed results count too.</summary>
    public bool CountSuppressed { get; init; }

    /// <summary>What was there before, or <see langword="null"/> when nothing is compared.</summary>
    public SarifBaseline? Baseline { get; init; }

    /// <summary>Takes all results for the next comparison, or <see langword="null"/>.</summary>
    public SarifBaseline? Remembered { get; init; }

    /// <summary>Whether it matters which results are the same as others.</summary>
    public bool Compares => Baseline is not null || Remembered is not null;

    public int Runs { get; private set; }

    public long Suppressed { get; private set; }

    public long Excluded { get; private set; }

    public long NewByState { get; private set; }

    public long NewByBaseline { get; private set; }

    /// <summary>Whether the reports themselves say what is new.</summary>
    public bool HasStates { get; private set; }

    public long Total => _levels[(int)SarifLevel.Note] + _levels[(int)SarifLevel.Warning] + _levels[(int)SarifLevel.Error];

    /// <summary>Why scans failed; empty when none did.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Runs that do not tell what they found.</summary>
    public IReadOnlyList<string> Silent => _silent;

    /// <summary>The rules with results that count, with the security severity where it is known.</summary>
    public IEnumerable<(string Rule, long Count, double? Severity)> Rules => _rules.Select(rule => (rule.Key, rule.Value.Count, rule.Value.Severity));

    public long Of(SarifLevel level) => _levels[(int)level];

    /// <summary>Takes in a result.</summary>
    public void Result(SarifRun run, SarifResult result)
    {
        HasStates |= result.BaselineState is not null;
        // It is no longer there; the report only tells that it was.
        if (result.BaselineState == "absent") return;
        ulong? identity = Compares ? result.Identity() : null;
        if (identity is { } one) Remembered?.Add(one);
        if (result.Suppressed && !CountSuppressed)
        {
            Suppressed++;
            return;
        }

        if (result.Level == SarifLevel.None) return;
        SarifGroupCount count = run.CountOf(result);
        count.Total++;
        if (result.BaselineState is null or "new") count.NewByState++;
        bool known = identity is { } same && Baseline?.Take(same) == true;
        if (!known) count.NewByBaseline++;
        count.Tell(result, result.RuleId ?? "");
    }

    /// <summary>Takes in a run that has ended: only now the levels of its rules are known.</summary>
    public void Run(SarifRun run)
    {
        Runs++;
        string tool = $"{run.File}{(run.Tool.Length > 0 ? $", {Judge.Cut(run.Tool)}" : "")}";
        _failures.AddRange(run.Failures.Take(Told - Math.Min(Told, _failures.Count)).Select(why => $"{tool}: {why}"));
        if (!run.HasResults && run.Failures.Count == 0 && _silent.Count < Told) _silent.Add(tool);
        foreach ((SarifGroup group, SarifGroupCount count) in run.Groups)
        {
            string rule = run.NameOf(group);
            if (!Counts(rule))
            {
                Excluded += count.Total;
                continue;
            }

            SarifLevel level = run.LevelOf(group);
            if (level == SarifLevel.None) continue;
            _levels[(int)level] += count.Total;
            NewByState += count.NewByState;
            NewByBaseline += count.NewByBaseline;
            Note(rule, count.Total, level, run.SeverityOf(group));
            foreach (string text in count.Told) Sample(level, group.RuleId is null ? rule + text : text);
        }
    }

    /// <summary>The gravest results, and how many each rule has.</summary>
    public IReadOnlyList<string> Details() =>
    [
        .. _failures, .. _samples.OrderByDescending(sample => sample.Level).Take(Told).Select(sample => $"{sample.Level}: {sample.Text}"),
        .. _rules.OrderByDescending(rule => rule.Value.Level).ThenByDescending(rule => rule.Value.Count).Take(Told).Select(rule => string.Create(CultureInfo.InvariantCulture,
            $"{Judge.Cut(rule.Key)}: {rule.Value.Count} ({rule.Value.Level}{(rule.Value.Severity is { } severity ? $", security severity {severity}" : "")})")),
    ];

    private void Note(string rule, long count, SarifLevel level, double? severity)
    {
        if (_rules.Count > SarifRun.MaxRules) throw new ReadyOpsException("SarifInvalid", "The scans have results of too many rules to add up.", "Check fewer reports at once.");
        (long before, SarifLevel highest, double? worst) = _rules.GetValueOrDefault(rule);
        double? larger = worst is null || severity > worst ? severity ?? worst : worst;
        _rules[rule] = (before + count, level > highest ? level : highest, larger);
    }

    private void Sample(SarifLevel level, string text)
    {
        // Errors push out what matters less.
        if (_samples.Count < 10 * Told || level == SarifLevel.Error) _samples.Add((level, text));
        if (_samples.Count > 20 * Told)
        {
            List<(SarifLevel Level, string Text)> gravest = [.. _samples.OrderByDescending(sample => sample.Level).Take(Told)];
            _samples.Clear();
            _samples.AddRange(gravest);
        }
    }

    private bool Counts(string rule) => (Include.Count == 0 || Fits(Include, rule)) && !Fits(Exclude, rule);

    private static bool Fits(IReadOnlyList<string> patterns, string rule) => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, rule, ignoreCase: true));
}
