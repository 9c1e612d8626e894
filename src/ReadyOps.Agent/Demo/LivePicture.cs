using System.Globalization;
using ReadyOps.Core.Documents;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace ReadyOps.Agent.Demo;

/// <summary>One moment of the demo as a picture of 80 by 24.</summary>
internal static class LivePicture
{
    public const int LeastWidth = 78;

    public const int LeastHeight = 23;

    private const int ChartWidth = 18;
    private const int MostLines = 6;
    private const string Blocks = "▁▂▃▄▅▆▇█";

    // Two borders and two paddings of the frame.
    private static int Width => AnsiConsole.Profile.Width - 4;

    /// <summary>Draws.</summary>
    /// <param name="chapter">What is going on.</param>
    /// <param name="begun">When the demo began; times are told from then.</param>
    public static IRenderable Of(DemoChapter chapter, DateTimeOffset begun)
    {
        string elapsed = (DateTimeOffset.UtcNow - begun).ToString(@"m\:ss", CultureInfo.InvariantCulture);
        var rows = new Rows(Headline(chapter), new Text(""), Sides(chapter), new Text(""), Signals(chapter), new Text(""), Lines(chapter, begun));
        return new Panel(rows)
            .Header($" [bold]ReadyOps demo[/]  [grey]{Markup.Escape($"{chapter.Release} replaces {chapter.Stable} · {chapter.Promise}")}  {elapsed}[/] ")
            .Border(BoxBorder.Rounded).BorderColor(Color.Grey).Expand();
    }

    private static IRenderable Headline(DemoChapter chapter)
    {
        if (chapter.Status is not { } status)
            return new Rows(new Markup(chapter.Gate is null ? "[bold]The gate is looking[/]" : "[bold]The gate has decided[/]"), new Text(" "), new Text(" "));
        string colour = Colour(status.Phase);
        string step = status.Phase == RolloutPhase.Progressing ? string.Create(CultureInfo.InvariantCulture, $"  step {status.Step} of {status.StepCount}") : "";
        string share = string.Create(CultureInfo.InvariantCulture, $"{status.SharePercent,5:0.###} %");
        return new Rows(
            new Markup($"[{colour} bold]{status.Phase}[/]{step}"),
            new Markup($"{Bar(status.SharePercent, status.TargetPercent, Width - share.Length - 1, colour)} [bold]{share}[/]"),
            new Markup($"[grey]{Markup.Escape(Cut(status.Reason, Width))}[/]"));
    }

    private static IRenderable Sides(DemoChapter chapter)
    {
        IReadOnlyList<DemoPoint> points = chapter.Points;
        DemoPoint now = points.Count > 0 ? points[^1] : new DemoPoint(0, default, default);
        Table table = Plain(("version", 9), ("requests/s", 12), ("errors", 8), ("P95", 9), ("errors over time", ChartWidth + 2), ("share over time", ChartWidth));
        table.AddRow(Cells(chapter.Stable, now.Stable, Chart(points, point => point.Stable.Failed ?? 0, 1), Chart(points, point => (double)(100 - point.Share), 100)));
        table.AddRow(Cells(chapter.Release, now.New, Chart(points, point => point.New.Failed ?? 0, 1), Chart(points, point => (double)point.Share, 100)));
        return table;
    }

    private static IRenderable[] Cells(string version, (double Rate, double? Failed, double? P95) seen, string errors, string shares)
    {
        string failed = seen.Failed is { } share ? Quantities.Format(Math.Round(share, 3), Unit.Ratio) : "–";
        string p95 = seen.P95 is { } seconds ? Quantities.Format(Math.Round(seconds, 3), Unit.Seconds) : "–";
        return
        [
            new Markup($"[bold]{version}[/]"),
            new Text(seen.Rate.ToString("0", CultureInfo.InvariantCulture)),
            new Markup(seen.Failed > 0.01 ? $"[red]{failed}[/]" : failed),
            new Markup(seen.P95 > 0.5 ? $"[red]{p95}[/]" : p95),
            new Markup(errors.Any(block => block != Blocks[0]) ? $"[red]{errors}[/]" : $"[grey]{errors}[/]"),
            new Markup($"[blue]{shares}[/]"),
        ];
    }

