using ReadyOps.Core.Gates;

namespace ReadyOps.Core.Checks;

/// <summary>Every type of check there is.</summary>
public static class CheckTypes
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<CheckType> All { get; } =
    [
        new AlertsCheckType(),
        new AnalysisCheckType(),
        new ApprovalCheckType(),
        new BackupCheckType(),
        new BaselineCheckType(),
        new CertificateCheckType(),
        new ChecklistCheckType(),
        new CommandCheckType(),
        new CompareCheckType(),
        new CoverageCheckType(),
        new FileCheckType(),
        new GateCheckType(),
        new GitCheckType(),
        new GroupCheckType(),
        new HttpCheckType(),
        new JsonCheckType(),
        new PrometheusCheckType(),
        new SarifCheckType(),
        new SchemaCheckType(),
        new SloCheckType(),
        new TcpCheckType(),
        new TestsCheckType(),
    ];

    /// <summary>The type of that name, or <see langword="null"/>.</summary>
    public static CheckType? Find(string name) => All.FirstOrDefault(type => type.Name == name);
}
