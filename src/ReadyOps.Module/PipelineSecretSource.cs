using System.Management.Automation;
using ReadyOps.Core.Documents;

namespace ReadyOps;

/// <summary>
/// Resolves <c>secret:NAME</c> from the vaults of SecretManagement where its <c>Get-Secret</c> exists, and otherwise from the
/// folder of secrets that the engine knows.
/// </summary>
internal sealed class PipelineSecretSource(PSCmdlet cmdlet, PipelineThread pipeline, ISecretSource fallback) : ISecretSource
{
    private const string Script = "param([string] $Name) Microsoft.PowerShell.Core\\Get-Command -Name Get-Secret -ErrorAction Ignore | "
        + "Microsoft.PowerShell.Core\\ForEach-Object { & $_ -Name $Name -AsPlainText -ErrorAction Ignore }";

    /// <inheritdoc/>
    public async ValueTask<string> GetSecretAsync(string name, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration stop = cancel.Register(() => answer.TrySetCanceled(cancel));
        pipeline.Post(() => answer.TrySetResult(AskVaults(name)));
        return await answer.Task.ConfigureAwait(false) ?? await fallback.GetSecretAsync(name, cancel).ConfigureAwait(false);
    }

    private string? AskVaults(string name)
    {
        try
        {
            foreach (PSObject? found in cmdlet.InvokeCommand.InvokeScript(Script, true, System.Management.Automation.Runspaces.PipelineResultTypes.None, null, name))
                if (found?.BaseObject is string value) return value;
        }
        catch (RuntimeException e)
        {
            // A locked or broken vault is no answer, and what it says could hold more than a name.
            cmdlet.WriteDebug($"Get-Secret could not be asked for '{name}' ({e.GetType().Name}).");
        }

        return null;
    }
}
