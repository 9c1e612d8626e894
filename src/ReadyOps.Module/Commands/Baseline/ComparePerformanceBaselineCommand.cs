using System.Collections;
using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Baselines;

namespace ReadyOps.Commands;

/// <summary>Says whether a service is still as it was when its baseline was captured.</summary>
[Cmdlet(VerbsData.Compare, "PerformanceBaseline", DefaultParameterSetName = "Path")]
[OutputType(typeof(BaselineComparison), typeof(bool))]
public sealed class ComparePerformanceBaselineCommand : PrometheusCmdlet
{
    private bool _asked;
    private bool _allPassed = true;

    /// <summary>The baselines.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, HelpMessage = "A captured document of kind Baseline, for example ./baseline.yaml")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The baselines, their paths taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A baseline that was captured later, to compare instead of asking Prometheus.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Current { get; set; }

    /// <summary>How long is compared.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Window { get; set; }

    /// <summary>Up to when.</summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? End { get; set; }

    /// <summary>Whether each hour of the week is compared with the same hour of the baseline.</summary>
    [Parameter]
    public SwitchParameter SameHourOfWeek { get; set; }

    /// <summary>The metrics to compare.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(BaselineMetricCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Metric { get; set; } = [];

    /// <summary>How much they may differ: one for all, or a dictionary by metric.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object? Tolerance { get; set; }

    /// <summary>Which change does harm: one for all, or a dictionary by metric.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DirectionCompleter))]
    [ValidateNotNullOrEmpty]
    public object? Direction { get; set; }

    /// <summary>Which figures are compared.</summary>
    [Parameter]
    public BaselineStatistic[] Statistic { get; set; } = [];

    /// <summary>How many samples both sides need at least.</summary>
    [Parameter]
    [ValidateRange(2, 1_000_000)]
    public int? MinimumSamples { get; set; }

    /// <summary>Whether to answer with a plain Boolean for all of them together.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Current is not null && (Window is not null || End is not null || Url is not null))
            StopHere("ParametersInvalid", "-Current takes what was captured, so that -Window, -End and -Url say nothing.", "Leave them out, or leave -Current out.");
        if (Window < TimeSpan.FromSeconds(1)) StopHere("BaselineSpanInvalid", $"A -Window of {Quantities.Format(Window.Value)} has nothing to compare.", "Give one such as 15m.");
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool literal = ParameterSetName == "LiteralPath";
        foreach (string path in literal ? LiteralPath : Path)
        {
            IReadOnlyList<string> files = Paths.Resolve(this, path, literal);
            if (files.Count == 0) Tell(Unasked(path, "there is no such baseline."));
            foreach (string file in files)
                Try(file, () => Ask(file), failed => Tell(Unasked(file, failed is DocumentException e ? e.Problems[0].ToString() : failed.Message)));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        // One answer for all: a list of two False would be true to an if.
        if (Quiet) WriteObject(_asked && _allPassed);
    }

    private void Ask(string file)
    {
        BaselineDocument document = Load(file);
        BaselineTerms terms = ReadTerms();
        BaselineComparison result;
        if (Current is not null)
        {
            PerformanceBaseline current = Paths.Resolve(this, Current, literal: true) is [string other] ? Load(other).Baseline
                : throw new ReadyOpsException("BaselineDocumentMissing", $"'{Current}' does not lead to a baseline.", "Give the path of a captured document of kind Baseline.");
            result = BaselineService.Compare(document.Baseline, terms, current, SameHourOfWeek);
        }
        else
        {
            HttpEndpoint? last = document.Prometheus is null ? document.Endpoint : null;
            PrometheusClient client = CreateClient(document.Prometheus, last);
            var window = new BaselineWindow { Window = Window, End = End, SameHourOfWeek = SameHourOfWeek };
            WriteVerbose($"Comparing with baseline '{document.Baseline.Name}' of {file}: asking {client.Display} for {document.Baseline.Metrics.Count} metric(s).");
            result = Await(cancel => new BaselineService(CreateContext()).CompareAsync(document.Baseline, terms, window, client, null, cancel));
        }

        foreach (BaselineDifference difference in result.Metrics) WriteVerbose(difference.ToString());
        Tell(result);
        if (!Quiet && result.Verdict != Verdict.Pass) WriteError(Errors.BaselineNotKept(result));
    }

    private void Tell(BaselineComparison result)
    {
        _asked = true;
        _allPassed &= result.Verdict == Verdict.Pass;
        if (Quiet) return;
        foreach (string note in result.Notes) WriteWarning(note);
        WriteObject(result);
    }

    private static BaselineDocument Load(string file)
    {
        BaselineDocument document = BaselineReader.Read(DocumentLoader.Load(file, "Baseline"));
        return document with { Baseline = document.Baseline with { Path = file } };
    }

    // A baseline that cannot be compared with has a result too: whoever takes the results of several must not miss one.
    private static BaselineComparison Unasked(string path, string why) => new()
    {
        Verdict = Verdict.Error,
        Baseline = System.IO.Path.GetFileNameWithoutExtension(path),
        Path = path,
        Start = Clock.GetUtcNow(),
        End = Clock.GetUtcNow(),
        Reason = $"It could not be compared: {why}",
    };

    private BaselineTerms ReadTerms()
    {
        IReadOnlyDictionary<string, string> tolerances = Texts(Tolerance, out string? tolerance), directions = Texts(Direction, out string? direction);
        return new BaselineTerms
        {
            Metrics = Metric,
            Tolerance = tolerance,
            Tolerances = tolerances,
            Direction = direction is null ? null : ReadDirection(direction),
            Directions = directions.ToDictionary(one => one.Key, one => ReadDirection(one.Value)),
            Statistics = [.. Statistic.Distinct()],
            MinSamples = MinimumSamples,
        };
    }

    private static Dictionary<string, string> Texts(object? given, out string? one)
    {
        (object? value, string text) = Argument.Read(given);
        one = value is null or IDictionary ? null : text;
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in value as IDictionary ?? new Hashtable()) all[$"{entry.Key}"] = Argument.Read(entry.Value).Text;
        return all;
    }

    private static ComparisonDirection ReadDirection(string text) =>
        Enum.TryParse(text, ignoreCase: true, out ComparisonDirection direction) && Enum.IsDefined(direction) && !char.IsAsciiDigit(text[0]) ? direction
            : throw new ReadyOpsException("DirectionInvalid", $"'{text}' is no direction.", "Give Either, Increase or Decrease.");
}
