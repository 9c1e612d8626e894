using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core;
using ReadyOps.Core.Journal;

namespace ReadyOps;

/// <summary>What every cmdlet that reads or writes journals shares: where they live.</summary>
public abstract class StateCmdlet : ReadyCmdlet
{
    /// <summary>The folder of the journals.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StatePath { get; set; }

    /// <summary>The journals of this session.</summary>
    /// <exception cref="ReadyOpsException">The path is not one of the file system.</exception>
    private protected IJournalStore OpenJournals(EngineContext context)
    {
        string folder = StateFolder.Find(SessionState, StatePath);
        WriteDebug($"The journals are in {folder}.");
        return new FolderJournalStore(folder, context);
    }
}
