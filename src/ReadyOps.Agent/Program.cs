using System.Globalization;

namespace ReadyOps.Agent;

internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        // What it writes is the same on every machine, also where cultures are known.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
        return CommandLine.RunAsync(args);
    }
}
