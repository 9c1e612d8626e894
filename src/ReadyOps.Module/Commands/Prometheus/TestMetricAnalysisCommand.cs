using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Commands;

/// <summary>Says what a metric amounts to over a span, judged as a rollout would judge a step.</summary>
[Cmdlet(VerbsDiagnostic.Test, "MetricAnalysis", DefaultParameterSetName = ByQuery)]
[OutputType(typeof(MetricAnalysis), typeof(bool))]
public sealed class TestMetricAnalysisCommand : PrometheusCmdlet
{
    private const string ByQuery = "Query";
    private const string ByPath = "Path";
    private const string ByLiteralPath = "LiteralPath";

    /// <summary>PromQL.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByQuery, HelpMessage = "PromQL that gives one value, for example: sum(rate(http_requests_total[${window}]))")]
    [ValidateNotNullOrEmpty]
    public string Query { get; set; } = "";

    /// <summary>What a healthy value looks like.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ByQuery, HelpMessage = "What a healthy value looks like, for example: <= 1%")]
    [ValidateNotNullOrEmpty]
    public string Bound { get; set; } = "";

    /// <summary>What the metric is called.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "metric";

    /// <summary>How long the bound must be broken without a break for a breach.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    [Duration]
    public TimeSpan? For { get; set; }

    /// <summary>How many times in a row the bound must be broken for a breach.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    public int? Consecutive { get; set; }

    /// <summary>So many bad samples within a time are a breach too.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    [ValidateNotNullOrEmpty]
    public string? FailureLimit { get; set; }

    /// <summary>How many good samples in a row it takes to pass.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    public int? ConsecutiveSuccesses { get; set; }

    /// <summary>How many good samples it takes to pass.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    public int? MinSamples { get; set; }

    /// <summary>How far apart samples are.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    [Duration]
    public TimeSpan? Interval { get; set; }

    /// <summary>What ${window} in the query stands for.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    [Duration]
    public TimeSpan? Window { get; set; }

    /// <summary>Which way is bad, of a bound with two sides.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    public ComparisonDirection? Direction { get; set; }

    /// <summary>PromQL that counts the traffic a sample stands for.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    [ValidateNotNullOrEmpty]
    public string? TrafficQuery { get; set; }

    /// <summary>With less traffic than this a sample says nothing.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    public double? MinTraffic { get; set; }

    /// <summary>How several series become one value.</summary>
    [Parameter(ParameterSetName = ByQuery)]
    [ValidateSet("Sum", "Min", "Max", "Avg", "Count")]
    public string? Reduce { get; set; }

    /// <summary>A rollout document whose signals are judged.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByPath)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>A rollout document whose signals are judged, its path taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByLiteralPath, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Which of its signals.</summary>
    [Parameter(ParameterSetName = ByPath)]
    [Parameter(ParameterSetName = ByLiteralPath)]
    [SupportsWildcards]
    public string[] Signal { get; set; } = ["*"];

    /// <summary>The release that its queries select by.</summary>
    [Parameter(ParameterSetName = ByPath)]
    [Parameter(ParameterSetName = ByLiteralPath)]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Values for the variables of the document.</summary>
    [Parameter(ParameterSetName = ByPath)]
    [Parameter(ParameterSetName = ByLiteralPath)]
    public IDictionary? Variable { get; set; }

    /// <summary>How long the span is.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Over { get; set; } = TimeSpan.FromHours(1);

    /// <summary>When the span begins.</summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? Start { get; set; }

    /// <summary>When it ends.</summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? End { get; set; }

    /// <summary>Returns whether every metric passes, and nothing else.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private bool _anyJudged;
    private bool _anyElse;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == ByQuery)
        {
            Judge(Name, () => [Await(cancel => new MetricAnalysisService(CreateContext()).AnalyzeAsync(ReadMetric(), CreateClient(), SpanStart, SpanEnd, cancel))]);
            return;
        }

        bool literal = ParameterSetName == ByLiteralPath;
        foreach (string path in literal ? LiteralPath : Path)
            foreach (string file in Paths.Resolve(this, path, literal)) Analyze(file);
    }

    private void Analyze(string file) => Judge(file, () =>
    {
        string? release = Release;
        Document document = DocumentLoader.Load(file, "Rollout", Variables.Read(Variable, ref release));
        WildcardPattern[] wanted = [.. Signal.Select(signal => WildcardPattern.Get(signal, WildcardOptions.IgnoreCase))];
        return Await(cancel => new MetricAnalysisService(CreateContext()).AnalyzeAsync(
            document, name => wanted.Any(pattern => pattern.IsMatch(name)), SpanStart, SpanEnd, cancel));
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Quiet) WriteObject(_anyJudged && !_anyElse);
    }

    private DateTimeOffset SpanEnd => End ?? (Start is { } start && MyInvocation.BoundParameters.ContainsKey(nameof(Over)) ? start + Over : Clock.GetUtcNow());

    private DateTimeOffset SpanStart => Start ?? SpanEnd - Over;

    /// <summary>What could not be judged has not passed either.</summary>
    private void Judge(string item, Func<IReadOnlyList<MetricAnalysis>> judge)
    {
        bool before = _anyElse;
        _anyElse = true;
        Try(item, () =>
        {
            IReadOnlyList<MetricAnalysis> results = judge();
            _anyJudged |= results.Count > 0;
            _anyElse = before || results.Any(result => result.Verdict != Verdict.Pass);
            Write(results);
        });
    }

    private void Write(IReadOnlyList<MetricAnalysis> results)
    {
        foreach (MetricAnalysis result in results)
        {
            WriteVerbose(result.ToString());
            if (Quiet) continue;
            foreach (string warning in result.Warnings) WriteWarning($"{result.Name}: {warning}");
            WriteObject(result);
            if (result.Verdict != Verdict.Pass) WriteError(Errors.MetricNotPassed(result));
        }
    }

    /// <summary>The parameters as a document would say them, so that they mean the same and are refused for the same reasons.</summary>
    private ObjectReader ReadMetric()
    {
        (string Name, string? Text, NodeKind Kind)[] given =
        [
            ("name", Name, NodeKind.String), ("query", Query, NodeKind.String), ("bound", Bound, NodeKind.String),
            ("for", Span(For), NodeKind.String), ("consecutive", Number(Consecutive), NodeKind.Number), ("failureLimit", FailureLimit, NodeKind.String),
            ("consecutiveSuccesses", Number(ConsecutiveSuccesses), NodeKind.Number), ("minSamples", Number(MinSamples), NodeKind.Number),
            ("interval", Span(Interval), NodeKind.String), ("window", Span(Window), NodeKind.String), ("direction", Word(Direction), NodeKind.String),
            ("traffic", TrafficQuery, NodeKind.String), ("minTraffic", Number(MinTraffic), NodeKind.Number), ("reduce", Word(Reduce), NodeKind.String),
        ];
        var node = new DocumentNode
        {
            Kind = NodeKind.Object,
            Members = [.. given.Where(one => one.Text is not null).Select(one => new DocumentMember(one.Name, 0, 0, new DocumentNode { Kind = one.Kind, Text = one.Text! }))],
        };
        return new ObjectReader(node, "", SessionState.Path.CurrentFileSystemLocation.Path, new ProblemList("parameters"));
    }

    private static string? Span(TimeSpan? span) => span is { } known ? Quantities.Format(known) : null;

    private static string? Number(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture);

    private static string? Word(object? word) => word?.ToString() is { Length: > 0 } text ? char.ToLowerInvariant(text[0]) + text[1..] : null;
}
