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
internal sealed class TestReport
{
    private const int NamesKept = 50;
    private readonly List<string> _failed = [];
    private readonly List<string> _flaky = [];
    private readonly List<string> _doubts = [];

    /// <summary>Tests that passed, in the end.</summary>
    public int Passed { get; private set; }

    /// <summary>Tests that did not.</summary>
    public int NotPassed { get; private set; }

    /// <summary>Tests that were left out.</summary>
    public int Skipped { get; private set; }

    /// <summary>Tests among the passed that failed at first.</summary>
    public int Flaky { get; private set; }

    /// <summary>Tests that ran.</summary>
    public int Executed => Passed + NotPassed;

    /// <summary>Why the reports may not tell all: an aborted run, a failure that no test case shows.</summary>
    public IReadOnlyList<string> Doubts => _doubts;

    /// <summary>Takes in one test.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="how">What to say behind the name when it did not simply fail; empty for nothing.</param>
    /// <param name="seconds">How long it took; NaN when the report does not say.</param>
    public void Add(string name, TestOutcome outcome, string how = "", double seconds = double.NaN)
    {
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
                if (outcome != TestOutcome.Flaky) break;
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

    /// <summary>Failed and flaky tests by name, and the doubts.</summary>
    public IReadOnlyList<string> Details()
    {
        List<string> details = [.. _failed.Select(name => $"Failed: {name}")];
        More(details, NotPassed, _failed, "failed");
        details.AddRange(_flaky.Select(name => $"Flaky, passed when run again: {name}"));
        More(details, Flaky, _flaky, "flaky");
        details.AddRange(_doubts);
        return details;
    }

    private static void Keep(List<string> names, string name, string how)
    {
        if (names.Count < NamesKept) names.Add(how.Length > 0 ? $"{Judge.Cut(name)} ({how})" : Judge.Cut(name));
    }

    private static void More(List<string> details, int count, List<string> named, string what)
    {
        if (count > named.Count) details.Add(string.Create(CultureInfo.InvariantCulture, $"And {count - named.Count} more {what}."));
    }
}
