using System.Management.Automation;
using ReadyOps.Core.Checks;

namespace ReadyOps.Completers;

/// <summary>What all completers share.</summary>
internal static class Completion
{
    /// <summary>The folder of the file system in which the session stands.</summary>
    public static string Here()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddCommand("Microsoft.PowerShell.Management\\Get-Location").AddParameter("PSProvider", "FileSystem").Invoke<PathInfo>()[0].ProviderPath;
    }

    /// <summary>What a word may still become; quotes around it do not count.</summary>
    public static WildcardPattern Pattern(string? word) => new((word ?? "").Trim('\'', '"') + "*", WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);

    /// <summary>One thing to choose, quoted where it has to be.</summary>
    public static CompletionResult Result(string text, string tip) =>
        new(ShellText.Argument(text), text, CompletionResultType.ParameterValue, tip.Length > 0 ? tip : text);
}
