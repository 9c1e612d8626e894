using System.Diagnostics;
using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Targets;

namespace ReadyOps.Scenario.Tests.Rollouts;

/// <summary>
/// A process that starts a rollout and kills itself with SIGKILL right before or right after its first act. It is this test
/// executable once more, which turns into that process when the environment says so.
/// </summary>
internal static class DyingTick
{
    private const string Prefix = "READYOPS_TEST_DIE_";

    /// <summary>Runs the process to its death.</summary>
    /// <param name="state">The folder of its journal.</param>
    /// <param name="document">The rollout.</param>
    /// <param name="when"><c>before</c> or <c>after</c> the act.</param>
    /// <param name="cancel">Stops waiting for it.</param>
    public static async Task<int> RunAsync(string state, string document, string when, CancellationToken cancel)
    {
        string executable = Path.Combine(AppContext.BaseDirectory, "ReadyOps.Scenario.Tests" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        ProcessStartInfo start = new(executable) { UseShellExecute = false };
        (start.Environment[Prefix + "STATE"], start.Environment[Prefix + "DOCUMENT"], start.Environment[Prefix + "WHEN"]) = (state, document, when);
        using Process process = Process.Start(start)!;
        try
        {
            await process.WaitForExitAsync(cancel).WaitAsync(TimeSpan.FromMinutes(1), cancel);
            return process.ExitCode;
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>What the process does. Returns only when nobody asked it to die, or when it did not, which is wrong.</summary>
    public static async Task<bool> DieWhenAskedAsync()
    {
        if (Environment.GetEnvironmentVariable(Prefix + "WHEN") is not { } when) return false;
        string state = Environment.GetEnvironmentVariable(Prefix + "STATE")!;
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable(Prefix + "DOCUMENT")!), "rollout.yaml", state, "Rollout");
        var context = new EngineContext();
        var service = new RolloutService(new FolderJournalStore(state, context), context, (reader, name, surroundings) =>
        {
            RolloutPlan plan = RolloutPlan.Read(reader, name, surroundings);
            return plan with { Parts = plan.Parts with { Target = new DeadlyTarget(plan.Parts.Target, when) } };
        });
        await service.StartAsync(document, new RolloutStart(), CancellationToken.None);
        throw new InvalidOperationException("It was to die in its first act.");
    }

    private sealed class DeadlyTarget(ITarget inner, string when) : ITarget
    {
        public string Identity => inner.Identity;

        public decimal Nearest(decimal percent) => inner.Nearest(percent);

        public ValueTask<decimal> ReadAsync(CancellationToken cancel) => inner.ReadAsync(cancel);

        public async ValueTask SetAsync(decimal percent, CancellationToken cancel)
        {
            if (when == "after") await inner.SetAsync(percent, cancel);
            Process.GetCurrentProcess().Kill();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        }
    }
}
