using Spectre.Console;

namespace ReadyOps.Agent.Demo;

/// <summary>Shows the demo as one live picture on a terminal.</summary>
internal sealed class LiveScreen(IAnsiConsole console) : DemoScreen
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(200);

    public override async Task ShowAsync(DemoRun run, CancellationToken cancel)
    {
        DateTimeOffset begun = DateTimeOffset.UtcNow;
        console.MarkupLine($"[grey]{Markup.Escape(string.Join(' ', DemoSummary.Introduction))}[/]");
        Task demo = Task.Run(() => run.RunAsync(cancel), CancellationToken.None);
        foreach (DemoChapter chapter in run.Chapters)
        {
            while (!demo.IsCompleted && run.Current != chapter) await Task.WhenAny(demo, Task.Delay(Refresh, CancellationToken.None));
            if (run.Current != chapter) break;
            await console.Live(LivePicture.Of(chapter, begun)).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
            {
                while (!demo.IsCompleted && run.Current == chapter)
                {
                    await Task.WhenAny(demo, Task.Delay(Refresh, CancellationToken.None));
                    live.UpdateTarget(LivePicture.Of(chapter, begun));
                }
            });
        }

        await demo;
    }

    public override void ShowSummary(DemoRun run, IReadOnlyList<string> shortcomings, bool kept)
    {
        var summary = new DemoSummary(run);
        Table table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey).HideHeaders();
        table.AddColumn("").AddColumn("").AddColumn("");
        foreach ((string name, string first, string second) in summary.Rows)
            table.AddRow($"[grey]{Markup.Escape(name)}[/]", Cell(name, first), Cell(name, second));
        console.Write(table);
        console.MarkupLine($"[grey]{Markup.Escape(summary.Journals(kept))}[/]");
        foreach (string shortcoming in shortcomings) console.MarkupLine($"[red bold]✖[/] {Markup.Escape(shortcoming)}");
        if (shortcomings.Count > 0) return;
        console.MarkupLine($"[green bold]✔[/] [bold]{Markup.Escape(DemoSummary.Verdict)}[/]");
        console.MarkupLine($"[grey]{Markup.Escape(DemoSummary.ReadOn)}[/]");
    }

    private static string Cell(string name, string text) => (name, text) switch
    {
        ("outcome", "Succeeded") => $"[green bold]{text}[/]",
        ("outcome", _) => $"[yellow bold]{Markup.Escape(text)}[/]",
        (_, "-") => "[grey]–[/]",
        ("share", _) => Markup.Escape(text.Replace(" > ", " → ", StringComparison.Ordinal)),
        _ => Markup.Escape(text),
    };
}
