using System.Collections;
using System.Globalization;
using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Commands;

/// <summary>Plays a rollout document over history: when would it have paused or rolled back, on which sample, and why.</summary>
[Cmdlet(VerbsDiagnostic.Test, "RolloutPolicy", DefaultParameterSetName = "Path")]
[OutputType(typeof(BacktestResult))]
public sealed class TestRolloutPolicyCommand : ReadyCmdlet
{
    /// <summary>The rollout document.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", HelpMessage = "A document of kind Rollout, for example ./rollout.yaml")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The rollout document, its path taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>When the history begins.</summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? Start { get; set; }

    /// <summary>When it ends.</summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? End { get; set; }

    /// <summary>Files of samples to play instead of asking Prometheus.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] SamplePath { get; set; } = [];

    /// <summary>The release.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Values for the variables of the document.</summary>
    [Parameter]
    public IDictionary? Variable { get; set; }

    /// <summary>Whether to watch the signals at a constant share and count every alarm.</summary>
    [Parameter]
    public SwitchParameter Watch { get; set; }

    /// <summary>When an incident began that should have been found.</summary>
    [Parameter]
    [Moment]
    public DateTimeOffset? IncidentAt { get; set; }

    /// <summary>Values to try for settings of signals.</summary>
    [Parameter]
    public IDictionary? Vary { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool literal = ParameterSetName == "LiteralPath";
        foreach (string path in literal ? LiteralPath : Path)
            foreach (string file in Paths.Resolve(this, path, literal)) Play(file);
    }

    private void Play(string file) => Try(file, () =>
    {
        // One that leads nowhere was told: what is left would be played as if it were all.
        IReadOnlyList<string>[] samples = [.. SamplePath.Select(one => Paths.Resolve(this, one, literal: false))];
        if (samples.Any(files => files.Count == 0)) return;
        string? release = Release;
        EngineContext context = CreateContext();
        Document document = DocumentLoader.Load(file, "Rollout", Variables.Read(Variable, ref release), read => new RolloutService(new MemoryJournalStore(context), context).Preview(read));
        var options = new BacktestOptions
        {
            Start = Start,
            End = End,
            SampleFiles = [.. samples.SelectMany(files => files).Distinct()],
            Release = release,
            Watch = Watch,
            IncidentAt = IncidentAt,
            Vary = ReadVary(),
        };
        // Commands of a document are read, never run: the target is not touched.
        IReadOnlyList<BacktestResult> results = Await(cancel => new BacktestService(context).RunAsync(document, options, cancel));
        foreach (string warning in results[0].Warnings) WriteWarning($"{document.Name}: {warning}");
        foreach (BacktestResult result in results)
        {
            WriteVerbose(result.ToString());
            WriteObject(result);
        }
    });

    private KeyValuePair<string, IReadOnlyList<string>>[] ReadVary()
    {
        var settings = new List<KeyValuePair<string, IReadOnlyList<string>>>();
        foreach (DictionaryEntry entry in Vary ?? new Hashtable())
            settings.Add(new(Text(entry.Key), [.. Values(entry.Value).Select(Text)]));

        // A hashtable has no order of its own, and a table to choose from should have one; an ordered dictionary keeps what it has.
        return Vary is Hashtable ? [.. settings.OrderBy(setting => setting.Key, StringComparer.Ordinal)] : [.. settings];
    }

    private static IEnumerable<object?> Values(object? value)
    {
        object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        return plain is IEnumerable many and not string ? many.Cast<object?>() : [plain];
    }

    private static string Text(object? value)
    {
        object? plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        return plain is TimeSpan span ? Quantities.Format(span)
            : (string)LanguagePrimitives.ConvertTo(plain, typeof(string), CultureInfo.InvariantCulture) ?? "";
    }
}
