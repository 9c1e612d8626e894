using System.Collections;
using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;

namespace ReadyOps.Commands;

/// <summary>Asks gates whether a release may go out.</summary>
[Cmdlet(VerbsDiagnostic.Test, "DeploymentGate", DefaultParameterSetName = "Path")]
[OutputType(typeof(GateResult), typeof(bool))]
public sealed class TestDeploymentGateCommand : StateCmdlet
{
    private bool _asked;
    private bool _allPassed = true;

    /// <summary>The gate documents.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, HelpMessage = "A document of kind Gate, for example ./gate.yaml")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The gate documents, their paths taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The release that is asked about.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Values for the variables of the documents.</summary>
    [Parameter]
    public IDictionary? Variable { get; set; }

    /// <summary>Whether to answer with a plain Boolean for all of them together.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>How many checks run at the same time.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int? ThrottleLimit { get; set; }

    /// <summary>Whether commands written in documents may run.</summary>
    [Parameter]
    public SwitchParameter AllowCommand { get; set; }

    /// <summary>Whether to leave the journal alone.</summary>
    [Parameter]
    public SwitchParameter NoJournal { get; set; }

    /// <summary>Who asks, for the journal.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Actor { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool literal = ParameterSetName == "LiteralPath";
        foreach (string path in literal ? LiteralPath : Path)
        {
            IReadOnlyList<string> files = Paths.Resolve(this, path, literal);
            if (files.Count == 0) Tell(Unasked(path, "its document was not found."));
            foreach (string file in files)
                Try(file, () => Ask(file), failed => Tell(Unasked(file, failed is DocumentException e ? e.Problems[0].ToString() : failed.Message)));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        // One answer for all: a list of two False would be true to an if.
        if (Quiet) WriteObject(_asked && _allPassed);
    }

    private void Ask(string file)
    {
        string? release = Release;
        Document document = DocumentLoader.Load(file, "Gate", Variables.Read(Variable, ref release), read => GateReader.Read(read));
        GateDefinition gate = GateReader.Read(document);
        if (ThrottleLimit is { } limit) gate = gate with { Throttle = limit };
        EngineContext context = CreateContext(Actor, AllowCommand);
        // Approvals and earlier results are looked up there also when this one is not to be recorded.
        IJournalStore journals = OpenJournals(context);
        context = context with { Journals = journals };
        WriteVerbose($"Gate '{gate.Name}' of {file}: {Count(gate)} check(s), {gate.PassScore:0.#} of 100 needed.");

        GateResult result = Await(cancel => GateEvaluator.EvaluateAsync(gate, release, context, new Bar(this, gate), cancel));
        if (!NoJournal)
        {
            Try(file, () => result = Await(cancel => GateJournal.AppendAsync(result, journals, context, cancel)), failed => result = Unrecorded(result, failed));
        }

        Progress.Close();
        Tell(result);
    }

    private void Tell(GateResult result)
    {
        _asked = true;
        if (result.Status != GateStatus.Passed) _allPassed = false;
        if (Quiet) return;
        WriteObject(result);
        if (result.Status != GateStatus.Passed && result.Digest.Length > 0) WriteError(Errors.GateNotPassed(result));
    }

    // Nobody could prove later that it passed, and approvals or a newer failure may be in the journal that cannot be read either.
    private static GateResult Unrecorded(GateResult result, Exception failed) => result.Status != GateStatus.Passed ? result : result with
    {
        Status = GateStatus.Blocked,
        Reason = $"{result.Reason.TrimEnd('.')}, but the result could not be recorded: {failed.Message.TrimEnd('.')}. Repair the journal and ask again, or go without a record by -NoJournal.",
    };

    // A gate that cannot be asked has a result too: whoever takes the results of several must not miss one.
    private static GateResult Unasked(string path, string why) => new()
    {
        Gate = System.IO.Path.GetFileNameWithoutExtension(path),
        Status = GateStatus.Blocked,
        Reason = $"The gate could not be asked: {why}",
        Time = Clock.GetUtcNow(),
    };

    private static int Count(GateDefinition gate) => gate.Prerequisites.Count + gate.Sections.Sum(section => section.Checks.Count);

    private sealed class Bar(TestDeploymentGateCommand cmdlet, GateDefinition gate) : IProgress<Evidence>
    {
        private readonly int _all = Count(gate);
        private int _done;

        public void Report(Evidence value)
        {
            _done++;
            cmdlet.Later(() => cmdlet.WriteVerbose(value.ToString()));
            cmdlet.Progress.Show($"Gate {gate.Name}", $"{_done} of {_all}: {value.Check}: {value.Verdict}", 100.0 * _done / _all);
        }
    }
}
