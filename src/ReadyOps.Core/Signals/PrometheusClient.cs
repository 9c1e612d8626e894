using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Signals;

/// <summary>
/// Asks Prometheus, or anything that speaks its HTTP API (Thanos, Mimir, VictoriaMetrics). Every failure is a
/// <see cref="ReadyOpsException"/>: <c>PrometheusRefused</c> (the server says why), <c>PrometheusUnavailable</c> (429, 502, 503 or
/// 504 from something in front of it), <c>PrometheusBadAnswer</c> (not what the API promises), <c>PrometheusNoValue</c>,
/// <c>PrometheusNativeHistogram</c>, <c>PrometheusTooManyPoints</c>, and those of <see cref="HttpEndpoint.SendAsync"/>.
/// </summary>
/// <param name="endpoint">Base URL, before <c>/api/v1</c>.</param>
/// <param name="context">Clock, HTTP and secrets.</param>
public sealed class PrometheusClient(HttpEndpoint endpoint, EngineContext context)
{
    /// <summary>Prometheus refuses a range of more than 11,000 points a series; longer ones are asked for in parts.</summary>
    internal const int MaxPointsPerRequest = 11_000;

    /// <summary>More than this is a mistake in the step, and would eat the memory.</summary>
    internal const int MaxPoints = 1_000_000;

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(10);
    private readonly ILogger _log = context.Logs.CreateLogger<PrometheusClient>();
    private volatile bool _postRefused;

    /// <summary>
    /// How often one request is sent at most; only after 429, 5xx (but 501 and 505) and failed connections more than once: any other status
    /// would be the same a moment later.
    /// </summary>
    public int Attempts { get; init; } = 3;

    /// <summary>
    /// The longest wait before the second attempt; doubled before each further one. Between half of it and all of it is waited, so that
    /// those who were turned away together do not come back together.
    /// </summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether native histograms are read; otherwise they are <c>PrometheusNativeHistogram</c>, because nothing can be held against one.</summary>
    public bool ReadsHistograms { get; init; }

    /// <summary>Gives where between half and all of a wait it ends, from 0 to 1.</summary>
    internal Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <summary>Where it asks, for messages.</summary>
    public string Display => endpoint.Display;

    /// <summary>Clock, HTTP and secrets.</summary>
    internal EngineContext Context => context;

    /// <summary>Whom it asks, and as whom.</summary>
    internal string Identity { get; } = endpoint.Identity;

    /// <summary>The value of a query at a moment: one sample a series, and one without labels for a scalar.</summary>
    /// <param name="query">PromQL.</param>
    /// <param name="time">The moment, exact to the millisecond; <see langword="null"/> for the server's now.</param>
    /// <param name="cancel">Stops waiting.</param>
    public Task<PrometheusAnswer<IReadOnlyList<MetricSample>>> QueryAsync(string query, DateTimeOffset? time, CancellationToken cancel)
    {
        List<KeyValuePair<string, string>> form = [new("query", query)];
        if (time is { } moment) form.Add(new("time", UnixSeconds(moment)));
        return ReadsHistograms ? PostAsync("query", query, form, SeriesReader.InstantWithHistograms, cancel)
            : PostAsync("query", query, form, SeriesReader.Instant, cancel);
    }

    /// <summary>
    /// The values of a query over a span, both ends included. The samples lie at <paramref name="start"/> and whole steps after it, also
    /// where the span is asked for in parts; backends that move the ends of a span to multiples of the step (VictoriaMetrics, query
    /// frontends with a cache) are followed, without a sample twice. At each moment a backend looks back for the last sample of a series,
    /// Prometheus 5 minutes.
    /// </summary>
    /// <param name="query">PromQL.</param>
    /// <param name="start">First moment, exact to the millisecond.</param>
    /// <param name="end">Last moment, not before <paramref name="start"/>.</param>
    /// <param name="step">Distance of the samples, in whole milliseconds.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<PrometheusAnswer<IReadOnlyList<MetricSeries>>> QueryRangeAsync(
        string query, DateTimeOffset start, DateTimeOffset end, TimeSpan step, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfNotEqual(step.Ticks % TimeSpan.TicksPerMillisecond, 0, nameof(step));
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        long points = ((end - start).Ticks / step.Ticks) + 1;
        if (points > MaxPoints)
        {
            throw new ReadyOpsException("PrometheusTooManyPoints",
                string.Create(CultureInfo.InvariantCulture, $"The span from {start:u} to {end:u} has {points:N0} points a series; {MaxPoints:N0} is the most."),
                "Ask for a shorter span or a longer step.");
        }

