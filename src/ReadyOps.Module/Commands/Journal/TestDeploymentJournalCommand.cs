using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Commands;

/// <summary>Proves that journals are what was written, or names the first line that does not fit.</summary>
[Cmdlet(VerbsDiagnostic.Test, "DeploymentJournal")]
[OutputType(typeof(JournalVerification), typeof(bool))]
public sealed class TestDeploymentJournalCommand : StateCmdlet
{
    /// <summary>Which journals.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StreamCompleter))]
    public string[] Stream { get; set; } = ["*"];

    /// <summary>Whether to answer with a plain Boolean for all of them together.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private bool _all = true;
    private bool _any;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool read = Try(Stream, () =>
        {
            IJournalStore store = OpenJournals(CreateContext());
            var streams = new Wildcards(Stream);
            var snapshots = new SnapshotVerifier(store);
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (JournalVerification verification in Pull(cancel => store.VerifyAllAsync("", cancel)))
            {
                if (!streams.Match(verification.Stream)) continue;
                seen.Add(verification.Stream);
                Tell(Await(cancel => snapshots.VerifyAsync(verification, cancel).AsTask()));
            }

            foreach (string name in Stream.Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && !seen.Contains(name)))
            {
                _all = false;
                if (!Quiet) WriteError(Errors.StreamNotFound(name, store.Location, [.. seen]));
            }
        });
        if (!read) _all = false;
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        // What verified nothing has proved nothing: a state folder that is gone is no good one.
        if (Quiet) WriteObject(_any && _all);
    }

    private void Tell(JournalVerification verification)
    {
        WriteVerbose($"Journal '{verification.Stream}': {verification.Reason}");
        _any = true;
        if (!verification.Valid) _all = false;
        if (Quiet) return;
        WriteObject(verification);
        if (!verification.Valid) WriteError(Errors.JournalDamaged(verification));
    }
}
