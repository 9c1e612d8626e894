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
            string word = (wordToComplete ?? "").Trim('\'', '"');
            var pattern = new WildcardPattern(word + "*", WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            return [.. Choices(fakeBoundParameters).Where(choice => pattern.IsMatch(choice.Text)).Select(choice =>
                new CompletionResult(Quote(choice.Text), choice.Text, CompletionResultType.ParameterValue, choice.Tip.Length > 0 ? choice.Tip : choice.Text))];
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
        if (!Directory.Exists(folder)) return [];

        using var patience = new CancellationTokenSource(Patience, ReadyCmdlet.Clock);
        Task<IReadOnlyList<Choice>> asked = Task.Run(() => AskAsync(new FolderJournalStore(folder, new EngineContext()), patience.Token));
        IReadOnlyList<Choice> choices = asked.WaitAsync(Patience, ReadyCmdlet.Clock).GetAwaiter().GetResult();
        Cache[key] = (ReadyCmdlet.Clock.GetTimestamp(), choices);
        return choices;
    }

    private static string Folder(string? statePath)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        PathInfo here = shell.AddCommand("Microsoft.PowerShell.Management\\Get-Location").AddParameter("PSProvider", "FileSystem").Invoke<PathInfo>()[0];
        return string.IsNullOrEmpty(statePath) ? JournalFolder.Default(here.ProviderPath) : Path.GetFullPath(statePath, here.ProviderPath);
    }

    private static string Quote(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/') ? text : $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    /// <summary>One thing to choose.</summary>
    /// <param name="Text">What is filled in.</param>
    /// <param name="Tip">What the shell shows beside it.</param>
    protected internal sealed record Choice(string Text, string Tip = "");
}
