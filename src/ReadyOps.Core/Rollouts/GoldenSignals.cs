using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// The four triggers that a service should have from its first day: error rate above 1 % for 5 minutes, P95 above 500 ms for
/// 5 minutes, P99 above 1000 ms for 5 minutes, 5 failed health checks in a row. Written as plain signals, so that a document
/// that outgrows them can write them out.
/// </summary>
internal static class GoldenSignals
{
    /// <summary>The members of every signal that hold for all four.</summary>
    public static IReadOnlyList<string> Shared { get; } =
    [
        "interval", "window", "lag", "staleAfter", "minSamples", "failureLimit", "consecutiveSuccesses", "inconclusiveLimit", "errorLimit", "initialDelay", "warmUp",
        "critical", "weight", "dryRun", "policies", "recovers",
    ];

    /// <summary>The signals, as if the document had written them out. Each stands where <c>goldenSignals</c> stands.</summary>
    public static IEnumerable<ObjectReader> Expand(ObjectReader golden)
    {
        string selector = golden.OptionalText("selector")?.Trim('{', '}') ?? "";
        string requests = golden.OptionalText("requests") ?? "http_requests_total";
        string errors = golden.OptionalText("errors")?.Trim('{', '}') ?? "code=~\"5..\"";
        string durations = golden.OptionalText("durations") ?? "http_request_duration_seconds_bucket";

        string? traffic = golden.Has("minTraffic") ? $"sum(increase({requests}{Matchers(selector)}[${{window}}]))" : null;

        // A service without a single error has no series of errors: that is an error rate of 0, as long as it has requests.
        yield return Metric(golden, traffic, "error-rate", "<= 1%",
            $"(sum(rate({requests}{Matchers(selector, errors)}[${{window}}])) or vector(0)) / sum(rate({requests}{Matchers(selector)}[${{window}}]))");
        yield return Metric(golden, traffic, "latency-p95", "<= 500ms", Quantile("0.95"));
        yield return Metric(golden, traffic, "latency-p99", "<= 1000ms", Quantile("0.99"));
        if (golden.OptionalText("health") is { } health)
            yield return Signal(golden, ("name", "health"), ("type", "http"), ("url", health));

        string Quantile(string q) => $"histogram_quantile({q}, sum by (le) (rate({durations}{Matchers(selector)}[${{window}}])))";
    }

    private static string Matchers(params string[] parts)
    {
        string[] given = [.. parts.Where(part => part.Length > 0)];
        return given.Length == 0 ? "" : $"{{{string.Join(',', given)}}}";
    }

    private static ObjectReader Metric(ObjectReader golden, string? traffic, string name, string bound, string query) => traffic is null
        ? Signal(golden, ("name", name), ("type", "prometheus"), ("bound", bound), ("query", query))
        : Signal(golden, ("name", name), ("type", "prometheus"), ("bound", bound), ("query", query), ("traffic", traffic));

    private static ObjectReader Signal(ObjectReader golden, params (string Name, string Text)[] members)
    {
        (int line, int column) = (golden.Node.Line, golden.Node.Column);
        IEnumerable<DocumentMember> own = members.Select(member => new DocumentMember(member.Name, line, column,
            new DocumentNode { Kind = NodeKind.String, Text = member.Text, Line = line, Column = column }));
        // What every signal may say holds for all four.
        bool health = members.Any(member => member.Name == "type" && member.Text != "prometheus");
        IEnumerable<DocumentMember> shared = golden.Node.Members.Where(member => Shared.Contains(member.Name) || (!health && member.Name == "minTraffic"));
        var node = new DocumentNode { Kind = NodeKind.Object, Line = line, Column = column, Members = [.. own, .. shared] };
        return new ObjectReader(node, golden.Path, golden.BaseDirectory, golden.Problems);
    }
}
