using ReadyOps.Core.Http;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>What a document of kind Baseline says.</summary>
/// <param name="Baseline">What is captured, or to be captured.</param>
/// <param name="Prometheus">The Prometheus that it names, or <see langword="null"/>.</param>
public sealed record BaselineDocument(PerformanceBaseline Baseline, HttpEndpoint? Prometheus)
{
    /// <summary>The Prometheus to compare with: the one that is named, or else the one that was captured from, without credentials.</summary>
    public HttpEndpoint? Endpoint => Prometheus ?? (HttpEndpoint.TryParseUrl(Baseline.Endpoint, out Uri? url, out _) ? new HttpEndpoint { Url = url! } : null);
}
