using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core.Gates.Conversion;
using ReadyOps.Core.Reports;

namespace ReadyOps.Commands;

/// <summary>Makes gates of Markdown checklists.</summary>
[Cmdlet(VerbsData.ConvertTo, "DeploymentGate", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(ConvertedGate))]
public sealed class ConvertToDeploymentGateCommand : ReadyCmdlet
{
    private readonly HashSet<string> _written = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The checklists.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, HelpMessage = "A Markdown checklist, for example ./release-checklist.md")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The checklists, their paths taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Where the document is written: a folder, or a file that ends in .yaml or .yml.</summary>
    [Parameter(Position = 1)]
    [Alias("OutFile")]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Name of the gate.</summary>
    [Parameter]
    [ValidatePattern("^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
    public string? Name { get; set; }

    /// <summary>The release that the gate is about.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Whether a file that is there already is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool literal = ParameterSetName == "LiteralPath";
        foreach (string path in literal ? LiteralPath : Path)
            foreach (string file in Paths.Resolve(this, path, literal))
                Try(file, () => Convert(file));
    }

    private void Convert(string file)
    {
        string? target = Destination is null ? null : Paths.Folder(SessionState, Destination);
        bool isFile = target is not null && System.IO.Path.GetExtension(target).ToLowerInvariant() is ".yaml" or ".yml" && !Directory.Exists(target);
        string folder = target is null ? System.IO.Path.GetDirectoryName(file)! : isFile ? System.IO.Path.GetDirectoryName(target)! : target;
        // The boxes that were ticked are read again from where the checklist is.
        string source = System.IO.Path.GetRelativePath(folder, file).Replace('\\', '/');
        ConvertedGate gate = Await(cancel => ChecklistConverter.ConvertAsync(file, source, Name, Release, cancel));
        WriteVerbose(gate.ToString());
        if (gate.Repair.Length > 0) WriteVerbose($"{file}: {gate.Repair}.");
        if (target is null)
        {
            WriteObject(gate);
            return;
        }

        string document = isFile ? target : System.IO.Path.Combine(folder, gate.Name + ".yaml");
        if (!_written.Add(document))
            throw new ReadyOpsException("ConvertedFileExists", $"'{document}' was just written for another checklist.", "Give a folder as -Destination, and checklists with different titles.");
        if (!Force && File.Exists(document))
            throw new ReadyOpsException("ConvertedFileExists", $"'{document}' is there already.", "Use -Force to replace it, or another -Destination.");
        if (!ShouldProcess(document, $"Write the gate '{gate.Name}' made of {file}")) return;
        ReportFile.Write(document, gate.Document, Force, Force);
        WriteObject(gate with { File = document });
    }
}
