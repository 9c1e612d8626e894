using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Stores;
using ReadyOps.Core.Journal;

namespace ReadyOps;

/// <summary>What every cmdlet of flags shares: where the document lives.</summary>
public abstract class FeatureFlagCmdlet : StateCmdlet
{
    /// <summary>The flag document: a file, or an address of Redis.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Store", "Location")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The document as it was named, a path in full.</summary>
    private protected string Location => FlagLocation.Find(SessionState, Path);

    /// <summary>Works with the document.</summary>
    private protected T With<T>(EngineContext context, Func<FlagService, CancellationToken, Task<T>> work)
    {
        string location = Location;
        IJournalStore journals = OpenJournals(context);
        return Await(async cancel =>
        {
            IFlagStore store = FlagStores.Open(location, context);
            await using (store.ConfigureAwait(false))
                return await work(new FlagService(store, journals, context), cancel).ConfigureAwait(false);
        });
    }

    /// <summary>The flags as they are now. What flagd only warns of is a warning.</summary>
    private protected FlagSet ReadFlags()
    {
        FlagSet set = With(CreateContext(), (service, cancel) => service.GetAsync(cancel).AsTask());
        foreach (DocumentProblem problem in set.Warnings) WriteWarning(problem.ToString());
        return set;
    }

    /// <summary>The keys that are like what the user wrote; an error for each without wildcards that is not there.</summary>
    private protected IReadOnlyList<string> FindKeys(FlagSet set, IReadOnlyList<string> keys)
    {
        foreach (string key in keys.Where(key => !WildcardPattern.ContainsWildcardCharacters(key) && !set.Contains(key)))
            Try(key, () => throw FlagListing.Missing(key, set.File, set.Keys));
        return [.. set.Keys.Where(key => keys.Any(wanted => WildcardPattern.ContainsWildcardCharacters(wanted)
            ? new WildcardPattern(wanted, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant).IsMatch(key) : wanted == key))];
    }
}
