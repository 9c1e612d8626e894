using System.Reflection;
using System.Runtime.Loader;

namespace ReadyOps;

/// <summary>
/// Loads the module and everything beside it apart from the host, because PowerShell ships other versions of common
/// libraries and a session may have loaded yet others.
/// </summary>
public sealed class LoadContext : AssemblyLoadContext
{
    private static readonly Lazy<Assembly> Module = new(() =>
        new LoadContext().LoadFromAssemblyPath(Path.Combine(Folder, "ReadyOps.Module.dll")));

    private LoadContext()
        : base("ReadyOps")
    {
    }

    private static string Folder => Path.GetDirectoryName(typeof(LoadContext).Assembly.Location)!;

    /// <summary>The assembly with the cmdlets, loaded once per process.</summary>
    public static Assembly LoadModule() => Module.Value;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // The contracts must be the ones that PowerShell sees, or a user's [ReadyOps.GateResult] is another type than ours.
        Assembly contracts = typeof(LoadContext).Assembly;
        if (assemblyName.Name == contracts.GetName().Name) return contracts;

        string beside = Path.Combine(Folder, $"{assemblyName.Name}.dll");
        return File.Exists(beside) ? LoadFromAssemblyPath(beside) : null;
    }
}
