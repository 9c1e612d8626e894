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
            using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            string here = shell.AddCommand("Microsoft.PowerShell.Management\\Get-Location").AddParameter("PSProvider", "FileSystem").Invoke<PathInfo>()[0].ProviderPath;
            string folder = fakeBoundParameters["ContractPath"]?.ToString() ?? Environment.GetEnvironmentVariable("READYOPS_CONTRACTS") ?? "contracts";
            var pattern = new WildcardPattern((wordToComplete ?? "").Trim('\'', '"') + "*", WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            return [.. ContractFolder.Files(Path.GetFullPath(folder, here)).Select(ContractFolder.NameOf).Where(name => pattern.IsMatch(name)).Take(Most)
                .Select(name => new CompletionResult(name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'", name, CompletionResultType.ParameterValue, name))];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [];
        }
    }
}
