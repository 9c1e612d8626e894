using System.Globalization;
using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Commands;

/// <summary>Asks Prometheus for the value of a query at a moment, or over a span, and returns typed samples.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "PrometheusQuery", DefaultParameterSetName = AtMoment)]
[OutputType(typeof(MetricSample))]
public sealed class InvokePrometheusQueryCommand : PrometheusCmdlet
{
    private const string AtMoment = "AtMoment";
    private const string OverSpan = "OverSpan";
    private PrometheusClient? _client;

    /// <summary>PromQL.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "A query in PromQL, for example: up")]
    [ValidateNotNullOrEmpty]
    public string[] Query { get; set; } = [];

    /// <summary>The moment of the value.</summary>
    [Parameter(ParameterSetName = AtMoment)]
    [Moment]
    public DateTimeOffset? Time { get; set; }

    /// <summary>First moment of the span.</summary>
    [Parameter(Mandatory = true, ParameterSetName = OverSpan)]
    [Moment]
    public DateTimeOffset Start { get; set; }

    /// <summary>Last moment of the span.</summary>
    [Parameter(ParameterSetName = OverSpan)]
    [Moment]
    public DateTimeOffset? End { get; set; }

    /// <summary>Distance of the samples.</summary>
    [Parameter(ParameterSetName = OverSpan)]
    [Duration]
    public TimeSpan? Step { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        CheckSpan();
        _client = CreateClient(histograms: true);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string query in Query)
        {
            Try(query, () =>
            {
                foreach (MetricSample sample in ParameterSetName == OverSpan ? AskSpan(query) : AskMoment(query)) WriteObject(sample);
            });
        }
    }

    private IReadOnlyList<MetricSample> AskMoment(string query)
    {
        WriteVerbose($"Asking {_client!.Display} at {(Time is { } time ? Iso(time) : "its now")}: {query}");
        PrometheusAnswer<IReadOnlyList<MetricSample>> answer = Await(cancel => _client.QueryAsync(query, Time, cancel));
        Remark(answer.Warnings, answer.Infos);
        WriteVerbose(answer.Data.Count == 0 ? "It answered with no series: that is no data, not zero." : $"It answered with {answer.Data.Count} series.");
        return answer.Data;
    }

    private IEnumerable<MetricSample> AskSpan(string query)
    {
        DateTimeOffset end = End ?? Clock.GetUtcNow();
        TimeSpan step = Step ?? TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling((end - Start).TotalSeconds / 240)));
        WriteVerbose($"Asking {_client!.Display} from {Iso(Start)} to {Iso(end)} every {Quantities.Format(step)}: {query}");
        PrometheusAnswer<IReadOnlyList<MetricSeries>> answer = Await(cancel => _client.QueryRangeAsync(query, Start, end, step, cancel));
        Remark(answer.Warnings, answer.Infos);
        WriteVerbose($"It answered with {answer.Data.Count} series and {answer.Data.Sum(series => series.Samples.Count)} samples.");
        return answer.Data.SelectMany(series => series.Samples);
    }

    private void Remark(IReadOnlyList<string> warnings, IReadOnlyList<string> infos)
    {
        foreach (string warning in warnings) WriteWarning($"{_client!.Display}: {warning}");
        foreach (string info in infos) WriteVerbose($"{_client!.Display}: {info}");
    }

    private void CheckSpan()
    {
        if (ParameterSetName != OverSpan) return;
        if ((End ?? Clock.GetUtcNow()) < Start)
            StopHere("SpanInvalid", $"The span ends before it starts ({Iso(Start)}).", "Give a -Start before the -End; without -End the span ends now.");
        if (Step < TimeSpan.FromMilliseconds(1))
            StopHere("StepInvalid", $"A -Step of {Quantities.Format(Step.Value)} is too short.", "Give a step of at least 1ms, for example 15s.");
    }

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
