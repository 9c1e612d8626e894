using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Agent.Demo;

/// <summary>Tells the demo line by line, for logs and pipes: ASCII, no colour, no cursor.</summary>
internal sealed class LineScreen(TextWriter output) : DemoScreen
{
    private readonly object _gate = new();

    public override async Task ShowAsync(DemoRun run, CancellationToken cancel)
    {
        DateTimeOffset begun = DateTimeOffset.UtcNow;
        foreach (string sentence in DemoSummary.Introduction) Write(sentence);
        foreach (DemoChapter chapter in run.Chapters)
        {
            bool introduced = false;
            chapter.Told += line =>
            {
                lock (_gate)
                {
                    if (!introduced) Write($"{Environment.NewLine}{chapter.Release} replaces {chapter.Stable}: {chapter.Promise}");
                    introduced = true;
                    TimeSpan at = line.Time - begun;
                    Write(string.Create(CultureInfo.InvariantCulture, $"{Math.Max(at.TotalSeconds, 0),5:0.0}s  {line.Text}{Figures(chapter, line)}"));
                }
            };
        }

        await run.RunAsync(cancel);
    }

    public override void ShowSummary(DemoRun run, IReadOnlyList<string> shortcomings, bool kept)
    {
        Write("");
        var summary = new DemoSummary(run);
        int width = summary.Rows.Max(row => row.Name.Length);
        foreach ((string name, string first, string second) in summary.Rows) Write($"{name.PadRight(width)}  {first,-24}  {second}".TrimEnd());
        Write("");
        Write(summary.Journals(kept));
        foreach (string shortcoming in shortcomings) Write($"FAILED: {shortcoming}");
        if (shortcomings.Count > 0) return;
        Write(DemoSummary.Verdict);
        Write(DemoSummary.ReadOn);
    }

    private static string Figures(DemoChapter chapter, DemoLine line)
    {
        if (line.Tone == DemoTone.Aside || chapter.Points is not [.., { New.P95: { } p95 } point]) return "";
        return $" [{chapter.Release}: errors {Quantities.Format(Math.Round(point.New.Failed ?? 0, 3), Unit.Ratio)}, P95 {Quantities.Format(Math.Round(p95, 3), Unit.Seconds)}]";
    }

    private void Write(string text) => output.WriteLine(text);
}
