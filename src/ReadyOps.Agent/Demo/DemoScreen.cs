using System.Text;
using Spectre.Console;

namespace ReadyOps.Agent.Demo;

/// <summary>Shows the demo to whoever watches.</summary>
internal abstract class DemoScreen
{
    /// <summary>A live picture on a terminal that can show one, plain lines everywhere else.</summary>
    public static DemoScreen ForConsole()
    {
        bool isTerminal = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities is { Ansi: true, Interactive: true };
        if (!isTerminal || AnsiConsole.Profile.Width < LivePicture.LeastWidth || AnsiConsole.Profile.Height < LivePicture.LeastHeight)
            return new LineScreen(Console.Out);
        // Windows consoles would print the blocks of the charts as question marks.
        Console.OutputEncoding = Encoding.UTF8;
        return new LiveScreen(AnsiConsole.Console);
    }

    /// <summary>Runs the demo and shows it meanwhile.</summary>
    public abstract Task ShowAsync(DemoRun run, CancellationToken cancel);

    /// <summary>Shows what came of it.</summary>
    /// <param name="run">The demo, ended.</param>
    /// <param name="shortcomings">What is not as promised; empty when all is well.</param>
    /// <param name="kept">Whether its folder stays.</param>
    public abstract void ShowSummary(DemoRun run, IReadOnlyList<string> shortcomings, bool kept);
}
