using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using ReadyOps.Core;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Completers;

/// <summary>Completes from the gate document, or the rollout, that the command line names already; never throwing.</summary>
internal abstract class GateDocumentCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var pattern = new WildcardPattern((wordToComplete ?? "").Trim('\'', '"') + "*", WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            GateDefinition? gate = fakeBoundParameters["Id"] is { } id ? OfRollout(Text(id), fakeBoundParameters) : OfDocument(fakeBoundParameters);
            return gate is null ? [] : [.. Choices(gate).Distinct(StringComparer.OrdinalIgnoreCase).Where(choice => pattern.IsMatch(choice))
                .Select(choice => new CompletionResult(ShellText.Argument(choice), choice, CompletionResultType.ParameterValue, choice))];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return [];
        }
    }

    /// <summary>What may be chosen from.</summary>
    protected abstract IEnumerable<string> Choices(GateDefinition gate);

    private static GateDefinition? OfDocument(IDictionary bound)
    {
        if (Text(bound["Path"] ?? bound["LiteralPath"]) is not { } path) return null;
        string? release = bound["Release"]?.ToString();
        return GateReader.Read(DocumentLoader.Load(Find(path), "Gate", Binding.Variables.Read(bound["Variable"] as IDictionary, ref release)));
    }

    // The approvals that steps of a rollout ask for stand in its journal.
    private static GateDefinition? OfRollout(string? id, IDictionary bound) => id is null ? null
        : StateCompleter.Ask(bound, (store, cancel) => new RolloutService(store, new EngineContext()).ApprovalsAsync(id, cancel).AsTask());

    private static string? Text(object? value) => (value is object[] several ? several.FirstOrDefault() : value)?.ToString();

    private static string Find(string path)
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddCommand("Microsoft.PowerShell.Management\\Convert-Path").AddParameter("Path", path).Invoke<string>()[0];
    }
}

/// <summary>Completes the roles that a gate asks approval of.</summary>
internal sealed class ApprovalRoleCompleter : GateDocumentCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Choices(GateDefinition gate) => ApprovalService.Asked(gate).SelectMany(asked => asked.Roles);
}

/// <summary>Completes the checks of a gate that ask for approval.</summary>
internal sealed class ApprovalCheckCompleter : GateDocumentCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Choices(GateDefinition gate) => ApprovalService.Asked(gate).Select(asked => asked.Check);
}
