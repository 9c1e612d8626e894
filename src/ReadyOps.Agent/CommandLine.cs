using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using ReadyOps.Agent.Demo;
using ReadyOps.Agent.Running;

namespace ReadyOps.Agent;

/// <summary>What <c>readyops</c> understands.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = Build().Parse(args);
        if (parsed.Errors.Count > 0) return Refuse(parsed);
        using var signals = new StopSignals();
        try
        {
            // Signals are handled here: a rollout's act under way must be finished, however long the default would wait.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, signals.Token);
        }
        catch (ReadyOpsException e)
        {
            return Tell(e.Message, e.NextStep);
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Tell(e.Message, "");
        }
    }

    /// <summary>The commands.</summary>
    public static Command Build()
    {
        var root = new Command("readyops", "Rolls releases out step by step, watches them, and takes them back by itself when they go wrong.")
        {
            new HelpOption(),
            new VersionOption(),
            DemoCommand.Create(),
            RunCommand.Create(),
            StatusCommand.Create(),
        };
        root.SetAction(parsed => { new HelpAction().Invoke(parsed); });
        return root;
    }

    /// <summary>The folder of the journals, or their database.</summary>
    public static Option<string?> StateOption() => new("--state")
    {
        HelpName = "DIR",
        Description = $"Folder of the journals, or secret:NAME or env:NAME of the connection string of a PostgreSQL database [default: ${Core.Journal.JournalFolder.Variable}, or .readyops]",
    };

    private static int Refuse(ParseResult parsed)
    {
        TextWriter error = parsed.InvocationConfiguration.Error;
        foreach (ParseError problem in parsed.Errors.DistinctBy(problem => problem.Message)) error.WriteLine($"error: {problem.Message}");
        foreach (string wrong in parsed.UnmatchedTokens)
            if (Nearest(parsed, wrong) is { } meant) error.WriteLine($"       Did you mean '{meant}'?");
        error.WriteLine($"       '{Path(parsed.CommandResult)} --help' lists what there is.");
        return ExitCode.Usage;
    }

    private static string? Nearest(ParseResult parsed, string wrong)
    {
        Command command = parsed.CommandResult.Command;
        IEnumerable<string> known = wrong.StartsWith('-') ? command.Options.Select(option => option.Name) : command.Subcommands.Select(sub => sub.Name);
        return Core.Documents.Suggestion.Nearest(wrong, known);
    }

    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : result.Command.Name;

    private static int Tell(string message, string nextStep)
    {
        Console.Error.WriteLine($"error: {message}");
        if (nextStep.Length > 0) Console.Error.WriteLine($"       {nextStep}");
        return ExitCode.Failed;
    }
}
