using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using Spectre.Console;

namespace ReadyOps.Agent;

/// <summary><c>readyops status</c>.</summary>
internal static class StatusCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    public static Command Create()
    {
        Option<string?> state = CommandLine.StateOption();
        var json = new Option<bool>("--json") { Description = "Print JSON: everything that is known of each rollout" };
        var all = new Option<bool>("--all") { Description = "List rollouts that have ended too" };
        var command = new Command("status", "Lists rollouts and where they stand; looks at the journals only") { state, all, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var context = new EngineContext();
            IJournalStore store = JournalStores.Open(parsed.GetValue(state) ?? JournalFolder.Default(Environment.CurrentDirectory), context);
            var rollouts = new List<RolloutStatus>();
            await foreach (RolloutStatus status in new RolloutService(store, context).ListAsync(!parsed.GetValue(all), cancel)) rollouts.Add(status);
            if (parsed.GetValue(json)) Console.Out.WriteLine(JsonSerializer.Serialize(rollouts, Json));
            else Print(rollouts, store.Location);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(IReadOnlyList<RolloutStatus> rollouts, string where)
    {
        if (rollouts.Count == 0)
        {
            Console.Out.WriteLine($"No rollout is under way in {where}.");
            return;
        }

        Table table = new Table().Border(TableBorder.Simple);
        foreach (string column in new[] { "Rollout", "Phase", "Share", "Step", "Reason" }) table.AddColumn(column);
        foreach (RolloutStatus one in rollouts)
        {
            table.AddRow(
                Markup.Escape(one.Id), one.Phase.ToString(),
                string.Create(CultureInfo.InvariantCulture, $"{one.SharePercent:0.###} %"),
                string.Create(CultureInfo.InvariantCulture, $"{one.Step}/{one.StepCount}"),
                Markup.Escape(one.Reason));
        }

        AnsiConsole.Write(table);
    }
}
