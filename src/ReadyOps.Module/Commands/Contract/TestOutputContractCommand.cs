using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core.Contracts;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Commands;

/// <summary>Holds outputs against a contract.</summary>
[Cmdlet(VerbsDiagnostic.Test, "OutputContract", DefaultParameterSetName = "Object")]
[OutputType(typeof(ContractResult), typeof(bool), typeof(string))]
public sealed class TestOutputContractCommand : ReadyCmdlet
{
    // Between the thread that reads and the one that writes, so many results travel at once.
    private const int Batch = 256;

    private ContractTester _tester = null!;
    private long _tested;

    /// <summary>The contract.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "A path, JSON text, an object, or a name from the contracts folder")]
    [ArgumentCompleter(typeof(ContractNameCompleter))]
    public object Schema { get; set; } = null!;

    /// <summary>The outputs: objects, JSON texts, or files.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Object", ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The outputs as JSON.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Json")]
    [AllowEmptyString]
    public string[] Json { get; set; } = [];

    /// <summary>The files of outputs.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path", Position = 1)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The files of outputs, their paths taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Whether files hold one output a line.</summary>
    [Parameter]
    public SwitchParameter JsonLines { get; set; }

    /// <summary>Where contracts live.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ContractPath { get; set; }

    /// <summary>Folders of schemas that the contract refers to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ReferencePath { get; set; } = [];

    /// <summary>The draft of a contract that does not say its own.</summary>
    [Parameter]
    [ValidateSet(ContractBinding.Draft202012, ContractBinding.Draft201909, ContractBinding.Draft7)]
    public string? Draft { get; set; }

    /// <summary>Whether formats are held too.</summary>
    [Parameter]
    public SwitchParameter AssertFormat { get; set; }

    /// <summary>Whether to answer with a plain Boolean for each output.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>The output format of JSON Schema to answer in, as JSON text.</summary>
    [Parameter]
    public SchemaOutputFormat? OutputFormat { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Quiet && OutputFormat is not null) StopHere("OutputFormatNotAllowed", "-Quiet answers with a Boolean, and -OutputFormat with JSON.", "Leave one of them out.");
        bool loaded = Try(Schema, () => _tester = ContractBinding.Load(OutputFormat,
            SessionState, Schema, ContractPath, ReferencePath, new SchemaOptions { DefaultDraft = ContractBinding.Draft(Draft), AssertFormat = AssertFormat }));
        // Nothing can be said about any output: going on would look like a test.
        if (!loaded) StopHere("ContractUnusable", "The contract cannot be used, so nothing was tested.", "See the errors before this one.", Schema);
        foreach (string warning in _tester.Warnings) WriteWarning(warning);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "Json":
                foreach (string text in Json) One(text, () => ObjectJson.Utf8(text), 0);
                break;
            case "Object" when InputObject?.BaseObject is string text:
                One(text, () => ObjectJson.Utf8(text), 0);
                break;
            case "Object" when InputObject?.BaseObject is FileInfo file:
                Test(file.FullName);
                break;
            case "Object" when InputObject?.BaseObject is DirectoryInfo folder:
                WriteError(Errors.PathNotFound(folder.FullName, "it is a folder."));
                Unanswered();
                break;
            case "Object":
                One(InputObject, () => ObjectJson.Write(InputObject), ContractTester.NoSource);
                break;
            default:
                bool literal = ParameterSetName == "LiteralPath";
                foreach (string path in literal ? LiteralPath : Path)
                {
                    IReadOnlyList<string> files = Paths.Resolve(this, path, literal);
                    if (files.Count == 0 && Quiet) WriteObject(false);
                    foreach (string file in files) Test(file);
                }

                break;
        }
    }

    private void One(object? item, Func<byte[]> json, long line) => Try(item, () =>
    {
        byte[] bytes = json();
        if (Quiet) WriteObject(_tester.IsValid(bytes));
        else Tell(_tester.Test(bytes, "", line));
    }, _ => Unanswered());

    private void Test(string file) => Try(file, () =>
    {
        bool lines = JsonLines || ContractTester.IsLines(file);
        foreach (IReadOnlyList<ContractResult> results in Pull(cancel => ContractTester.InBatches(_tester.TestFileAsync(file, lines, cancel), Batch)))
        {
            _tested += results.Count;
            Progress.Show($"Contract {_tester.Name}", $"{_tested} tested: {System.IO.Path.GetFileName(file)}", -1);
            foreach (ContractResult result in results) Tell(result);
        }
    }, _ => Unanswered());

    // What could not be judged is not good.
    private void Unanswered()
    {
        if (Quiet) WriteObject(false);
    }

    private void Tell(ContractResult result)
    {
        if (Quiet)
        {
            WriteObject(result.Valid);
            return;
        }

        WriteObject(OutputFormat is null ? result : result.Output);
        if (!result.Valid) WriteError(Errors.ContractNotKept(result));
    }
}
