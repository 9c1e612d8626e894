using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>alerts</c>.</summary>
internal sealed class AlertsCheckType : CheckType
{
    /// <summary>The severities in common use, the worst first; those of equal rank are separated by a slash.</summary>
    public static readonly IReadOnlyList<string> CommonSeverities = ["critical/page/p0", "error/high/major/p1", "warning/medium/minor/p2", "info/low/none/p3/p4"];

    public override string Name => "alerts";

    public override string Summary => "No alert is firing in Alertmanager or Prometheus at or above a severity.";

    public override bool AsSignal => true;

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("url", CheckMemberKind.Url, "The base URL of Alertmanager, before /api/v2, or of Prometheus, before /api/v1. Without it the document's Prometheus is asked."),
        new("auth", CheckMemberKind.Authentication, "How to authenticate at 'url'."),
        new("headers", CheckMemberKind.Headers, "Further request headers for 'url'."),
        new("tls", CheckMemberKind.Tls, "Whom to trust and who to be in TLS at 'url'."),
        new("proxy", CheckMemberKind.Text, "The way to 'url': a URL, none, or secret:NAME or env:NAME of one with a password. Without it that of the environment counts.") { Examples = ["http://proxy.example:3128", "none"] },
        new("api", CheckMemberKind.Choice, "Whose API 'url' is. Only Alertmanager knows what is silenced or inhibited; without 'url' it is Prometheus.") { Default = "alertmanager", Values = ["alertmanager", "prometheus"] },
        new("severity", CheckMemberKind.Text, "The least severity that counts; without it every alert counts. An alert whose severity is unknown or missing always counts.") { Examples = ["critical", "warning"] },
        new("severityLabel", CheckMemberKind.Text, "The label that holds the severity.") { Default = "severity" },
        new("severities", CheckMemberKind.Texts, $"The severities, the worst first, those of equal rank separated by a slash; without it {string.Join(", ", CommonSeverities)}."),
        new("matchers", CheckMemberKind.Texts, "Only alerts with such labels count: each of these must hold.") { Examples = ["service=\"api\"", "env=~\"prod|live\""] },
        new("except", CheckMemberKind.Texts, "Alerts that do not count: names of alerts, or labels; each of these alone is enough.") { Examples = ["Watchdog", "alertname=\"DiskFull\",host=\"old1\""] },
        new("watchdog", CheckMemberKind.Text, "The name of an alert that always fires. When it is not there, alerts do not arrive, and no alert means nothing."),
        new("silenced", CheckMemberKind.Flag, "Whether alerts count that somebody silenced.") { Default = "false" },
        new("inhibited", CheckMemberKind.Flag, "Whether alerts count that another alert inhibits.") { Default = "false" },
        new("pending", CheckMemberKind.Flag, "Whether alerts count that Prometheus does not hold for long enough yet to fire.") { Default = "false" },
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        string api = reader.OptionalText("api") ?? (reader.Has("url") ? "alertmanager" : "prometheus");
        if (api is not ("alertmanager" or "prometheus")) reader.Problem("api", $"there is no API of '{Judge.Cut(api)}' here", "alertmanager or prometheus");
        HttpEndpoint? endpoint = reader.Has("url") ? CheckEndpoint.Read(reader) : api == "prometheus" ? defaults.Prometheus : null;
        if (endpoint is null) reader.Problem("url", "no server is named", "'url' here, or 'prometheus' at the top of the document");
        foreach (string member in api == "prometheus" ? ["silenced", "inhibited"] : new[] { "pending" })
            if (reader.Has(member)) reader.Problem(member, $"the API of {api} does not tell '{member}'", "no such member here");
        if (reader.Texts("matchers").Count == 0 && reader.Has("matchers")) reader.Problem("matchers", "there is no matcher here", "one such as service=\"api\"");

        SeverityOrder order = SeverityOrder.Read(reader, "severities", "severity");
        endpoint = (endpoint ?? HttpEndpoint.For("http://invalid.invalid")) with { Timeout = CheckReader.Timeout(reader, defaults.Timeout) };
        return new AlertsCheck(endpoint, order)
        {
            OfPrometheus = api == "prometheus",
            SeverityLabel = reader.OptionalText("severityLabel") ?? "severity",
            Matchers = Selectors(reader, "matchers"),
            Except = Selectors(reader, "except"),
            Watchdog = reader.OptionalText("watchdog"),
            Silenced = reader.Flag("silenced"),
            Inhibited = reader.Flag("inhibited"),
            Pending = reader.Flag("pending"),
        };
    }

    private static IReadOnlyList<MetricSelector> Selectors(ObjectReader reader, string member)
    {
        var selectors = new List<MetricSelector>();
        foreach (string text in reader.Texts(member))
        {
            string inside = text.Trim();
            if (inside is ['{', .., '}']) inside = inside[1..^1].Trim();
            // A name alone is that of an alert.
            if (inside.Length > 0 && inside.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or ' ' or ':' or '.')) inside = $"alertname=\"{inside}\"";
            if (inside.Length > 0 && MetricSelector.TryParse($"alert{{{inside}}}", out MetricSelector? selector, out string problem)) selectors.Add(selector!);
            else reader.Problem(member, inside.Length == 0 ? "an empty matcher fits every alert" : $"'{Judge.Cut(text)}' is no matcher", "labels such as alertname=\"DiskFull\",host=~\"old.*\"");
        }

        return selectors;
    }
}

