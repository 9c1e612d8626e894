using ReadyOps.Scenario.Tests.Rollouts;
using Xunit.Runner.InProc.SystemConsole;

namespace ReadyOps.Scenario.Tests;

/// <summary>
/// This executable is the test runner, and also the process that a test wants to see die. (A module initializer could not be that
/// process: nothing of this assembly runs on another thread until it is over.)
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) => await DyingTick.DieWhenAskedAsync() ? 1 : await ConsoleRunner.Run(args);
}
