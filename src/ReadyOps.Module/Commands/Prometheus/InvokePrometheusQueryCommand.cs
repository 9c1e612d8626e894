using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Security;
using ReadyOps.Binding;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;

namespace ReadyOps.Commands;

/// <summary>Asks Prometheus for the value of a query at a moment, or over a span, and returns typed samples.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "PrometheusQuery", DefaultParameterSetName = AtMoment)]
[OutputType(typeof(MetricSample))]
public sealed class InvokePrometheusQueryCommand : ReadyCmdlet
{
    private const string AtMoment = "AtMoment";
    private const string OverSpan = "OverSpan";
    private PrometheusClient? _client;

    /// <summary>PromQL.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "A query in PromQL, for example: up")]
    [ValidateNotNullOrEmpty]
    public string[] Query { get; set; } = [];

    /// <summary>Base URL of Prometheus.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Url { get; set; }

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

    /// <summary>User name and password for basic authentication.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Token for bearer authentication.</summary>
    [Parameter]
    public SecureString? Token { get; set; }

    /// <summary>Further headers.</summary>
    [Parameter]
    public IDictionary? Header { get; set; }

    /// <summary>How long one request may take.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        string? url = Url ?? Environment.GetEnvironmentVariable("READYOPS_PROMETHEUS");
        if (string.IsNullOrEmpty(url))
            StopHere("PrometheusUrlMissing", "Nobody said which Prometheus to ask.", "Give -Url, or set $env:READYOPS_PROMETHEUS, for example to http://localhost:9090.");
        if (!HttpEndpoint.TryParseUrl(url, out Uri? parsed, out string problem))
            StopHere("HttpUrlInvalid", $"The URL of Prometheus cannot be used: {problem}.", "Write an absolute URL such as http://localhost:9090, and give credentials with -Credential or -Token.");
        if (Credential is not null && Token is not null)
            StopHere("CredentialsInvalid", "Both -Credential and -Token were given, and a request can carry only one of them.", "Leave one of them out.");
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1))
            StopHere("TimeoutInvalid", $"A request cannot take {Quantities.Format(Timeout)}.", "Give a -Timeout above 0 and up to 1h.");
        CheckSpan();

        var endpoint = new HttpEndpoint { Url = parsed!, Timeout = Timeout, Headers = ReadHeaders() };
        if (Credential is not null) endpoint = endpoint with { Username = new SecretText(Credential.UserName), Password = new SecretText(Plain(Credential.Password)) };
        if (Token is not null) endpoint = endpoint with { Bearer = new SecretText(Plain(Token)) };
        _client = new PrometheusClient(endpoint, CreateContext());
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

    private List<KeyValuePair<string, SecretText>> ReadHeaders()
    {
        var headers = new List<KeyValuePair<string, SecretText>>();
        foreach (DictionaryEntry header in Header ?? new Hashtable())
            headers.Add(KeyValuePair.Create(LanguagePrimitives.ConvertTo<string>(header.Key), new SecretText(LanguagePrimitives.ConvertTo<string>(header.Value))));
        return headers;
    }

    private static string Plain(SecureString text) => new NetworkCredential("", text).Password;

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
