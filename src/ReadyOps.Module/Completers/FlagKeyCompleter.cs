using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReadyOps.Binding;
using ReadyOps.Core;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Stores;

namespace ReadyOps.Completers;

/// <summary>Completes from the flag document that the command line means; never slow and never throwing.</summary>
internal abstract class FlagCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            WildcardPattern pattern = Completion.Pattern(wordToComplete);
            string? named = (fakeBoundParameters["Path"] ?? fakeBoundParameters["Store"] ?? fakeBoundParameters["Location"])?.ToString();
            string location = FlagLocation.Find(Completion.Here(), named);
            Task<FlagSet> asked = Task.Run(() => ReadAsync(location));
            FlagSet set = asked.WaitAsync(Patience, ReadyCmdlet.Clock).GetAwaiter().GetResult();
            return [.. Choices(set, fakeBoundParameters).Where(choice => pattern.IsMatch(choice.Text)).Select(choice => Completion.Result(choice.Text, choice.Tip))];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [];
        }
    }

    /// <summary>What may be chosen from, with what the shell shows beside it.</summary>
    protected abstract IEnumerable<(string Text, string Tip)> Choices(FlagSet set, IDictionary bound);

    private static async Task<FlagSet> ReadAsync(string location)
    {
        using var patience = new CancellationTokenSource(Patience, ReadyCmdlet.Clock);
        IFlagStore store = FlagStores.Open(location, new EngineContext());
        await using (store.ConfigureAwait(false))
            return FlagSet.Load((await store.ReadAsync(patience.Token).ConfigureAwait(false)).Utf8, location, FlagSetOptions.AsFlagd);
    }
}

/// <summary>Completes the keys of flags.</summary>
internal sealed class FlagKeyCompleter : FlagCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Text, string Tip)> Choices(FlagSet set, IDictionary bound) =>
        set.Keys.Select(key => (key, set.Find(key)?.Description ?? ""));
}

/// <summary>Completes the variants of the flag that the command line names already.</summary>
internal sealed class FlagVariantCompleter : FlagCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Text, string Tip)> Choices(FlagSet set, IDictionary bound)
    {
        if (bound["Variants"] is IDictionary given) return given.Keys.Cast<object>().Select(name => (name.ToString() ?? "", ""));
        string key = (bound["Key"] is IEnumerable keys and not string ? keys.Cast<object?>().FirstOrDefault() : bound["Key"])?.ToString() ?? "";
        return set.Find(key)?.Variants.Select(variant => (variant.Key, variant.Value.ToString())) ?? [];
    }
}