        var parts = new List<PrometheusAnswer<IReadOnlyList<MetricSeries>>>();
        for (long first = 0; first < points; first += MaxPointsPerRequest)
        {
            long last = Math.Min(first + MaxPointsPerRequest, points) - 1;
            KeyValuePair<string, string>[] form =
            [
                new("query", query),
                new("start", UnixSeconds(start + (first * step))),
                new("end", UnixSeconds(start + (last * step))),
                new("step", Seconds(step)),
            ];
            parts.Add(await (ReadsHistograms ? PostAsync("query_range", query, form, SeriesReader.RangeWithHistograms, cancel)
                : PostAsync("query_range", query, form, SeriesReader.Range, cancel)).ConfigureAwait(false));
        }

        return parts.Count == 1 ? parts[0] : Join(parts);
    }

    /// <summary>The alerts that are pending or firing.</summary>
    public Task<PrometheusAnswer<IReadOnlyList<PrometheusAlert>>> AlertsAsync(CancellationToken cancel) =>
        GetAsync("alerts", "", PrometheusReader.Alerts, cancel);

    /// <summary>What is scraped now.</summary>
    public Task<PrometheusAnswer<IReadOnlyList<PrometheusTarget>>> TargetsAsync(CancellationToken cancel) =>
        GetAsync("targets", "state=active", PrometheusReader.Targets, cancel);

    /// <summary>Which version answers.</summary>
    public Task<PrometheusAnswer<PrometheusBuildInfo>> BuildInfoAsync(CancellationToken cancel) =>
        GetAsync("status/buildinfo", "", PrometheusReader.BuildInfo, cancel);

    private async Task<PrometheusAnswer<T>> PostAsync<T>(
        string path, string query, IEnumerable<KeyValuePair<string, string>> form, PrometheusDataReader<T> read, CancellationToken cancel)
    {
        // The server gives up first, so that a slow query is told from a dead server.
        form = form.Append(new("timeout", Seconds(endpoint.Timeout * 0.8)));
        string text = string.Join('&', form.Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}"));
        HttpAnswer answer = await SendAsync(MakeRequest, cancel).ConfigureAwait(false);
        if (answer.Status == 405 && !_postRefused)
        {
            // A proxy that lets only GET through.
            _postRefused = true;
            answer = await SendAsync(MakeRequest, cancel).ConfigureAwait(false);
        }

        return Read(answer, query, read);

        HttpRequestMessage MakeRequest() => _postRefused
            ? new HttpRequestMessage(HttpMethod.Get, endpoint.Below($"api/v1/{path}", text))
            : new HttpRequestMessage(HttpMethod.Post, endpoint.Below($"api/v1/{path}"))
            {
                Content = new StringContent(text, Encoding.ASCII, "application/x-www-form-urlencoded"),
            };
    }

    private async Task<PrometheusAnswer<T>> GetAsync<T>(string path, string query, PrometheusDataReader<T> read, CancellationToken cancel)
    {
        HttpAnswer answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, endpoint.Below($"api/v1/{path}", query)), cancel).ConfigureAwait(false);
        return Read(answer, "", read);
    }

    private async Task<HttpAnswer> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancel)
    {
        TimeSpan wait = BackOff;
        for (int attempt = 1; ; attempt++)
        {
            string why;
            TimeSpan asked = TimeSpan.Zero;
            try
            {
                HttpAnswer answer = await endpoint.SendAsync(context, request, cancel).ConfigureAwait(false);
                if (!MayPass(answer.Status) || attempt >= AttemptsFor(answer)) return answer;
                asked = RetryAfter(answer);
                if (asked > LongestRetryAfter) return answer;

                why = $"answered {answer.Status.ToString(CultureInfo.InvariantCulture)}";
            }
            catch (ReadyOpsException e) when (e.Id is "HttpUnreachable" or "ProxyUnreachable" && attempt < Attempts)
            {
                why = e.Message;
            }

            // Never before the server said, and spread behind it.
            TimeSpan pause = asked + (wait * (0.5 + (Jitter() / 2)));
            _log.LogDebug("{Endpoint} {Why}; attempt {Attempt} of {Attempts} follows in {Wait}", Display, why, attempt + 1, Attempts, pause);
            await Task.Delay(pause, context.Clock, cancel).ConfigureAwait(false);
            wait *= 2;
        }
    }

    // What a server does not implement, it will not implement a moment later.
    private static bool MayPass(int status) => status is 429 or >= 500 and not (501 or 505);

    /// <summary>A query that ran out of time will hardly be faster a third time, and costs the server as much again.</summary>
    private int AttemptsFor(HttpAnswer answer) =>
        answer.Status == 504 || (answer.Status == 503 && answer.Excerpt(200).Contains("\"errorType\":\"timeout\"", StringComparison.Ordinal)) ? Math.Min(Attempts, 2) : Attempts;

    /// <summary>How long the server asks to wait: in seconds, or until a time (RFC 9110, 10.2.3).</summary>
    private TimeSpan RetryAfter(HttpAnswer answer)
    {
        if (!answer.Headers.TryGetValue("Retry-After", out string? text) || !RetryConditionHeaderValue.TryParse(text, out RetryConditionHeaderValue? asked)) return TimeSpan.Zero;
        TimeSpan wait = asked.Delta ?? (asked.Date!.Value - context.Clock.GetUtcNow());
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private PrometheusAnswer<T> Read<T>(HttpAnswer answer, string query, PrometheusDataReader<T> read)
    {
        try
        {
            PrometheusEnvelope<T> envelope = PrometheusEnvelope<T>.Read(answer.Body.Span, read);
            if (envelope.Status == "error") throw Refused(answer, query, envelope.ErrorType, envelope.Error);
            if (envelope.Status != "success" || !answer.IsSuccess) throw new FormatException($"HTTP {answer.Status} with status '{envelope.Status}'");
            return new PrometheusAnswer<T>(envelope.Data!, envelope.Warnings, envelope.Infos);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            // InvalidOperationException is what a text with broken UTF-8 gives.
            throw NotTheApi(answer, e);
        }
    }

    private ReadyOpsException Refused(HttpAnswer answer, string query, string type, string error)
    {
        string asked = query.Length == 0 ? "" : $" The query was: {query}";
        string next = type switch
        {
            "bad_data" or "execution" => "Try the query on the web page of Prometheus.",
            "timeout" or "canceled" => "The query took too long there: ask for less, or raise 'timeout'.",
            _ => "Look at the logs of Prometheus.",
        };
        if (answer.Status is 401 or 403) next = "Check 'auth' and 'headers' of this endpoint.";
        return new ReadyOpsException("PrometheusRefused", $"{Display} refused: {(type.Length > 0 ? type : "error")}: {error}.{asked}", next);
    }

    private ReadyOpsException NotTheApi(HttpAnswer answer, Exception cause)
    {
        string status = answer.Status.ToString(CultureInfo.InvariantCulture);
        string seen = answer.Body.Length == 0 ? "an empty body" : $"{(answer.MediaType.Length > 0 ? answer.MediaType : "a body")} '{answer.Excerpt()}'";
        return answer.Status switch
        {
            401 or 403 => new("PrometheusRefused", $"{Display} refused with {status}: {seen}.", "Check 'auth' and 'headers' of this endpoint.", cause),
            429 or 502 or 503 or 504 => new("PrometheusUnavailable", $"{Display} cannot answer now ({status}): {seen}.", "See whether Prometheus runs and is not overloaded.", cause),
            >= 300 and < 400 => new("PrometheusBadAnswer", $"{Display} sends elsewhere ({status}); redirects are not followed because credentials would go along.",
                "Give the URL that it redirects to.", cause),
            404 => new("PrometheusBadAnswer", $"{Display} has no Prometheus API ({status}): {seen}.",
                "Check the URL: it ends before /api/v1, with the path prefix if there is one.", cause),
            _ => new("PrometheusBadAnswer", $"{Display} answered {status} with {seen}, which is not what Prometheus' API gives: {cause.Message.TrimEnd('.')}.",
                "Check that the URL is Prometheus' and no proxy or login page stands in between.", cause),
        };
    }

    private static PrometheusAnswer<IReadOnlyList<MetricSeries>> Join(List<PrometheusAnswer<IReadOnlyList<MetricSeries>>> parts)
    {
        List<MetricSeries> joined =
        [
            .. parts.SelectMany(p => p.Data).GroupBy(s => s.ToString(), StringComparer.Ordinal)
                .Select(same => same.First() with { Samples = SampleColumns.Join([.. same.Select(s => s.Samples)]) }),
        ];
        return new(joined, [.. parts.SelectMany(p => p.Warnings).Distinct()], [.. parts.SelectMany(p => p.Infos).Distinct()]);
    }

    private static string UnixSeconds(DateTimeOffset time) => (time.ToUnixTimeMilliseconds() / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan span) => Math.Max(0.001, span.TotalSeconds).ToString("0.###", CultureInfo.InvariantCulture);
}
