using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReadyOps.Core.Contracts;

namespace ReadyOps.Completers;

/// <summary>Completes the names of the contracts of the folder; never throwing.</summary>
internal sealed class ContractNameCompleter : IArgumentCompleter
{
    private const int Most = 200;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        IReadOnlyList<CompletionResult> names = Names(wordToComplete, fakeBoundParameters);
        // A contract may be named by its path too.
        return names.Count > 0 || parameterName != "Schema" ? names : CompletionCompleters.CompleteFilename(wordToComplete ?? "");
    }

    private static IReadOnlyList<CompletionResult> Names(string wordToComplete, IDictionary fakeBoundParameters)
    {
        try
        {
            string here = Completion.Here();
            string folder = fakeBoundParameters["ContractPath"]?.ToString() is { Length: > 0 } given ? Path.GetFullPath(given, here) : ContractFolder.Default(here);
            WildcardPattern pattern = Completion.Pattern(wordToComplete);
            return [.. ContractFolder.Files(folder).Select(ContractFolder.NameOf).Where(name => pattern.IsMatch(name)).Take(Most).Select(name => Completion.Result(name, ""))];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [];
        }
    }
}
