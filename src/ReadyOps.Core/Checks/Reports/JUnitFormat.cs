using System.Globalization;
using System.Xml;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// JUnit's XML as Ant, surefire, pytest, gotestsum, GoogleTest, CTest and Jest write it. Suites may stand in suites. Surefire marks a test
/// that passed when run again by <c>flakyFailure</c> or <c>flakyError</c>, and the earlier failures of one that did not by
/// <c>rerunFailure</c> or <c>rerunError</c> beside <c>failure</c>.
/// </summary>
internal sealed class JUnitFormat(TestReport report, string file) : TestFormat(report, file)
{
    private readonly Stack<Suite> _suites = new();
    private Case? _case;
    private int _depth;

    public override void Begin(XmlReader xml)
    {
        _depth++;
        switch (xml.LocalName)
        {
            case "testsuite" or "testsuites" when _case is null:
                _suites.Push(new Suite(Short(xml.GetAttribute("name") ?? xml.LocalName), Count(xml, "failures") + Count(xml, "errors"), _depth));
                break;
            case "testcase" when _case is null:
                _case = new Case(NameOf(xml), _depth) { State = StateOf(xml), Seconds = Seconds(xml, "time") };
                break;
            case "failure" or "error" when _case is null && _suites.TryPeek(out Suite? suite) && _depth == suite.Depth + 1:
                // A suite that could not be set up: whatever its cases say, this did not pass.
                suite.Bad++;
                Report.Add(suite.Name, TestOutcome.NotPassed, "the suite itself");
                break;
            case var element when _case is not null && _depth == _case.Depth + 1:
                Note(_case, element);
                break;
        }
    }

    public override void End(string element)
    {
        if (_case is not null && _depth == _case.Depth)
        {
            Report.Add(_case.Name, _case.Outcome, seconds: _case.Seconds);
            if (_suites.TryPeek(out Suite? suite)) suite.Bad += _case.Bad + _case.Reruns;
            _case = null;
        }
        else if (_suites.TryPeek(out Suite? suite) && _depth == suite.Depth)
        {
            _suites.Pop();
            if (suite.Claimed > suite.Bad)
            {
                Report.Doubt(string.Create(CultureInfo.InvariantCulture,
                    $"{File}: the suite '{Judge.Cut(suite.Name)}' counts {suite.Claimed} failures and errors, and its test cases show {suite.Bad}."));
            }

            // What this suite claimed has been doubted once; the suites around it claim it again.
            if (_suites.TryPeek(out Suite? outer)) outer.Bad += Math.Max(suite.Bad, suite.Claimed);
        }

        _depth--;
    }

    private static string NameOf(XmlReader xml)
    {
        string name = xml.GetAttribute("name") ?? "(no name)";
        return xml.GetAttribute("classname") is { Length: > 0 } type ? $"{type}.{name}" : name;
    }

    // GoogleTest and CTest say in attributes what others say in elements.
    private static TestOutcome? StateOf(XmlReader xml) =>
        (xml.GetAttribute("status")?.ToLowerInvariant(), xml.GetAttribute("result")?.ToLowerInvariant()) switch
        {
            ("fail" or "failed" or "failure" or "error" or "errored", _) => TestOutcome.NotPassed,
            ("notrun" or "disabled" or "skipped" or "ignored", _) or (_, "suppressed" or "skipped") => TestOutcome.Skipped,
            _ => null,
        };

    private static void Note(Case test, string element)
    {
        switch (element)
        {
            case "failure" or "error":
                test.Bad++;
                break;
            case "skipped":
                test.State ??= TestOutcome.Skipped;
                break;
            case "flakyFailure" or "flakyError" or "rerunFailure" or "rerunError":
                test.Reruns++;
                break;
        }
    }

    private sealed class Suite(string name, int claimed, int depth)
    {
        public string Name => name;

        public int Claimed => claimed;

        public int Depth => depth;

        public int Bad { get; set; }
    }

    private sealed class Case(string name, int depth)
    {
        public string Name => name;

        public int Depth => depth;

        public double Seconds { get; init; }

        public TestOutcome? State { get; set; }

        public int Bad { get; set; }

        public int Reruns { get; set; }

        public TestOutcome Outcome => Bad > 0 ? TestOutcome.NotPassed : State ?? (Reruns > 0 ? TestOutcome.Flaky : TestOutcome.Passed);
    }
}