    private static IRenderable Signals(DemoChapter chapter)
    {
        Table table = Plain(("signal", 14), ("verdict", 16), ("value", 10), ("bound", 11), ("", 25));
        IReadOnlyList<SignalStatus> signals = chapter.Status?.Signals ?? [];
        foreach (SignalStatus signal in signals)
        {
            (string glyph, string colour) = signal.Verdict switch
            {
                Verdict.Pass => ("✔", "green"),
                Verdict.Fail => ("✖", "red"),
                _ => ("·", "yellow"),
            };
            Unit unit = signal.Bound?.Unit ?? Unit.None;
            string value = signal.Value is { } known ? Quantities.Format(Math.Round(known, 4), unit) : "–";
            string note = signal switch
            {
                { State: SignalState.Breached } => "[red bold]breached[/]",
                { TimeToBreach: { } left } => $"[red]{Quantities.Format(TimeSpan.FromSeconds(Math.Round(left.TotalSeconds)))} more would be a breach[/]",
                { Verdict: Verdict.Inconclusive } => string.Create(CultureInfo.InvariantCulture, $"[grey]{signal.Samples} of {signal.MinSamples} samples so far[/]"),
                { Verdict: Verdict.Skipped } => "[grey]nothing is exposed[/]",
                _ => "",
            };
            table.AddRow(new Text(signal.Signal), new Markup($"[{colour}]{glyph} {signal.Verdict}[/]"), new Text(value), new Text(signal.Bound?.Text ?? ""), new Markup(note));
        }

        for (int missing = signals.Count; missing < 3; missing++) table.AddRow(new Text(" "));
        return table;
    }

    private static IRenderable Lines(DemoChapter chapter, DateTimeOffset begun)
    {
        var lines = new List<IRenderable>();
        foreach (DemoLine line in chapter.Lines.TakeLast(MostLines))
        {
            string colour = line.Tone switch { DemoTone.Good => "green", DemoTone.Bad => "red", DemoTone.Aside => "yellow", _ => "default" };
            string at = string.Create(CultureInfo.InvariantCulture, $"{Math.Max((line.Time - begun).TotalSeconds, 0),5:0.0}s");
            lines.Add(new Markup($"[grey]{at}[/]  [{colour}]{Markup.Escape(Cut(line.Text, Width - 8))}[/]"));
        }

        while (lines.Count < MostLines) lines.Add(new Text(" "));
        return new Rows(lines);
    }

    private static Table Plain(params (string Name, int Width)[] columns)
    {
        // Fixed widths, so that the picture does not jump with its figures.
        Table table = new Table().Border(TableBorder.None);
        foreach ((string name, int width) in columns) table.AddColumn(new TableColumn($"[grey]{name}[/]").NoWrap().Width(width).PadLeft(0).PadRight(0));
        return table;
    }

    private static string Bar(decimal share, decimal aim, int width, string colour)
    {
        int full = (int)Math.Round(share / 100 * width);
        if (share > 0 && full == 0) full = 1;
        int wanted = Math.Clamp((int)Math.Round(aim / 100 * width), 0, width) - full;
        return $"[{colour}]{new string('█', full)}[/][grey]{new string('▒', Math.Max(wanted, 0))}{new string('░', width - full - Math.Max(wanted, 0))}[/]";
    }

    private static string Chart(IReadOnlyList<DemoPoint> points, Func<DemoPoint, double> value, double most)
    {
        IEnumerable<char> blocks = points.TakeLast(ChartWidth * 2).Chunk(2).Select(pair => pair.Max(value))
            .Select(v => Blocks[Math.Clamp((int)Math.Ceiling(v / most * (Blocks.Length - 1)), 0, Blocks.Length - 1)]);
        return new string([.. blocks]);
    }

    private static string Cut(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, Math.Max(width - 1, 0)), "…");

    private static string Colour(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Succeeded => "green",
        RolloutPhase.RollingBack or RolloutPhase.Failed => "red",
        RolloutPhase.RolledBack or RolloutPhase.Paused => "yellow",
        _ => "blue",
    };
}
