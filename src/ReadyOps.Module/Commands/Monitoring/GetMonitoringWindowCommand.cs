using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core.Monitoring;

namespace ReadyOps.Commands;

/// <summary>Tells where monitoring windows stand, with the reports of their checkpoints and their gaps.</summary>
[Cmdlet(VerbsCommon.Get, "MonitoringWindow", DefaultParameterSetName = "ById")]
[OutputType(typeof(MonitoringWindow))]
public sealed class GetMonitoringWindowCommand : RolloutCmdlet
{
    /// <summary>Which windows, by their id.</summary>
    [Parameter(Position = 0, ParameterSetName = "ById", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MonitoringWindowIdCompleter))]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Which windows, by the name of their document.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ByName")]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <summary>Whether to leave out those that have ended.</summary>
    [Parameter]
    public SwitchParameter Active { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Id, () =>
    {
        var names = new Wildcards(Name);
        var windows = new MonitoringService(Rollouts);
        foreach (string id in FindIds(Id)) Try(id, () => Write(windows, id, names));
    });

    private void Write(MonitoringService windows, string id, Wildcards names)
    {
        bool named = ParameterSetName == "ById" && Id.Contains(id, StringComparer.OrdinalIgnoreCase);
        MonitoringWindow? window = Await<MonitoringWindow?>(async cancel => named ? await windows.GetAsync(id, cancel) : await windows.FindAsync(id, cancel));
        if (window is not null && names.Match(window.Name) && !(Active && window.Ended)) WriteObject(window);
    }
}
