using System.Management.Automation;
using System.Text;
using ReadyOps.Binding;
using ReadyOps.Core.Contracts;
using ReadyOps.Core.Reports;

namespace ReadyOps.Commands;

/// <summary>Makes a contract out of samples: a starting point that accepts all of them.</summary>
[Cmdlet(VerbsCommon.New, "OutputContract", SupportsShouldProcess = true, DefaultParameterSetName = "Object")]
[OutputType(typeof(string))]
public sealed class NewOutputContractCommand : ReadyCmdlet
{
    private SchemaInference _inference = null!;
    private bool _failed;

    /// <summary>The samples: objects, JSON texts, or files.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Object", ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The samples as JSON.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Json")]
    public string[] Json { get; set; } = [];

    /// <summary>The files of samples.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path", Position = 0)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The files of samples, their paths taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>What the contract is called.</summary>
    [Parameter]
    public string Title { get; set; } = "";

    /// <summary>Whether members that no sample has are refused.</summary>
    [Parameter]
    public SwitchParameter Closed { get; set; }

    /// <summary>How many different texts make an enum at most.</summary>
    [Parameter]
    [ValidateRange(0, 64)]
    public int MaxEnum { get; set; } = 8;

    /// <summary>The file to write; without it, the contract is returned.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>Whether a file that is there already is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() =>
        _inference = new SchemaInference(new SchemaInferenceOptions { Title = Title, Closed = Closed, MostEnumValues = MaxEnum });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "Json":
                foreach (string text in Json) Add(text, () => _inference.Add(ObjectJson.Utf8(text)));
                break;
            case "Object" when InputObject?.BaseObject is string text:
                Add(text, () => _inference.Add(ObjectJson.Utf8(text)));
                break;
            case "Object" when InputObject?.BaseObject is FileInfo file:
                Add(file, () => AddFile(file.FullName));
                break;
            case "Object":
                Add(InputObject, () => _inference.Add(ObjectJson.Write(InputObject)));
                break;
            default:
                bool literal = ParameterSetName == "LiteralPath";
                foreach (string path in literal ? LiteralPath : Path)
                {
                    IReadOnlyList<string> files = Paths.Resolve(this, path, literal);
                    if (files.Count == 0) _failed = true;
                    foreach (string file in files) Add(file, () => AddFile(file));
                }

                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        // A contract that leaves out what was given would look as if it knew all of it.
        if (_failed) StopHere("SamplesUnreadable", "Not every sample could be read, so there is no contract.", "See the errors before this one.");
        Try(OutFile, () =>
        {
            string schema = Encoding.UTF8.GetString(_inference.ToSchema());
            if (OutFile is null)
            {
                WriteObject(schema);
                return;
            }

            string file = Paths.Folder(SessionState, OutFile);
            if (ShouldProcess(file, $"Write a contract inferred from {_inference.Samples} sample(s)")) ReportFile.Write(file, schema + "\n", Force, Force);
        });
    }

    private void AddFile(string file) => Await(cancel => _inference.AddFileAsync(file, cancel));

    private void Add(object? item, Action add)
    {
        if (!Try(item, add)) _failed = true;
    }
}
