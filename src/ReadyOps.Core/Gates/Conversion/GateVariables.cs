namespace ReadyOps.Core.Gates.Conversion;

/// <summary>
/// What a checklist does not say and a gate must know. The values are such that nothing passes by accident before somebody has put
/// in the right ones: a host that ends in <c>.invalid</c> exists nowhere (RFC 2606).
/// </summary>
internal static class GateVariables
{
    public const string Service = "service";
    public const string Prometheus = "prometheus";
    public const string Alertmanager = "alertmanager";
    public const string Health = "health";
    public const string Host = "host";
    public const string Reports = "reports";
    public const string Backups = "backups";
    public const string State = "state";
    public const string Release = "release";
    public const string Limit = "limit";

    /// <summary>All of them in the order they stand in a document: name, value, what it is.</summary>
    public static IReadOnlyList<(string Name, string Value, string Meaning)> All { get; } =
    [
        (Release, "change-me", "the version that goes out; -Release of Test-DeploymentGate goes before it"),
        (Service, "change-me", "the label 'job' of the service in Prometheus"),
        (Prometheus, "http://prometheus.invalid:9090", "the Prometheus server"),
        (Alertmanager, "http://alertmanager.invalid:9093", "the Alertmanager"),
        (Health, "https://service.invalid/health", "the health check of the service"),
        (Host, "service.invalid", "the host name of the service"),
        (Reports, "reports", "the folder of the reports of tests, coverage and scans"),
        (Backups, "backups/*", "the files of the backups"),
        (State, "state.json", "the JSON file with the state of the release"),
    ];
}
