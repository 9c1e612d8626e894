using System.Runtime.InteropServices;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// Follows the tests of a run one by one and holds them against earlier runs, in memory that does not grow with the run: what failed,
/// what was slowest, and what an earlier run remembered is kept, and nothing else.
/// </summary>
/// <param name="before">The run to compare with, or <see langword="null"/>.</param>
internal sealed class TestHistory(TestRunMemory? before)
{
    // Failures beyond these are not followed: they count as failed, whatever comes after.
    private const int MaxFailing = 100_000;
    private const int NamesKept = 50;

    private readonly Dictionary<ulong, int> _failing = [];
    private readonly PriorityQueue<ulong, double> _slowest = new();
    private readonly Dictionary<ulong, (double Seconds, string Name)> _timed = [];
    private readonly Dictionary<ulong, string> _suspects = [];
    private readonly List<(ulong Test, string Name)> _newlyFailing = [];
    private readonly List<(string? Release, TestRunMemory Run)> _earlier = [];
    private HashSet<ulong> _suspected = [];

    /// <summary>The run to compare with.</summary>
    public TestRunMemory? Before => before;

    /// <summary>Runs before this one, the newest first, with the releases that they were of.</summary>
    public IReadOnlyList<(string? Release, TestRunMemory Run)> Earlier
    {
        get => _earlier;
        init
        {
            _earlier.AddRange(value);
            _suspected = [.. value.SelectMany(run => run.Run.Failed)];
        }
    }

    /// <summary>How many tests failed that had not failed before.</summary>
    public int NewlyFailing { get; private set; }

    /// <summary>Some of them.</summary>
    public IEnumerable<string> NewNames => _newlyFailing.Select(test => test.Name);

    /// <summary>Whether a test that failed and passed later, under the same name, did pass.</summary>
    public bool LastCounts { get; init; }

    /// <summary>Takes in a test.</summary>
    /// <returns>Whether it passes here after it has failed in this run.</returns>
    public bool See(string name, TestOutcome outcome, double seconds)
    {
        ulong test = TestRunMemory.HashOf(name);
        if (_suspected.Contains(test)) _suspects.TryAdd(test, Judge.Cut(name));
        if (outcome == TestOutcome.NotPassed)
        {
            Fail(test, name);
            return false;
        }

        if (outcome == TestOutcome.Skipped) return false;
        Time(test, name, seconds);
        ref int failures = ref CollectionsMarshal.GetValueRefOrNullRef(_failing, test);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref failures) || failures == 0) return false;
        if (LastCounts && --failures == 0) _failing.Remove(test);
        if (LastCounts && before?.Failed.Contains(test) == false)
        {
            NewlyFailing--;
            _newlyFailing.RemoveAll(one => one.Test == test);
        }

        return true;
    }

    /// <summary>What to remember of this run.</summary>
    public TestRunMemory Remember(int executed) => new()
    {
        Executed = executed,
        Failed = _failing.Keys.ToHashSet(),
        Times = Slowest(),
    };

    /// <summary>How long the tests took that both runs tell of, then and now, in seconds.</summary>
    public (double Before, double Now, int Count) Total() => before is null ? default
        : (_timed.Keys.Sum(test => before.Times[test]), _timed.Values.Sum(time => time.Seconds), _timed.Count);

    /// <summary>The tests that take longer than then by at least so much, the worst first.</summary>
    public IReadOnlyList<(string Name, double Before, double Now)> Slower(TimeSpan noise) => before is null ? [] :
    [
        .. _timed.Select(time => (time.Value.Name, Before: before.Times[time.Key], Now: time.Value.Seconds))
            .Where(time => time.Now - time.Before >= noise.TotalSeconds).OrderByDescending(time => time.Now - time.Before),
    ];

    /// <summary>
    /// Tests whose outcome changes to and fro: twice among runs of one release, whose code is the same, or three times among all.
    /// Once there and back is a bug and its fix.
    /// </summary>
    public IReadOnlyList<string> Unsteady(string? release)
    {
        List<string> names = [];
        foreach ((ulong test, string name) in _suspects)
        {
            bool failed = _failing.ContainsKey(test);
            string? of = release;
            int all = 0, same = 0;
            foreach ((string? earlierRelease, TestRunMemory run) in _earlier)
            {
                bool didFail = run.Failed.Contains(test);
                if (didFail != failed)
                {
                    all++;
                    if (of is not null && of == earlierRelease) same++;
                }

                (failed, of) = (didFail, earlierRelease);
            }

            if (all >= 3 || same >= 2) names.Add(name);
        }

        return names;
    }

    private void Fail(ulong test, string name)
    {
        if (_failing.Count < MaxFailing || _failing.ContainsKey(test)) CollectionsMarshal.GetValueRefOrAddDefault(_failing, test, out _)++;
        if (before is null || before.Failed.Contains(test)) return;
        NewlyFailing++;
        if (_newlyFailing.Count < NamesKept) _newlyFailing.Add((test, Judge.Cut(name)));
    }

    private void Time(ulong test, string name, double seconds)
    {
        if (double.IsNaN(seconds)) return;
        if (before?.Times.ContainsKey(test) == true && (!_timed.TryGetValue(test, out (double Seconds, string) known) || known.Seconds < seconds)) _timed[test] = (seconds, Judge.Cut(name));
        if (_slowest.Count < TestRunMemory.MaxTimes) _slowest.Enqueue(test, seconds);
        else _slowest.EnqueueDequeue(test, seconds);
    }

    // Of several tests of one name the slowest stands for it.
    private Dictionary<ulong, double> Slowest()
    {
        var times = new Dictionary<ulong, double>();
        foreach ((ulong test, double seconds) in _slowest.UnorderedItems) times[test] = Math.Max(seconds, times.GetValueOrDefault(test));
        return times;
    }
}
