using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core;
using ReadyOps.Core.Journal;

namespace ReadyOps.Commands;

/// <summary>Reads what was observed, decided and done, by whom and why.</summary>
[Cmdlet(VerbsCommon.Get, "DeploymentJournal")]
[OutputType(typeof(JournalEvent))]
public sealed class GetDeploymentJournalCommand : StateCmdlet
{
    /// <summary>Which journals.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StreamCompleter))]
    public string[] Stream { get; set; } = ["*"];

    /// <summary>Which types of events.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(EventTypeCompleter))]
    public string[]? Type { get; set; }

    /// <summary>Whose events.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[]? Actor { get; set; }

    /// <summary>Only events at or after this moment.</summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? Since { get; set; }

    /// <summary>Only events before this moment.</summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? Until { get; set; }

    /// <summary>Only so many, the newest.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Newest { get; set; }

    /// <summary>Whether to wait for further events.</summary>
    [Parameter]
    public SwitchParameter Follow { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Stream, () =>
    {
        EngineContext context = CreateContext();
        IJournalStore store = OpenJournals(context);
        var streams = new Wildcards(Stream);
        var types = new Wildcards(Type);
        var actors = new Wildcards(Actor);
        var reader = new JournalReader(store, context.Clock)
        {
            // The store's own journal is noise to whoever did not ask for it by a pattern of their own.
            Streams = stream => streams.Match(stream) && (stream != "catalog" || MyInvocation.BoundParameters.ContainsKey(nameof(Stream))),
            Wanted = e => types.Match(e.Type) && actors.Match(e.Actor) && !(e.Time < Since) && !(e.Time >= Until),
            Unreadable = (stream, why) => Later(() => WriteError(Errors.From(why, stream))),
        };

        RefuseUnknown(store);
        IReadOnlyList<JournalEvent> events = Await(reader.ReadNewAsync);
        foreach (JournalEvent found in events.Skip(Newest is { } most ? Math.Max(0, events.Count - most) : 0)) WriteObject(found);
        if (!Follow) return;

        WriteVerbose($"Following {string.Join(", ", Stream)} in {store.Location} until Ctrl+C.");
        foreach (JournalEvent found in Pull(reader.FollowAsync)) WriteObject(found);
    });

    // A name without wildcards is meant: not finding it is an error, as with every Get- cmdlet.
    private void RefuseUnknown(IJournalStore store)
    {
        string[] named = [.. Stream.Where(name => !WildcardPattern.ContainsWildcardCharacters(name))];
        if (named.Length == 0 || Follow) return;
        IReadOnlyList<string> known = Await(cancel => store.ListAsync("", cancel).AsTask());
        foreach (string name in named.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)))
            WriteError(Errors.StreamNotFound(name, store.Location, known));
    }
}
