using System.Collections;
using System.Management.Automation;
using System.Text.Json.Nodes;
using ReadyOps.Binding;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Reports;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Baselines;

namespace ReadyOps.Commands;

/// <summary>Captures what a service is like, to compare with later.</summary>
[Cmdlet(VerbsCommon.New, "PerformanceBaseline", SupportsShouldProcess = true, DefaultParameterSetName = ByPath)]
[OutputType(typeof(PerformanceBaseline))]
public sealed class NewPerformanceBaselineCommand : PrometheusCmdlet
{
    private const string ByPath = "Path";
    private const string ByQuery = "Query";

    /// <summary>The document that says what to capture.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByPath, HelpMessage = "A document of kind Baseline or Rollout, for example ./baseline.yaml")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>What to capture, by name.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByQuery)]
    public IDictionary Query { get; set; } = new Hashtable();

    /// <summary>What the baseline is called.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "baseline";

    /// <summary>Values for the variables of the document.</summary>
    [Parameter(ParameterSetName = ByPath)]
    public IDictionary? Variable { get; set; }

    /// <summary>The file to write.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>Whether a file that is there already is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>How long is captured.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Window { get; set; }

    /// <summary>Up to when.</summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? End { get; set; }

    /// <summary>How far apart the samples are.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? Interval { get; set; }

    /// <summary>Whether each hour of the week is captured on its own, too.</summary>
    [Parameter]
    public SwitchParameter SameHourOfWeek { get; set; }

    /// <summary>How many weeks are captured.</summary>
    [Parameter]
    [ValidateRange(1, 104)]
    public int? Weeks { get; set; }

    /// <summary>Whose hours they are.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completers.TimeZoneCompleter))]
    [ValidateNotNullOrEmpty]
    public string? TimeZone { get; set; }

    /// <summary>The release that is running.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Who captures it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Actor { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Try(ParameterSetName == ByPath ? Path : Name, Capture);
    }

    private void Capture()
    {
        BaselineDocument document = ParameterSetName == ByPath ? FromDocument() : FromQueries();
        PerformanceBaseline plan = new BaselineCapture { Window = Window, Weeks = Weeks, Interval = Interval, SameHourOfWeek = SameHourOfWeek, TimeZone = TimeZone, Release = Release }.On(document.Baseline);
        string? file = OutFile is null ? null : Free(Paths.Folder(SessionState, OutFile));
        PrometheusClient client = CreateClient(document.Prometheus);
        if (file is not null && !ShouldProcess(file, $"Capture {plan.Metrics.Count} metric(s) over {Quantities.Format(plan.Span)} from {client.Display}")) return;

        foreach (BaselineMetric metric in plan.Metrics) WriteVerbose($"Asking {client.Display} for '{metric.Name}' every {Quantities.Format(metric.Interval)}: {metric.Query}");
        EngineContext context = CreateContext(Actor);
        PerformanceBaseline baseline = Await(cancel => new BaselineService(context).CaptureAsync(plan, client, End, new Done(this, plan), cancel)) with { Path = file ?? "" };
        foreach (BaselineMetric metric in baseline.Metrics)
        {
            foreach (string warning in metric.Warnings) WriteWarning($"{metric.Name}: {warning}");
            if (BaselineService.TooFew(metric) is { Length: > 0 } few) WriteWarning(few);
        }

        if (file is not null) ReportFile.Write(file, BaselineWriter.Write(baseline, file), Force, Force);
        WriteObject(baseline);
    }

    private BaselineDocument FromDocument()
    {
        string file = Paths.Resolve(this, Path, literal: false) is [string only] ? only
            : throw new ReadyOpsException("BaselineDocumentMissing", $"'{Path}' does not lead to one document.", "Give the path of a document of kind Baseline or Rollout.");
        string? release = Release;
        Document document = DocumentLoader.Load(file, null, Variables.Read(Variable, ref release));
        return document.Kind switch
        {
            "Baseline" => BaselineReader.Read(document, asPlan: true),
            "Rollout" => RolloutBaseline.Read(document),
            _ => throw new ReadyOpsException("BaselineDocumentInvalid", $"'{Path}' is a {document.Kind}, which does not say what to capture.", "Give a document of kind Baseline or Rollout."),
        };
    }

    // Read as the document that it stands for, so that what is wrong is said in the same words.
    private BaselineDocument FromQueries()
    {
        var metrics = new JsonArray();
        IEnumerable<DictionaryEntry> entries = Query.Cast<DictionaryEntry>();
        foreach (DictionaryEntry entry in Query is Hashtable ? entries.OrderBy(entry => $"{entry.Key}", StringComparer.Ordinal) : entries)
        {
            JsonNode? said = JsonNode.Parse(ObjectJson.Write(entry.Value));
            JsonObject metric = said as JsonObject ?? new JsonObject { ["query"] = said };
            metric["name"] = $"{entry.Key}";
            metrics.Add(metric);
        }

        var document = new JsonObject { ["apiVersion"] = "readyops/v1", ["kind"] = "Baseline", ["name"] = Name, ["metrics"] = metrics };
        return BaselineReader.Read(DocumentLoader.Parse(ObjectJson.Utf8(document.ToJsonString()), "-Query", SessionState.Path.CurrentFileSystemLocation.ProviderPath, "Baseline"));
    }

    // Before weeks are asked for.
    private string Free(string file)
    {
        if (File.Exists(file) && !Force) throw new ReadyOpsException("BaselineExists", $"{file} was not written, because it is there already.", "Use -Force to replace it, or give another path.");
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(file))) throw new ReadyOpsException("BaselineNotWritten", $"{file} cannot be written: there is no such folder.", "Make the folder first.");
        return file;
    }

    private sealed class Done(NewPerformanceBaselineCommand cmdlet, PerformanceBaseline plan) : IProgress<string>
    {
        private int _done;

        public void Report(string value)
        {
            int done = Interlocked.Increment(ref _done);
            cmdlet.Progress.Show($"Baseline {plan.Name}", $"{done} of {plan.Metrics.Count}: {value}", 100.0 * done / plan.Metrics.Count);
        }
    }
}
