namespace ReadyOps.Core.Signals;

/// <summary>Something that Prometheus scrapes.</summary>
public sealed record PrometheusTarget
{
    /// <summary>The scrape job.</summary>
    public string Job { get; init; } = "";

    /// <summary>The instance, commonly host and port.</summary>
    public string Instance { get; init; } = "";

    /// <summary><c>up</c>, <c>down</c> or <c>unknown</c>.</summary>
    public string Health { get; init; } = "";

    /// <summary>Why the last scrape failed; empty when it did not.</summary>
    public string LastError { get; init; } = "";

    /// <summary>When it was last scraped (UTC); <see langword="null"/> before the first time.</summary>
    public DateTimeOffset? LastScrape { get; init; }

    /// <summary>How long the last scrape took, in seconds.</summary>
    public double LastScrapeSeconds { get; init; }

    /// <summary>What is scraped.</summary>
    public string ScrapeUrl { get; init; } = "";

    /// <summary>Labels, <c>job</c> and <c>instance</c> included.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
