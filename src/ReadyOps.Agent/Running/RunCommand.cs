using System.CommandLine;
using Microsoft.Extensions.Logging;
using ReadyOps.Agent.Pages;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Agent.Running;

/// <summary><c>readyops run</c>.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        Option<string?> state = CommandLine.StateOption();
        var listen = new Option<string>("--listen") { HelpName = "ADDRESS:PORT", Description = "Where to serve the status page, /metrics and /healthz; on loopback", DefaultValueFactory = _ => ListenAddress.Default };
        listen.Validators.Add(result =>
        {
            if (!ListenAddress.TryParse(result.GetValueOrDefault<string>() ?? "", out _, out string problem)) result.AddError(problem);
        });
        var allowCommand = new Option<bool>("--allow-command") { Description = "Let targets and checks run the commands that documents name" };
        var once = new Option<bool>("--once") { Description = "Tick every rollout once and end, for schedulers; serves no pages" };
        var concurrency = new Option<int>("--concurrency") { HelpName = "N", Description = "How many ticks may be under way at once", DefaultValueFactory = _ => RolloutLoop.Concurrency };
        concurrency.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, System.Globalization.CultureInfo.InvariantCulture, out int n) || n is < 1 or > 10_000)) result.AddError("'--concurrency' takes a whole number from 1 to 10000.");
        });
        var log = new Option<string>("--log") { HelpName = "plain|json", Description = "How the log on the error stream is written", DefaultValueFactory = _ => "plain" };
        log.AcceptOnlyFromAmong("plain", "json");
        var command = new Command("run", "Ticks every rollout whenever it is due, until it is stopped") { state, listen, allowCommand, once, concurrency, log };
        command.SetAction(async (parsed, cancel) =>
        {
            using ILoggerFactory logs = AgentLog.Create(asJson: parsed.GetValue(log) == "json");
            var context = new EngineContext { AllowCommand = parsed.GetValue(allowCommand), Logs = logs };
            context = context.SharingQueries();
            IJournalStore store = JournalStores.Open(parsed.GetValue(state) ?? JournalFolder.Default(Environment.CurrentDirectory), context);
            var board = new RolloutBoard(context.Clock);
            var metrics = new AgentMetrics(board, context.Clock, context.Queries);
            var loop = new RolloutLoop(new RolloutService(store, context), store, board, metrics, context, parsed.GetValue(concurrency));
            if (parsed.GetValue(once)) return await OnceAsync(loop, cancel);

            // What is not an address was refused with the command line.
            string url = ListenAddress.TryParse(parsed.GetValue(listen)!, out string address, out string problem) ? address : throw new ReadyOpsException("ListenInvalid", problem);
            await ServeAsync(loop, new AgentPages(board, metrics, store, context.Clock), url, store.Location, logs.CreateLogger("ReadyOps.Agent"), cancel);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<int> OnceAsync(RolloutLoop loop, CancellationToken cancel)
    {
        (IReadOnlyList<RolloutStatus> rollouts, int failed) = await loop.RunOnceAsync(cancel);
        foreach (RolloutStatus status in rollouts) Console.Out.WriteLine(status);
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task ServeAsync(RolloutLoop loop, AgentPages pages, string url, string state, ILogger log, CancellationToken cancel)
    {
        await using LoopbackServer server = await LoopbackServer.StartAsync(url, pages.AnswerAsync, cancel);
        log.LogInformation("Ticking the rollouts in {State}; status page at {Url}/", state, server.Url);
        if (!JournalStores.IsDatabase(state) && !Directory.Exists(state)) log.LogWarning("There is no folder {State} yet: rollouts are picked up when it appears.", state);
        await loop.RunAsync(cancel);
        log.LogInformation("Stopped. Rollouts stand where their journals say; the next run goes on from there.");
    }
}
