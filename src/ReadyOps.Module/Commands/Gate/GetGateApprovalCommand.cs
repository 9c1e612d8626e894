using System.Collections;
using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Commands;

/// <summary>Lists what people decided about gates, and what each decision counts for now.</summary>
[Cmdlet(VerbsCommon.Get, "GateApproval", DefaultParameterSetName = "ByName")]
[OutputType(typeof(GateApproval))]
public sealed class GetGateApprovalCommand : StateCmdlet
{
    /// <summary>Which gates.</summary>
    [Parameter(Position = 0, ParameterSetName = "ByName", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Gate")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(GateNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>The gate documents.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The gate documents, their paths taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The rollouts, where a step asks for approval.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RolloutIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>Only decisions about this release.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Only decisions at these checks.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ApprovalCheckCompleter))]
    public string[]? Check { get; set; }

    /// <summary>Only decisions in these roles.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ApprovalRoleCompleter))]
    public string[]? Role { get; set; }

    /// <summary>Only decisions of these people.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? Person { get; set; }

    /// <summary>Values for the variables of the documents.</summary>
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath")]
    public IDictionary? Variable { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        EngineContext context = CreateContext();
        if (ParameterSetName == "ByName")
        {
            Try(Name, () => ListByName(OpenJournals(context), context));
            return;
        }

        foreach (string id in Id)
        {
            Try(id, () =>
            {
                IJournalStore store = OpenJournals(context);
                var rollouts = new RolloutService(store, context);
                GateDefinition gate = Await(cancel => rollouts.ApprovalsAsync(id, cancel).AsTask());
                List(store, context, gate.Name, gate);
            });
        }

        bool literal = ParameterSetName == "LiteralPath";
        foreach (string path in literal ? LiteralPath : Path)
        {
            foreach (string file in Paths.Resolve(this, path, literal))
            {
                Try(file, () =>
                {
                    string? release = Release;
                    GateDefinition gate = GateReader.Read(DocumentLoader.Load(file, "Gate", Variables.Read(Variable, ref release)));
                    List(OpenJournals(context), context, gate.Name, gate);
                });
            }
        }
    }

    private void ListByName(IJournalStore store, EngineContext context)
    {
        IReadOnlyList<string> known = Await(cancel => ApprovalJournal.NamesAsync(store, cancel));
        foreach (string name in Name.Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && !known.Contains(name, StringComparer.OrdinalIgnoreCase)))
            Try(name, () => Missing(store, name, known));
        var wanted = new Wildcards(Name);
        foreach (string gate in known.Where(wanted.Match)) Try(gate, () => List(store, context, gate, null));
    }

    // A journal that was emptied or removed is damaged, and its gate no less known for it.
    private void Missing(IJournalStore store, string name, IReadOnlyList<string> known)
    {
        Await(cancel => ApprovalJournal.ReadAsync(name, store, cancel));
        WriteError(Errors.GateNotFound(name, "decision about a gate", store.Location, known));
    }

    private void List(IJournalStore store, EngineContext context, string name, GateDefinition? gate)
    {
        var checks = new Wildcards(Check);
        var roles = new Wildcards(Role);
        var people = new Wildcards(Person);
        foreach (GateApproval one in Await(cancel => new ApprovalService(store, context).ListAsync(name, gate, cancel)))
        {
            if ((Release is null || one.Release == Release) && checks.Match(one.Check) && (Role is null || (one.Role is { } role && roles.Match(role))) && people.Match(one.Person)) WriteObject(one);
        }
    }
}
