using System.Globalization;
using System.Xml;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// The TRX of Visual Studio and <c>dotnet test</c>. Only the outcome <c>Passed</c> passes and only <c>NotExecuted</c> is left out; a result
/// without an outcome is an error, by the default of the format. A result with inner results (a data-driven test) is counted by those.
/// </summary>
internal sealed class TrxFormat(TestReport report, string file) : TestFormat(report, file)
{
    private const int LongestWord = 7;
    private readonly Stack<Result> _results = new();
    private readonly int _failedBefore = report.NotPassed;
    private string? _runOutcome;
    private string _runInfo = "";
    private string _tail = "";
    private bool _runError;
    private bool _aborted;
    private int _claimed;
    private int _failedParents;

    public override void Begin(XmlReader xml)
    {
        switch (xml.LocalName)
        {
            case "UnitTestResult" or "ManualTestResult" or "GenericTestResult" or "WebTestResult" or "LoadTestResult" or "TestResultAggregation":
                if (_results.TryPeek(out Result? outer)) outer.Inner++;
                _results.Push(new Result(xml.LocalName, Short(xml.GetAttribute("testName") ?? "(no name)"), xml.GetAttribute("outcome") ?? "Error", DurationOf(xml), Report.NotPassed));
                break;
            case "ResultSummary":
                _runOutcome = xml.GetAttribute("outcome") ?? "none";
                break;
            case "Counters":
                _claimed = Count(xml, "failed") + Count(xml, "error") + Count(xml, "timeout") + Count(xml, "aborted");
                break;
            case "RunInfo":
                _runInfo = xml.GetAttribute("outcome") ?? "";
                _runError |= _runInfo is "Error" or "Failed" or "Aborted";
                break;
        }
    }

    public override bool WantsText => _runInfo.Length > 0;

    public override void Text(ReadOnlySpan<char> piece)
    {
        // A crashed test host shows nowhere else. The adapters also write one line for each failed test in here.
        string text = string.Concat(_tail, piece);
        _aborted |= text.Contains("aborted", StringComparison.OrdinalIgnoreCase) || text.Contains("crashed", StringComparison.OrdinalIgnoreCase);
        // A word may lie across two pieces.
        _tail = text.Length > LongestWord ? text[^LongestWord..] : text;
    }

    public override void End(string element)
    {
        if (element == "RunInfo") _runInfo = "";
        if (!_results.TryPeek(out Result? result) || result.Element != element) return;
        _results.Pop();
        TestOutcome outcome = OutcomeOf(result.Outcome);
        if (result.Inner == 0 || (outcome == TestOutcome.NotPassed && Report.NotPassed == result.FailedBefore))
            Report.Add(result.Name, outcome, result.Outcome is "Failed" or "Passed" ? "" : result.Outcome, result.Seconds);
        else if (outcome == TestOutcome.NotPassed)
            _failedParents++;
    }

    public override void Finish()
    {
        int failed = Report.NotPassed - _failedBefore;
        if (_runOutcome is null) Report.Doubt($"{File} has no summary: the run did not end.");
        else if (_runOutcome is not ("Completed" or "Passed" or "Failed" or "Warning")) Report.Doubt($"{File}: the run ended as {Judge.Cut(_runOutcome)}.");
        else if (_aborted) Report.Doubt($"{File}: the run was aborted or crashed.");
        else if (failed == 0 && (_runOutcome == "Failed" || _runError)) Report.Doubt($"{File}: the run itself failed, and no test shows it.");
        // The counters may count a data-driven test beside its rows.
        if (_claimed > failed + _failedParents)
            Report.Doubt(string.Create(CultureInfo.InvariantCulture, $"{File} counts {_claimed} failures, and its results show {failed}."));
    }

    private static double DurationOf(XmlReader xml) =>
        TimeSpan.TryParse(xml.GetAttribute("duration"), CultureInfo.InvariantCulture, out TimeSpan duration) && duration >= TimeSpan.Zero ? duration.TotalSeconds : double.NaN;

    private static TestOutcome OutcomeOf(string outcome) => outcome switch
    {
        "Passed" => TestOutcome.Passed,
        "NotExecuted" => TestOutcome.Skipped,
        _ => TestOutcome.NotPassed,
    };

    private sealed class Result(string element, string name, string outcome, double seconds, int failedBefore)
    {
        public string Element => element;

        public string Name => name;

        public string Outcome => outcome;

        public double Seconds => seconds;

        public int FailedBefore => failedBefore;

        public int Inner { get; set; }
    }
}
