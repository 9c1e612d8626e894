using System.Collections;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReadyOps.Core;
using ReadyOps.Core.Journal;

namespace ReadyOps.Completers;

/// <summary>Completes from what the state folder holds; never slow and never throwing.</summary>
internal abstract class StateCompleter : IArgumentCompleter
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    // What a folder held a moment ago; the key says which folder and which question.
    private static readonly ConcurrentDictionary<string, (long At, IReadOnlyList<Choice> Choices)> Cache = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            WildcardPattern pattern = Completion.Pattern(wordToComplete);
            return [.. Choices(fakeBoundParameters).Where(choice => pattern.IsMatch(choice.Text)).Select(choice => Completion.Result(choice.Text, choice.Tip))];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [];
        }
    }

    /// <summary>What may be chosen from.</summary>
    protected abstract Task<IReadOnlyList<Choice>> AskAsync(IJournalStore store, CancellationToken cancel);

    private IReadOnlyList<Choice> Choices(IDictionary bound)
    {
        string folder = Folder(bound["StatePath"]?.ToString());
        string key = $"{GetType().Name}|{folder}";
        if (Cache.TryGetValue(key, out (long At, IReadOnlyList<Choice> Choices) known) && ReadyCmdlet.Clock.GetElapsedTime(known.At) < Fresh) return known.Choices;
        if (Ask(folder, AskAsync) is not { } choices) return [];
        Cache[key] = (ReadyCmdlet.Clock.GetTimestamp(), choices);
        return choices;
    }

    /// <summary>Asks what a command line names as its state, and not for long; the default where there is none.</summary>
    internal static T? Ask<T>(IDictionary bound, Func<IJournalStore, CancellationToken, Task<T>> ask) => Ask(Folder(bound["StatePath"]?.ToString()), ask);

    private static T? Ask<T>(string folder, Func<IJournalStore, CancellationToken, Task<T>> ask)
    {
        if (!JournalStores.IsDatabase(folder) && !Directory.Exists(folder)) return default;
        using var patience = new CancellationTokenSource(Patience, ReadyCmdlet.Clock);
        Task<T> asked = Task.Run(() => ask(JournalStores.Open(folder, new EngineContext()), patience.Token));
        return asked.WaitAsync(Patience, ReadyCmdlet.Clock).GetAwaiter().GetResult();
    }

    private static string Folder(string? statePath)
    {
        string here = Completion.Here();
        if (statePath is not null && JournalStores.IsDatabase(statePath)) return statePath;
        return string.IsNullOrEmpty(statePath) ? JournalFolder.Default(here) : Path.GetFullPath(statePath, here);
    }

    /// <summary>One thing to choose.</summary>
    /// <param name="Text">What is filled in.</param>
    /// <param name="Tip">What the shell shows beside it.</param>
    protected internal sealed record Choice(string Text, string Tip = "");
}
