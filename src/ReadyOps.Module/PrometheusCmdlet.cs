using System.Collections;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Security.Cryptography.X509Certificates;
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

    /// <summary>The client's certificate, as PEM or PFX.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    /// <summary>Its private key in PEM, unless it is in the file of the certificate.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The password of the key or of the PFX.</summary>
    [Parameter]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>The client's certificate with its private key, from a store for example.</summary>
    [Parameter]
    public X509Certificate2? Certificate { get; set; }

    /// <summary>The only roots to trust, as PEM.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaPath { get; set; }

    /// <summary>The proxy on the way.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Proxy { get; set; }

    /// <summary>User name and password for the proxy.</summary>
    [Parameter]
    [Credential]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>A client for the Prometheus that was named; ends the command where none can be asked.</summary>
    /// <param name="named">The one that a document names: it goes before <c>$env:READYOPS_PROMETHEUS</c>, and -Url before both.</param>
    /// <param name="last">The one to ask where nobody names any.</param>
    /// <param name="histograms">Whether native histograms are wanted.</param>
    private protected PrometheusClient CreateClient(HttpEndpoint? named = null, HttpEndpoint? last = null, bool histograms = false)
    {
        string? url = Url ?? (named is null ? Environment.GetEnvironmentVariable("READYOPS_PROMETHEUS") : null);
        if (Credential is not null && Token is not null)
            StopHere("CredentialsInvalid", "Both -Credential and -Token were given, and a request can carry only one of them.", "Leave one of them out.");
        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromHours(1))
            StopHere("TimeoutInvalid", $"A request cannot take {Quantities.Format(Timeout)}.", "Give a -Timeout above 0 and up to 1h.");
        HttpEndpoint endpoint = (string.IsNullOrEmpty(url) ? named ?? last : Parse(url)) ?? Nobody();

        // Whoever asks for weeks of many series waits at the prompt and can stop it; 256 MiB are about seven million samples.
        endpoint = endpoint with { Headers = [.. endpoint.Headers, .. ReadHeaders()], MaxBodyBytes = 256 * 1024 * 1024 };
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Timeout)) || endpoint != named) endpoint = endpoint with { Timeout = Timeout };
        if (Credential is not null) endpoint = endpoint with { Username = new SecretText(Credential.UserName), Password = new SecretText(Plain(Credential.Password)), Bearer = null };
        if (Token is not null) endpoint = endpoint with { Bearer = new SecretText(Plain(Token)), Username = null };
        return new PrometheusClient(endpoint with { Tls = ReadTls(endpoint), Proxy = ReadProxy() ?? endpoint.Proxy }, CreateContext()) { ReadsHistograms = histograms };
    }

    private HttpEndpoint Parse(string url)
    {
        if (HttpEndpoint.TryParseUrl(url, out Uri? parsed, out string problem)) return new HttpEndpoint { Url = parsed! };
        StopHere("HttpUrlInvalid", $"The URL of Prometheus cannot be used: {problem}.", "Write an absolute URL such as http://localhost:9090, and give credentials with -Credential or -Token.");
        return null;
    }

    private HttpEndpoint Nobody()
    {
        StopHere("PrometheusUrlMissing", "Nobody said which Prometheus to ask.", "Give -Url, or set $env:READYOPS_PROMETHEUS, for example to http://localhost:9090.");
        return null;
    }

    private HttpTls? ReadTls(HttpEndpoint endpoint)
    {
        if (CertificatePath is null && Certificate is null && (KeyPath is not null || CertificatePassword is not null))
            StopHere("CertificateInvalid", "-KeyPath and -CertificatePassword belong to a certificate, and none was given.", "Give -CertificatePath, too.");
        if (Certificate is not null && (CertificatePath is not null || KeyPath is not null || CertificatePassword is not null))
            StopHere("CertificateInvalid", "-Certificate brings its key with it, so that -CertificatePath, -KeyPath and -CertificatePassword say something else.", "Give either -Certificate or -CertificatePath.");
        if (Certificate is { HasPrivateKey: false })
            StopHere("CertificateInvalid", $"The certificate '{Certificate.Subject}' has no private key, so nobody can show it as their own.", "Take one of a store with its key, or give -CertificatePath and -KeyPath.");
        if (CertificatePath is null && Certificate is null && CaPath is null) return endpoint.Tls;
        if (endpoint.Url.Scheme != Uri.UriSchemeHttps)
            StopHere("CertificateInvalid", $"Certificates say nothing about {endpoint.Display}, which is not https.", "Give an https URL, or leave the certificates out.");
        return new HttpTls
        {
            Ca = File(CaPath),
            Certificate = File(CertificatePath),
            Key = File(KeyPath),
            Password = CertificatePassword is null ? null : new SecretText(Plain(CertificatePassword)),
            Own = Certificate,
        };
    }

    private HttpTlsFile? File(string? path)
    {
        if (path is null) return null;
        try
        {
            return new HttpTlsFile(Paths.Folder(SessionState, path), path);
        }
        catch (ReadyOpsException e)
        {
            StopHere(e.Id, e.Message, e.NextStep, path);
            throw;
        }
    }

    private SecretText? ReadProxy()
    {
        if (Proxy is null)
        {
            if (ProxyCredential is not null) StopHere("ProxyInvalid", "-ProxyCredential belongs to a proxy, and none was given.", "Give -Proxy, too.");
            return null;
        }

        if (new SecretText(Proxy).IsReference) return new SecretText(Proxy);
        if (!HttpEndpoint.TryParseProxy(Proxy, out Uri? url)) StopHere("ProxyInvalid", "This is no proxy.", "Give a URL such as http://proxy.example:3128, or 'none'.");
        if (url?.UserInfo.Length > 0) StopHere("ProxyInvalid", "A proxy with a user name or password ends up in logs.", "Give them with -ProxyCredential.");
        if (ProxyCredential is null || url is null) return new SecretText(Proxy);
        string user = Uri.EscapeDataString(ProxyCredential.UserName), password = Uri.EscapeDataString(Plain(ProxyCredential.Password));
        return new SecretText(new UriBuilder(url) { UserName = user, Password = password }.Uri.OriginalString);
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
