using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using ReadyOps.Binding;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;

namespace ReadyOps;

/// <summary>What every cmdlet shares that asks a Prometheus named on its command line.</summary>
public abstract class PrometheusCmdlet : ReadyCmdlet
{
    /// <summary>Base URL of Prometheus.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Url { get; set; }

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

    /// <summary>A client for the Prometheus that was named; ends the command where none can be asked.</summary>
    private protected PrometheusClient CreateClient()
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

        // Whoever asks for weeks of many series waits at the prompt and can stop it; 256 MiB are about seven million samples.
        var endpoint = new HttpEndpoint { Url = parsed!, Timeout = Timeout, Headers = ReadHeaders(), MaxBodyBytes = 256 * 1024 * 1024 };
        if (Credential is not null) endpoint = endpoint with { Username = new SecretText(Credential.UserName), Password = new SecretText(Plain(Credential.Password)) };
        if (Token is not null) endpoint = endpoint with { Bearer = new SecretText(Plain(Token)) };
        return new PrometheusClient(endpoint, CreateContext());
    }

    private List<KeyValuePair<string, SecretText>> ReadHeaders()
    {
        var headers = new List<KeyValuePair<string, SecretText>>();
        foreach (DictionaryEntry header in Header ?? new Hashtable())
            headers.Add(KeyValuePair.Create(LanguagePrimitives.ConvertTo<string>(header.Key), new SecretText(LanguagePrimitives.ConvertTo<string>(header.Value))));
        return headers;
    }

    private static string Plain(SecureString text) => new NetworkCredential("", text).Password;
}
