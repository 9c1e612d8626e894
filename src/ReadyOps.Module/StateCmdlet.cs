using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core;
using ReadyOps.Core.Journal;

namespace ReadyOps;

/// <summary>What every cmdlet that reads or writes journals shares: where they live.</summary>
public abstract class StateCmdlet : ReadyCmdlet
{
    /// <summary>The folder of the journals, or the database by a reference to its connection string.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StatePath { get; set; }

    /// <summary>The journals of this session.</summary>
    /// <exception cref="ReadyOpsException">The path is not one of the file system, or the address holds a password.</exception>
    private protected IJournalStore OpenJournals(EngineContext context)
    {
        IJournalStore store = JournalStores.Open(StateFolder.Find(SessionState, StatePath), context);
        WriteDebug($"The journals are in {store.Location}.");
        return store;
    }
}
