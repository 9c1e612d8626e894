using System.Globalization;
using System.Text.RegularExpressions;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Slos;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Signals.Slos;

/// <summary>
/// Traffic of which every event is known: answers <c>errors[w]</c>, <c>total[w]</c> and the like by counting the events of the
/// window, and nothing where it has no data.
/// </summary>
internal sealed partial class SloTraffic
{
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    /// <summary>Since when there is data.</summary>
    public TimeSpan History { get; init; } = TimeSpan.FromDays(60);

    /// <summary>Events per minute, by minutes before now.</summary>
    public Func<long, double> Total { get; init; } = _ => 0;

    /// <summary>Bad events per minute, by minutes before now.</summary>
    public Func<long, double> Bad { get; init; } = _ => 0;

    /// <summary>Whether bad events have a series even where there are none.</summary>
    public bool HasErrorSeries { get; init; } = true;

    /// <summary>Windows that warn.</summary>
    public Func<TimeSpan, bool> Warns { get; init; } = _ => false;

    /// <summary>Queries that fail.</summary>
    public Func<string, bool> Fails { get; init; } = _ => false;

    public static SloDefinition Slo(decimal objective = 0.999m) => new()
    {
        Name = "api",
        Objective = objective,
        Indicator = SloIndicator.OfErrors("sum(increase(errors[${window}]))", "sum(increase(total[${window}]))"),
    };

    public Task<SloResult> TestAsync(SloDefinition slo, DateTimeOffset? since = null) =>
        new SloMeter(new PrometheusClient(HttpEndpoint.For("http://prometheus.test"), Handler().Context(new ManualClock())) { Attempts = 1 })
            .TestAsync(slo, Now, since, TestContext.Current.CancellationToken);

    public StubHandler Handler() => new(Answer);

    private HttpResponseMessage Answer(StubRequest request)
    {
        string query = request.Form["query"];
        if (Fails(query)) return StubHandler.Text("""{"status":"error","errorType":"timeout","error":"query timed out"}""", 503);
        decimal at = decimal.Parse(request.Form["time"], CultureInfo.InvariantCulture);
        Match range = Range().Match(query);
        var window = TimeSpan.FromSeconds(double.Parse(range.Groups[2].Value, CultureInfo.InvariantCulture));
        long ago = (long)(Now.ToUnixTimeSeconds() - at) / 60, minutes = (long)window.TotalMinutes;
        string name = range.Groups[1].Value;
        double count = 0;
        for (long minute = ago; minute < ago + minutes && minute < History.TotalMinutes; minute++)
            count += name == "errors" ? Bad(minute) : name == "good" ? Total(minute) - Bad(minute) : Total(minute);
        bool has = ago < History.TotalMinutes && (name != "errors" || HasErrorSeries || count > 0);
        if (query.Contains("rate(", StringComparison.Ordinal)) count /= window.TotalSeconds;
        string value = count.ToString("R", CultureInfo.InvariantCulture);
        string result = has ? $$"""{"metric":{},"value":[{{at.ToString(CultureInfo.InvariantCulture)}},"{{value}}"]}""" : "";
        string warned = Warns(window) ? ",\"warnings\":[\"a store is down\"]" : "";
        return StubHandler.Text($$"""{"status":"success","data":{"resultType":"vector","result":[{{result}}]}{{warned}}}""");
    }

    [GeneratedRegex(@"([a-z]+)\[(\d+)s\]")]
    private static partial Regex Range();
}
