using ReadyOps.Agent.Demo;
using Spectre.Console;

namespace ReadyOps.Scenario.Tests.Agent;

public sealed class LivePictureTests
{
    private static readonly DateTimeOffset Begun = DateTimeOffset.UtcNow;

    [Fact]
    public void It_fits_a_terminal_of_80_by_24_from_the_first_moment_to_the_fullest()
    {
        var chapter = new DemoChapter("2.1", "2.0", "fails under load");
        AssertFits(Draw(chapter));

        chapter.Status = new RolloutStatus
        {
            Phase = RolloutPhase.Progressing,
            SharePercent = 25,
            TargetPercent = 50,
            Step = 2,
            StepCount = 4,
            Reason = new string('x', 300),
            Signals =
            [
                .. new[] { "error-rate", "latency-p95", "health" }.Select(name => new SignalStatus
                {
                    Signal = name,
                    Verdict = name == "health" ? Verdict.Inconclusive : Verdict.Fail,
                    State = SignalState.Pending,
                    Value = 0.123456,
                    Bound = new Bound("<= 500ms", BoundOperator.LessOrEqual, Unit.Seconds, [0.5]),
                    TimeToBreach = name == "health" ? null : TimeSpan.FromSeconds(3),
                    Samples = 12,
                    MinSamples = 20,
                }),
            ],
        };
        for (int i = 0; i < 200; i++)
        {
            chapter.Measure(new DemoPoint(25, (1234, 1, 12.345), (1234, 0.123, 12.345)));
            chapter.Tell(Begun.AddSeconds(i), $"[red]markup of others[/] {new string('y', 200)}", DemoTone.Bad);
        }

        string[] lines = Draw(chapter);
        AssertFits(lines);
        Assert.Equal(Draw(new DemoChapter("2.1", "2.0", "fails under load")).Length, lines.Length);
        Assert.Contains(lines, line => line.Contains("Progressing  step 2 of 4", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("25 %", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("[red]markup of others[/]", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("199.0s", StringComparison.Ordinal));
    }

    private static void AssertFits(string[] lines)
    {
        Assert.True(lines.Length < 24, string.Join('\n', lines));
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
    }

    private static string[] Draw(DemoChapter chapter)
    {
        using var writer = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 80;
        console.Write(LivePicture.Of(chapter, Begun));
        return writer.ToString().TrimEnd('\n', '\r').Split('\n');
    }
}
