using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Signals;

/// <summary>
/// A signal that reads metrics pages itself, where there is no Prometheus. It sees only what ticks see. Increases are taken
/// between two scrapes, series by series:
/// <list type="bullet">
/// <item>a counter that fell was reset and has grown from 0;</item>
/// <item>so has every counter of a page whose <c>process_start_time_seconds</c> moved on;</item>
/// <item>any other series seen for the first time gives no increase yet: it may be old and only newly shown.</item>
/// </list>
/// One page that cannot be read fails the whole sample: a sum without it would be wrong.
/// </summary>
public sealed class ScrapeSignalSource : ISignalSource
{
    private const string ProcessStart = "process_start_time_seconds";
    private const int MaxSeries = 20_000;

    /// <summary>Beyond this, the value of a start time that is computed anew at each scrape wavers.</summary>
    private const double ProcessStartSlack = 1;

    private static readonly string[] Settings = ["auth", "headers", "timeout", "tls", "proxy", "maxBody"];

    private readonly IReadOnlyList<HttpEndpoint> _pages;
    private readonly ScrapeMeasure _measure;
    private readonly EngineContext _context;
    private readonly TimeSpan _maxGap;

    /// <summary>Makes the source.</summary>
    /// <param name="pages">The pages, at least one; their series are taken together.</param>
    /// <param name="measure">What is made of them.</param>
    /// <param name="context">Clock, HTTP and secrets.</param>
    /// <param name="maxGap">
    /// After a longer pause the counters of the last scrape are not compared any more; one hour when not given, so that ticks
    /// of a scheduled task still follow each other.
    /// </param>
    public ScrapeSignalSource(IReadOnlyList<HttpEndpoint> pages, ScrapeMeasure measure, EngineContext context, TimeSpan? maxGap = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pages.Count, nameof(pages));
        _pages = pages;
        _measure = measure;
        _context = context;
        _maxGap = maxGap ?? TimeSpan.FromHours(1);
    }

    /// <summary>
    /// Reads a source off a signal: <c>url</c> (a text or an endpoint) or <c>urls</c> (texts), a measure, and <c>maxGap</c>. What it takes
    /// to be let in (<c>auth</c>, <c>headers</c>, <c>timeout</c>, <c>tls</c>, <c>proxy</c>, <c>maxBody</c>) may stand beside the URLs, for all of them.
    /// </summary>
    public static ScrapeSignalSource Read(ObjectReader reader, EngineContext context)
    {
        if (reader.Has("url") && reader.Has("urls")) reader.Problem("urls", "'url' is given already", "either 'url' or 'urls'");
        List<HttpEndpoint> pages = [];
        foreach (string text in reader.Texts("urls"))
        {
            // What is wrong with the settings is told once.
            if (!HttpEndpoint.TryParseUrl(text, out Uri? url, out string problem)) reader.Problem("urls", problem, "absolute URLs such as http://app-1:8080/metrics");
            else if (pages.Count > 0 && pages[0].Url.Scheme == url!.Scheme) pages.Add(pages[0] with { Url = url });
            else pages.Add(ReadBeside(reader, url!));
        }

        if (pages.Count == 0 && reader.Node["url"]?.Kind == NodeKind.Object)
        {
            foreach (string member in Settings)
                if (reader.Has(member)) reader.Problem(member, $"'url' is an object, and '{member}' belongs into it", "one place for it");
            pages.Add(HttpEndpoint.Read(reader, "url"));
        }
        else if (pages.Count == 0)
        {
            pages.Add(ReadBeside(reader, HttpEndpoint.Read(reader, "url").Url));
        }

        return new ScrapeSignalSource(pages, ScrapeMeasure.Read(reader), context, reader.OptionalDuration("maxGap"));
    }

    /// <inheritdoc/>
    public async ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        try
        {
            DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(_context.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            Scrape current = await ScrapeAsync(now, cancel).ConfigureAwait(false);
            Memory? last = Memory.Read(carry);
            DateTimeOffset? since = last is null ? null : DateTimeOffset.FromUnixTimeMilliseconds(last.Time);
            if (since is { } before && (before >= now || now - before > _maxGap || before < span.Start)) (last, since) = (null, null);

            double? value = _measure.Kind == ScrapeMeasureKind.Gauge ? current.Sum() : last is null ? null : current.Compare(last);
            bool inStep = (_measure.Kind == ScrapeMeasureKind.Gauge ? now > span.StepStart : since >= span.StepStart) && now > span.Start;
            return new SignalBatch
            {
                Samples = value is { } known ? [new SignalSample(now, known, Covers(since, now), inStep)] : [],
                CollectedUntil = span.Until,
                Carry = current.ToCarry(),
                SeesOnlyTicks = true,
            };
        }
        catch (ReadyOpsException e)
        {
            return new SignalBatch { CollectedUntil = span.After, Error = e.Message, Carry = carry, SeesOnlyTicks = true };
        }
    }

    private static HttpEndpoint ReadBeside(ObjectReader reader, Uri url) =>
        HttpEndpoint.ReadSettings(reader, url) with { MaxBodyBytes = HttpEndpoint.ReadMaxBody(reader) };

    /// <summary>An increase speaks for all the time it grew in; a gauge only for about now, as any look does.</summary>
    private TimeSpan Covers(DateTimeOffset? since, DateTimeOffset now)
    {
        TimeSpan covers = since is { } from ? now - from : TimeSpan.Zero;
        return _measure.Kind == ScrapeMeasureKind.Gauge && covers > CheckSignalSource.LongestCover ? CheckSignalSource.LongestCover : covers;
    }

    private async Task<Scrape> ScrapeAsync(DateTimeOffset now, CancellationToken cancel)
    {
        IReadOnlyList<ScrapedSample>[] pages = await Task.WhenAll(_pages.Select(page => ReadPageAsync(page, cancel))).ConfigureAwait(false);
        var scrape = new Scrape(_measure, now);
        for (int i = 0; i < pages.Length; i++) scrape.Add(_pages[i].Url.AbsoluteUri, pages[i]);
        return scrape;
    }

    private async Task<IReadOnlyList<ScrapedSample>> ReadPageAsync(HttpEndpoint page, CancellationToken cancel)
    {
        HttpAnswer answer = await page.SendAsync(_context, () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, page.Url);
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("text/plain; version=0.0.4"));
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text; version=1.0.0; q=0.5"));
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("*/*; q=0.1"));
            return request;
        }, cancel).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            throw new ReadyOpsException("MetricsUnreadable",
                string.Create(CultureInfo.InvariantCulture, $"{page.Display} answered {answer.Status} instead of a metrics page: '{answer.Excerpt()}'."));
        }

        try
        {
            return MetricsPage.Parse(answer.Body.Span);
        }
        catch (ReadyOpsException e)
        {
            throw new ReadyOpsException(e.Id, $"{page.Display}: {e.Message}", e.NextStep, e);
        }
    }

    /// <summary>What is kept from one scrape to the next.</summary>
    private sealed class Memory
    {
        /// <summary>When it was scraped, in milliseconds since the Unix epoch.</summary>
        [JsonPropertyName("t")]
        public long Time { get; set; }

        /// <summary>Values by hashed series: a week of ticks would otherwise fill the journal with label texts.</summary>
        [JsonPropertyName("v")]
        public Dictionary<string, double> Values { get; set; } = [];

        public static Memory? Read(string? carry)
        {
            if (carry is null) return null;
            try
            {
                return JsonSerializer.Deserialize<Memory>(carry, Options) is { Values: not null } memory && memory.Time is > 0 and < 253402300799999 ? memory : null;
            }
            catch (JsonException)
            {
                // What another version left behind: begin anew.
                return null;
            }
        }

        public string Write() => JsonSerializer.Serialize(this, Options);

        private static readonly JsonSerializerOptions Options = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };
    }

    /// <summary>The series of one scrape that the measure needs.</summary>
    private sealed class Scrape(ScrapeMeasure measure, DateTimeOffset time)
    {
        private readonly List<Counter> _counters = [];
        private readonly Dictionary<string, double> _starts = [];

        private readonly record struct Counter(string Key, string StartKey, double Value, double Bound, bool IsOf, bool IsOver);

        public void Add(string page, IReadOnlyList<ScrapedSample> samples)
        {
            string of = measure.Kind == ScrapeMeasureKind.Quantile && !measure.Of.Name.EndsWith("_bucket", StringComparison.Ordinal) ? $"{measure.Of.Name}_bucket" : measure.Of.Name;
            string startKey = Hash(page, ProcessStart);
            foreach (ScrapedSample sample in samples)
            {
                if (sample.Name == ProcessStart) _starts[startKey] = sample.Value;
                bool isOf = sample.Name == of && measure.Of.Matches(sample.Labels);
                bool isOver = measure.Over is { } over && sample.Name == over.Name && over.Matches(sample.Labels);
                if (isOf || isOver) _counters.Add(new Counter(Hash(page, sample.Key), startKey, sample.Value, BoundOf(sample), isOf, isOver));
            }

            if (_counters.Count > MaxSeries)
                throw new ReadyOpsException("ScrapeTooLarge", string.Create(CultureInfo.InvariantCulture, $"The selector matches more than {MaxSeries:N0} series."), "Add label matchers.");
        }

        /// <summary>The sum of all; nothing when there is none.</summary>
        public double? Sum() => _counters.Count == 0 ? null : _counters.Sum(c => c.Value);

        /// <summary>The measure of the increases since an earlier scrape; nothing when no series was there at both.</summary>
        public double? Compare(Memory last)
        {
            List<(Counter Counter, double Increase)> increases = [];
            foreach (Counter counter in _counters)
                if (Increase(counter, last) is { } increase) increases.Add((counter, increase));

            double seconds = (time - DateTimeOffset.FromUnixTimeMilliseconds(last.Time)).TotalSeconds;
            switch (measure.Kind)
            {
                case ScrapeMeasureKind.Rate:
                    return increases.Count == 0 ? null : increases.Sum(i => i.Increase) / seconds;
                case ScrapeMeasureKind.Ratio:
                    double over = increases.Where(i => i.Counter.IsOver).Sum(i => i.Increase);
                    return over > 0 ? increases.Where(i => i.Counter.IsOf).Sum(i => i.Increase) / over : double.NaN;
                default:
                    return HistogramQuantile.Of(measure.Q, increases.Select(i => KeyValuePair.Create(i.Counter.Bound, i.Increase)));
            }
        }

        public string ToCarry()
        {
            var memory = new Memory { Time = time.ToUnixTimeMilliseconds() };
            if (measure.Kind == ScrapeMeasureKind.Gauge) return memory.Write();
            foreach ((string key, double start) in _starts) memory.Values[key] = start;
            foreach (Counter counter in _counters) memory.Values[counter.Key] = counter.Value;
            return memory.Write();
        }

        private double? Increase(Counter counter, Memory last)
        {
            bool restarted = _starts.TryGetValue(counter.StartKey, out double start) && last.Values.TryGetValue(counter.StartKey, out double lastStart)
                && start > lastStart + ProcessStartSlack;
            if (restarted) return counter.Value;
            if (!last.Values.TryGetValue(counter.Key, out double before)) return null;
            return counter.Value < before ? counter.Value : counter.Value - before;
        }

        private double BoundOf(ScrapedSample sample)
        {
            if (measure.Kind != ScrapeMeasureKind.Quantile) return 0;
            string le = sample.Labels.GetValueOrDefault("le", "");
            return PrometheusReader.TryNumber(le, out double bound) && !double.IsNaN(bound) ? bound
                : throw new ReadyOpsException("MetricsUnreadable", $"A bucket of {sample.Name} has le=\"{le}\", which is no number.", "Check that it is a classic histogram.");
        }

        private static string Hash(string page, string series) =>
            Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{page}\n{series}")).AsSpan(0, 9));
    }
}
