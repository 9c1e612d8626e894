using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;

namespace ReadyOps.Commands;

/// <summary>Shows past results of gates: how the score went, what changed, and what has gone stale since.</summary>
[Cmdlet(VerbsCommon.Get, "DeploymentGate", DefaultParameterSetName = "ByName")]
[OutputType(typeof(GateResult), ParameterSetName = ["ByName"])]
[OutputType(typeof(GateChange), ParameterSetName = ["Difference"])]
public sealed class GetDeploymentGateCommand : StateCmdlet
{
    /// <summary>The name of the view of past results.</summary>
    private const string PastResult = "ReadyOps.GateResult#Past";

    /// <summary>Which gates.</summary>
    [Parameter(Position = 0, ParameterSetName = "ByName", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Gate")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(GateNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only results about this release.</summary>
    [Parameter(ParameterSetName = "ByName")]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Only results at or after this moment.</summary>
    [Parameter(ParameterSetName = "ByName")]
    [Moment]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Only so many of each gate, the newest.</summary>
    [Parameter(ParameterSetName = "ByName")]
    [ValidateRange(1, int.MaxValue)]
    public int? Last { get; set; }

    /// <summary>Two results, by their journal references, to say what changed between.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Difference")]
    [ValidateCount(2, 2)]
    [ArgumentCompleter(typeof(GateResultCompleter))]
    public string[] Difference { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        EngineContext context = CreateContext();
        if (ParameterSetName == "Difference")
        {
            Try(Difference, () =>
            {
                var past = new GateHistory(OpenJournals(context), context);
                WriteObject(Await(cancel => past.CompareAsync(Difference[0], Difference[1], cancel)), enumerateCollection: true);
            });
            return;
        }

        Try(Name, () => List(OpenJournals(context), context));
    }

    private void List(IJournalStore store, EngineContext context)
    {
        IReadOnlyList<string> known = Await(cancel => GateJournal.NamesAsync(store, cancel));
        foreach (string name in Name.Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && !known.Contains(name, StringComparer.OrdinalIgnoreCase)))
            Try(name, () => Missing(store, name, known));
        var wanted = new Wildcards(Name);
        var history = new GateHistory(store, context);
        var query = new GateHistoryQuery { Gates = wanted.Match, Release = Release, Since = Since, Last = Last };
        foreach (string gate in known.Where(wanted.Match))
        {
            Try(gate, () =>
            {
                foreach (GateResult result in Pull(cancel => history.ReadAsync(GateJournal.StreamOf(gate), query, why => Later(() => WriteError(Errors.From(why, gate))), cancel))) Tell(result);
            });
        }
    }

    // A journal that was emptied or removed is damaged, and its gate no less known for it.
    private void Missing(IJournalStore store, string name, IReadOnlyList<string> known)
    {
        Await(cancel => GateJournal.DemandWholeAsync(name, store, cancel));
        WriteError(Errors.GateNotFound(name, "result of a gate", store.Location, known));
    }

    private void Tell(GateResult result)
    {
        var told = new PSObject(result);
        // A list of results is read differently from one that has just been asked for.
        told.TypeNames.Insert(0, PastResult);
        WriteObject(told);
    }
}
