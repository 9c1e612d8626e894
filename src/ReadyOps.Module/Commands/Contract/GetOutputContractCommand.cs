using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core.Contracts;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Commands;

/// <summary>Lists the contracts of a folder and says which are broken.</summary>
[Cmdlet(VerbsCommon.Get, "OutputContract")]
[OutputType(typeof(OutputContract))]
public sealed class GetOutputContractCommand : ReadyCmdlet
{
    private bool _found;

    /// <summary>Which contracts.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContractNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Where contracts live.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? ContractPath { get; set; }

    /// <summary>Folders of schemas that the contracts refer to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ReferencePath { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Name, () =>
    {
        string folder = ContractBinding.Folder(SessionState, ContractPath);
        IReadOnlyList<string> files = ContractFolder.Files(folder);
        var options = new SchemaOptions { Registry = new SchemaRegistry([folder, .. ContractBinding.ReferenceFolders(SessionState, ReferencePath)]) };
        foreach (string name in Name)
        {
            var wanted = new Wildcards([name]);
            _found = false;
            foreach (string file in files.Where(file => wanted.Match(ContractFolder.NameOf(file))))
            {
                StopToken.ThrowIfCancellationRequested();
                _found = true;
                WriteObject(ContractFolder.Look(file, options));
            }

            if (!_found && !WildcardPattern.ContainsWildcardCharacters(name)) Try(name, () => ContractFolder.Find(folder, name));
        }
    });
}
