using System.Globalization;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>How a test ended.</summary>
internal enum TestOutcome
{
    /// <summary>It passed.</summary>
    Passed,

    /// <summary>It passed in the end, after it had failed.</summary>
    Flaky,

    /// <summary>It ran, or should have, and did not pass: failed, broke off, ran out of time, came to no conclusion.</summary>
    NotPassed,

    /// <summary>It was left out on purpose.</summary>
    Skipped,
}

/// <summary>What test reports say, added up over any number of files. Totals that a report claims are never trusted over its test cases.</summary>
/// <param name="history">Follows the tests one by one, or <see langword="null"/> when only their number matters.</param>
internal sealed class TestReport(TestHistory? history = null)
{
    private const int NamesKept = 50;
    private readonly List<(string Name, string Told)> _failed = [];
    private readonly List<(string Name, string Told)> _flaky = [];
    private readonly List<string> _again = [];
    private readonly List<string> _doubts = [];

    /// <summary>Tests that passed, in the end.</summary>
    public int Passed { get; private set; }

    /// <summary>Results that did not pass, those that passed when run again included.</summary>
    public int NotPassed { get; private set; }

    /// <summary>Results that did not pass, of tests that passed when run again.</summary>
    public int Rescued { get; private set; }

    /// <summary>Tests that were left out.</summary>
    public int Skipped { get; private set; }

    /// <summary>Tests among the passed that failed at first.</summary>
    public int Flaky { get; private set; }

    /// <summary>Tests that ran.</summary>
    public int Executed => Passed + NotPassed - Rescued;

    /// <summary>Why the reports may not tell all: an aborted run, a failure that no test case shows.</summary>
    public IReadOnlyList<string> Doubts => _doubts;

    /// <summary>Takes in one test.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="how">What to say behind the name when it did not simply fail; empty for nothing.</param>
    /// <param name="seconds">How long it took; NaN when the report does not say.</param>
    public void Add(string name, TestOutcome outcome, string how = "", double seconds = double.NaN)
    {
        bool again = history?.See(name, outcome, seconds) == true;
        switch (outcome)
        {
            case TestOutcome.Skipped:
                Skipped++;
                break;
            case TestOutcome.NotPassed:
                NotPassed++;
                Keep(_failed, name, how);
                break;
            default:
                Passed++;
                if (again && history!.LastCounts) Rescue(name);
                else if (again && _again.Count < NamesKept) _again.Add(Judge.Cut(name));
                if (outcome != TestOutcome.Flaky && !(again && history!.LastCounts)) break;
                Flaky++;
                Keep(_flaky, name, how);
                break;
        }
    }

    /// <summary>Takes in a reason why the reports may not tell all.</summary>
    public void Doubt(string why)
    {
        if (_doubts.Count < NamesKept) _doubts.Add(why);
    }

    /// <summary>Whether a test is among those that are named as flaky.</summary>
    public bool IsFlaky(string name) => _flaky.Exists(test => test.Name == name);

    /// <summary>Failed and flaky tests by name, and the doubts.</summary>
    public IReadOnlyList<string> Details()
    {
        List<string> details = [.. _failed.Select(test => $"Failed: {test.Told}")];
        More(details, NotPassed - Rescued, _failed, "failed");
        details.AddRange(_flaky.Select(test => $"Flaky, passed when run again: {test.Told}"));
        More(details, Flaky, _flaky, "flaky");
        details.AddRange(_again.Distinct().Select(name => $"Failed, and passed under the same name: {name}. If it was run again, 'retried: passed' lets the last result count."));
        details.AddRange(_doubts);
        return details;
    }

    private void Rescue(string name)
    {
        Rescued++;
        int named = _failed.FindIndex(test => test.Name == Judge.Cut(name));
        if (named >= 0) _failed.RemoveAt(named);
    }

    private static void Keep(List<(string, string)> names, string name, string how)
    {
        string cut = Judge.Cut(name);
        if (names.Count < NamesKept) names.Add((cut, how.Length > 0 ? $"{cut} ({how})" : cut));
    }

    private static void More(List<string> details, int count, List<(string, string)> named, string what)
    {
        if (count > named.Count) details.Add(string.Create(CultureInfo.InvariantCulture, $"And {count - named.Count} more {what}."));
    }
}
