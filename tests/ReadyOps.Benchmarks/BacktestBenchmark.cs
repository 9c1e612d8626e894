using System.Globalization;
using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Benchmarks;

/// <summary>Seven days at 15 s with four metrics: once, and over a grid of 100 bounds and times.</summary>
internal static class BacktestBenchmark
{
    private const int Days = 7;
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Names = ["errors", "p95", "p99", "saturation"];

    public static async Task RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("readyops-benchmark-").FullName;
        try
        {
            string file = Path.Combine(folder, "week.csv");
            await File.WriteAllTextAsync(file, Week());
            Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes(Text()), "checkout.yaml", folder, "Rollout");
            var service = new BacktestService(new EngineContext());
            var none = new BacktestOptions { SampleFiles = [file], Vary = [] };
            BacktestOptions grid = none with
            {
                Vary =
                [
                    new("errors.bound", [.. Enumerable.Range(1, 10).Select(i => FormattableString.Invariant($"<= {0.5 + (0.1 * i):0.0}%"))]),
                    new("errors.for", [.. Enumerable.Range(1, 10).Select(i => FormattableString.Invariant($"{i}m"))]),
                ],
            };

            BacktestResult one = (await service.RunAsync(document, none, CancellationToken.None))[0];
            IReadOnlyList<BacktestResult> many = await service.RunAsync(document, grid, CancellationToken.None);
            Console.WriteLine();
            Console.WriteLine($"{one.Samples:N0} samples; the document as it is: {one.Outcome} at {one.End.UtcDateTime:u}; of {many.Count} variants {many.Count(result => result.Outcome == BacktestOutcome.RolledBack)} are rolled back.");

            // A week with nothing but a file to parse tells what is not the play.
            BacktestOptions nothing = none with { Start = Start.AddDays(Days) - TimeSpan.FromMinutes(20) };
            Result[] results = await Rounds.MeasureAsync(warmUp: 0, rounds: 3,
                new Subject("limit: the samples read from their file, 20 minutes of them played", () => service.RunAsync(document, nothing, CancellationToken.None)),
                new Subject("a rollout of seven days", () => service.RunAsync(document, none, CancellationToken.None)),
                new Subject("the same, every tick played", () => service.RunAsync(document, none with { EveryTick = true }, CancellationToken.None)),
                new Subject("seven days watched for alarms", () => service.RunAsync(document, none with { Watch = true }, CancellationToken.None)),
                new Subject("a grid of 100 variants, rollouts", () => service.RunAsync(document, grid, CancellationToken.None)),
                new Subject("a grid of 100 variants, watched", () => service.RunAsync(document, grid with { Watch = true }, CancellationToken.None)));
            Table.Print("Backtest of seven days at 15 s, four metrics", "ms", 1, results);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text() => $$"""
        apiVersion: readyops/v1
        kind: Rollout
        name: checkout
        prometheus: http://127.0.0.1:9090
        tick: 15s
        target: {type: flag, path: flags.json, flag: f}
        steps: [{share: 5%, hold: 1d}, {share: 25%, hold: 1d}, {share: 50%, hold: 2d}, {share: 100%, hold: 2d}]
        bake: 23h
        signals:
        - {name: errors, query: errors, bound: <= 1.5%, for: 5m}
        - {name: p95, query: p95, bound: <= 500ms, for: 5m}
        - {name: p99, query: p99, bound: <= 1000ms, for: 5m}
        - {name: saturation, query: saturation, bound: <= 80%, for: 5m}
        """;

    /// <summary>A week of days with their curve, noise, and a blip of three minutes in the error rate every six hours on average.</summary>
    private static string Week()
    {
        var random = new Random(20260105);
        var text = new StringBuilder("time," + string.Join(',', Names) + "\n");
        int blip = 0;
        for (int i = 0; i <= Days * 24 * 240; i++)
        {
            double day = 1 + (0.3 * Math.Sin(i * 2 * Math.PI / (24 * 240)));
            double noise = 0.9 + (0.2 * random.NextDouble());
            if (blip == 0 && random.Next(6 * 240) == 0) blip = 12;
            double errors = blip > 0 ? 0.03 : 0.004 * day * noise;
            if (blip > 0) blip--;
            text.Append(CultureInfo.InvariantCulture, $"{Start.AddSeconds(15 * i).ToUnixTimeSeconds()},{errors},{0.3 * day * noise},{0.6 * day * noise},{0.5 * day * noise}\n");
        }

        return text.ToString();
    }
}
