using ReadyOps.Core.Http;

namespace ReadyOps.Core.Checks;

/// <summary>What a document says once for all of its checks.</summary>
public sealed record CheckDefaults
{
    /// <summary>How long one attempt may take; above zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The Prometheus server that queries go to, or <see langword="null"/>.</summary>
    public HttpEndpoint? Prometheus { get; init; }
}