/// <summary>Asks which alerts fire, once. A server that cannot be asked, or that hears of no alerts, is never a pass.</summary>
internal sealed class AlertsCheck(HttpEndpoint endpoint, SeverityOrder order) : ICheck
{
    private const int AlertsTold = 20;
    private static readonly Bound None = new("== 0", BoundOperator.Equal, Unit.None, [0]);

    public bool OfPrometheus { get; init; }

    public string SeverityLabel { get; init; } = "severity";

    public IReadOnlyList<MetricSelector> Matchers { get; init; } = [];

    public IReadOnlyList<MetricSelector> Except { get; init; } = [];

    public string? Watchdog { get; init; }

    public bool Silenced { get; init; }

    public bool Inhibited { get; init; }

    public bool Pending { get; init; }

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        IReadOnlyList<FiringAlert> all = OfPrometheus
            ? await FiringAlerts.OfPrometheusAsync(endpoint, context, cancel).ConfigureAwait(false)
            : await FiringAlerts.OfAlertmanagerAsync(endpoint, context, cancel).ConfigureAwait(false);
        if (Watchdog is not null && !all.Any(alert => alert.Name == Watchdog && !alert.Pending))
        {
            return Observation.Of(Verdict.NoData, $"{endpoint.Display} does not hear of the alert '{Judge.Cut(Watchdog)}', which always fires: that no other is there means nothing.") with
            {
                Bound = None,
                NextStep = "See that Prometheus runs, evaluates its rules and reaches Alertmanager.",
            };
        }

        FiringAlert[] inScope = [.. all.Where(alert => alert.Name != Watchdog && Matchers.All(one => one.Matches(alert.Labels)))];
        FiringAlert[] excepted = [.. inScope.Where(alert => Except.Any(one => one.Matches(alert.Labels)))];
        FiringAlert[] others = [.. inScope.Except(excepted)];
        FiringAlert[] quiet = [.. others.Where(alert => (alert.Silenced && !Silenced) || (alert.Inhibited && !Inhibited) || (alert.Pending && !Pending))];
        FiringAlert[] counts = [.. others.Except(quiet).Where(Counts).OrderBy(alert => order.Rank(Severity(alert))).ThenBy(alert => alert.Name, StringComparer.Ordinal)];
        string rest = Rest(others.Length - quiet.Length - counts.Length, quiet, excepted.Length);
        if (counts.Length == 0)
            return Observation.Of(Verdict.Pass, $"No alert{AtLeast()} is firing at {endpoint.Display}{rest}.", 0d) with { Bound = None };

        string first = string.Join(", ", counts.Take(3).Select(alert => $"{Judge.Cut(alert.Name)} ({(Severity(alert) is { Length: > 0 } severity ? Judge.Cut(severity) : "no severity")})"));
        string more = counts.Length > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {counts.Length - 3} more") : "";
        string are = counts.Length == 1 ? "1 alert" : string.Create(CultureInfo.InvariantCulture, $"{counts.Length} alerts");
        return Observation.Of(Verdict.Fail, $"{are}{AtLeast()} {(counts.Length == 1 ? "is" : "are")} firing at {endpoint.Display}: {first}{more}{rest}.", (double)counts.Length) with
        {
            Bound = None,
            Details = [.. counts.Take(AlertsTold).Select(Tell)],
        };
    }

    private bool Counts(FiringAlert alert) => order.Counts(Severity(alert));

    private string Severity(FiringAlert alert) => alert.Labels.GetValueOrDefault(SeverityLabel, "");

    private string AtLeast() => order.Least is null ? "" : $" of at least {order.Least}";

    private static string Rest(int lower, FiringAlert[] quiet, int excepted)
    {
        (int Count, string What)[] all =
        [
            (lower, "less severe"), (quiet.Count(alert => alert.Silenced), "silenced"), (quiet.Count(alert => !alert.Silenced && alert.Inhibited), "inhibited"),
            (quiet.Count(alert => alert.Pending), "pending"), (excepted, "excepted"),
        ];
        string[] told = [.. all.Where(one => one.Count > 0).Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Count} {one.What}"))];
        return told.Length == 0 ? "" : $"; {string.Join(", ", told)}";
    }

    private string Tell(FiringAlert alert)
    {
        string labels = string.Join(", ", alert.Labels.Where(label => label.Key is not "alertname" && label.Key != SeverityLabel).OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}=\"{label.Value}\""));
        string since = alert.Since is { } start ? string.Create(CultureInfo.InvariantCulture, $" since {start.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}") : "";
        return Judge.Cut($"{alert.Name} ({(Severity(alert) is { Length: > 0 } severity ? severity : "no severity")}){since} {{{labels}}}{(alert.Summary.Length > 0 ? ": " + alert.Summary : "")}");
    }
}
