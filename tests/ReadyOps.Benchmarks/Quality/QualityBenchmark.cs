using System.Diagnostics;
using System.Globalization;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>How often rollouts are taken back wrongly, regressions missed, and how late they are found, beside the rules of others on the same samples.</summary>
internal static class QualityBenchmark
{
    public static async Task RunAsync(int rollouts, int fullLength, string? only)
    {
        var watch = Stopwatch.StartNew();
        Console.WriteLine();
        foreach (IPolicy policy in Policies.All) Console.WriteLine($"- **{policy.Name}**: {policy.Settings.ReplaceLineEndings(" ")}");
        await TableAsync($"Healthy rollouts, {rollouts:N0} of each kind: false rollbacks", Scenario.Healthy, rollouts, only, Healthy);
        int silent = QualityRun.SilentOf(rollouts);
        await TableAsync($"No data of the new version, {silent:N0} of each kind: promotions without data", Scenario.Silent, silent, only, Silent);
        await TableAsync($"Regressions, {rollouts:N0} of each kind: brought to everybody; minutes from its onset to the rollback, median and 95th percentile", Scenario.Regressions, rollouts, only, Regression);
        await TableAsync($"Healthy rollouts of real length, {fullLength:N0}: false rollbacks", [Scenario.FullLength], fullLength, only, Healthy);
        Console.WriteLine();
        Console.WriteLine($"All of it took {watch.Elapsed.TotalMinutes:0.0} min.");
    }

    private static async Task TableAsync(string title, IEnumerable<Scenario> scenarios, int rollouts, string? only, Func<Tally, string> cell)
    {
        Scenario[] chosen = [.. scenarios.Where(scenario => only is null || scenario.Name.Contains(only, StringComparison.Ordinal))];
        if (chosen.Length == 0 || rollouts == 0) return;
        Console.WriteLine();
        Console.WriteLine($"### {title}");
        Console.WriteLine();
        Console.WriteLine($"| | {string.Join(" | ", Policies.All.Select(policy => policy.Name))} |");
        Console.WriteLine($"|---|{string.Concat(Policies.All.Select(_ => "---|"))}");
        foreach (Scenario scenario in chosen)
        {
            Tally[] tallies = await QualityRun.PlayAsync(scenario, Policies.All, rollouts);
            Console.WriteLine($"| {scenario.Name} | {string.Join(" | ", tallies.Select(cell))} |");
        }
    }

    private static string Healthy(Tally tally) => Share(tally.FalseRollbacks, tally.Rollouts) + Held(tally) + Blind(tally);

    private static string Silent(Tally tally) =>
        $"{(tally.Blind == 0 ? "none" : Share(tally.Blind, tally.Rollouts))}{(tally.FalseRollbacks > 0 ? $"; rolled back {Percent(tally.FalseRollbacks, tally.Rollouts)}" : "")}{Held(tally)}";

    private static string Regression(Tally tally)
    {
        string early = tally.FalseRollbacks > 0 ? $"; before it {Percent(tally.FalseRollbacks, tally.Rollouts)}" : "";
        string delay = tally.Caught > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {tally.Delay(0.5) / 60:0}/{tally.Delay(0.95) / 60:0}") : "";
        return $"{Share(tally.Promoted, tally.Rollouts)}{delay}{Held(tally)}{early}{Blind(tally)}";
    }

    /// <summary>How many, and below which share the true one is with 95 % confidence; where they are many, their share.</summary>
    private static string Share(int count, int of) => count >= of / 50.0 && count > 0 ? $"**{Percent(count, of)}**"
        : string.Create(CultureInfo.InvariantCulture, $"**{count}** (< {Tally.UpperLimit(count, of) * 100:0.##} %)");

    private static string Held(Tally tally) => tally.Held > 0 ? $"; held {Percent(tally.Held, tally.Rollouts)}" : "";

    private static string Blind(Tally tally) => tally.Blind > 0 ? $"; blind {Percent(tally.Blind, tally.Rollouts)}" : "";

    private static string Percent(int count, int of) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * count / of:0.##} %");
}
