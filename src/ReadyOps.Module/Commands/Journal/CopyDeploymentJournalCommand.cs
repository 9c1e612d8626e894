using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Commands;

/// <summary>Copies journals to another store, byte for byte, verified before and after.</summary>
[Cmdlet(VerbsCommon.Copy, "DeploymentJournal", SupportsShouldProcess = true)]
[OutputType(typeof(JournalCopy))]
public sealed class CopyDeploymentJournalCommand : StateCmdlet
{
    /// <summary>Which journals.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StreamCompleter))]
    public string[] Stream { get; set; } = ["*"];

    /// <summary>The folder or database to copy to.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "A folder, or secret:NAME or env:NAME of the connection string of a database.")]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Stream, () =>
    {
        EngineContext context = CreateContext();
        IJournalStore source = OpenJournals(context);
        IJournalStore destination = JournalStores.Open(StateFolder.Find(SessionState, Destination), context);
        if (source.Location == destination.Location)
            throw new ReadyOpsException("JournalDestinationInvalid", $"Both are {source.Location}.", "Name another folder or database with -Destination.");
        var copier = new JournalCopier(source, destination);
        IReadOnlyList<string> known = Await(cancel => source.ListAsync("", cancel).AsTask());
        foreach (string name in Stream.Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && !known.Contains(name, StringComparer.OrdinalIgnoreCase)))
            WriteError(Errors.StreamNotFound(name, source.Location, known));
        if (known.Count == 0) throw new ReadyOpsException("JournalNotFound", $"There are no journals in {source.Location}.", "Look at -StatePath and $env:READYOPS_STATE.");
        var wanted = new Wildcards(Stream);
        // Each store keeps a catalog of its own; only who names it is told so.
        foreach (string stream in known.Where(name => wanted.Match(name) && (name != "catalog" || Stream.Contains(name, StringComparer.OrdinalIgnoreCase))))
            if (ShouldProcess($"{stream} in {source.Location}", $"Copy to {destination.Location}")) Try(stream, () => Copy(copier, source, stream));
    });

    private void Copy(JournalCopier copier, IJournalStore source, string stream)
    {
        JournalCopy copy = Await(cancel => copier.CopyAsync(stream, (done, all) => Progress.Show("Copying journals", stream, 100.0 * done / all), cancel).AsTask());
        WriteVerbose($"Journal '{stream}': {copy.Copied} of {copy.Events} events copied, both verified ({copy.Outcome}).");
        if (copy.Outcome == JournalCopyOutcome.DestinationAhead)
            WriteWarning($"{stream}: the destination has gone on since; nothing was copied. Copy the other way round if it is the one that counts.");
        else if (stream.StartsWith(RolloutService.Prefix, StringComparison.Ordinal) && Await(cancel => source.TryReadLastAsync(stream, cancel).AsTask()) is { } last && !RolloutEvents.IsEnd(last.Type))
            WriteWarning($"{stream} is still under way and now in two stores: let only one of them be ticked, or two agents will move one target.");
        WriteObject(copy);
    }
}
