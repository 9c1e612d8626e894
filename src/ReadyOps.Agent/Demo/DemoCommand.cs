using System.CommandLine;
using System.Diagnostics;
using Spectre.Console;

namespace ReadyOps.Agent.Demo;

/// <summary><c>readyops demo</c>.</summary>
internal static class DemoCommand
{
    // Counted from the start of the process, so that even a machine that is slow to start it is done within 90 s.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(82);

    public static Command Create()
    {
        var keep = new Option<bool>("--keep") { Description = "Keep the folder with the journals and documents, and say where it is" };
        var show = new Option<bool>("--show-document") { Description = "Print the rollout document that the demo runs by, and stop" };
        var command = new Command("demo", "Rolls out a healthy release and a faulty one of a small service on this machine, in about 40 seconds") { keep, show };
        command.SetAction((parsed, cancel) =>
        {
            if (!parsed.GetValue(show)) return RunAsync(parsed.GetValue(keep), cancel);
            Console.Out.Write(DemoDocuments.Text(DemoDocuments.Rollout));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static async Task<int> RunAsync(bool keep, CancellationToken cancel)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("readyops-demo-");
        DemoScreen screen = DemoScreen.ForConsole();
        try
        {
            TimeSpan left = Longest - (DateTime.Now - Process.GetCurrentProcess().StartTime);
            using var limit = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
            string? failure = null;
            await using var run = new DemoRun(folder.FullName);
            try
            {
                await screen.ShowAsync(run, either.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
            {
                failure = $"The demo did not end within {Longest.TotalSeconds:0} s. It stood at: {run.Current.Status}";
            }
            catch (Exception e) when (e is ReadyOpsException or DocumentException or IOException or UnauthorizedAccessException)
            {
                failure = e.Message;
            }

            IReadOnlyList<string> shortcomings = failure is null ? run.Shortcomings() : [failure];
            screen.ShowSummary(run, shortcomings, keep);
            return shortcomings.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            AnsiConsole.MarkupLine("[yellow]Stopped.[/]");
            return ExitCode.Interrupted;
        }
        finally
        {
            if (!keep) Delete(folder);
        }
    }

    private static void Delete(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"{folder.FullName} could not be removed: {e.Message}");
        }
    }
}
