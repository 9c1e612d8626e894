using System.Globalization;
using System.Text;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Reports;

/// <summary>The report of one checkpoint of a monitoring window, in Markdown.</summary>
public static class CheckpointReport
{
    /// <summary>What the file of a report is called: <c>after-2.4.0-20261121T101500000Z-checkpoint-07.md</c>.</summary>
    public static string FileName(MonitoringWindow window, MonitoringCheckpoint reached)
    {
        int digits = window.CheckpointCount.ToString(CultureInfo.InvariantCulture).Length;
        return $"{window.Id}-checkpoint-{reached.Number.ToString("D" + digits, CultureInfo.InvariantCulture)}.md";
    }

    /// <summary>The report.</summary>
    public static string Write(MonitoringWindow window, MonitoringCheckpoint reached)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {MarkdownText.Inline(window.Name)} {MarkdownText.Inline(window.Release)}: checkpoint {reached.Number} of {window.CheckpointCount}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"**{(reached.Missed ? "Missed" : reached.Verdict)}**: {MarkdownText.Inline(reached.Reason)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Due {Time(reached.DueAt)}, reported {Time(reached.ReportedAt)}. The window began {Time(window.StartedAt)} and ends {Time(window.EndsAt)}. Journal: `rollouts/{window.Id}`.\n");
        if (reached.Signals.Count > 0) text.Append("\n| Signal | Verdict | Value | Least | Greatest | Samples | Bad | Longest silence | Why |\n|---|---|---:|---:|---:|---:|---:|---:|---|\n");
        foreach (MonitoringReading reading in reached.Signals)
        {
            Unit unit = window.Signals.FirstOrDefault(signal => signal.Signal == reading.Signal)?.Bound?.Unit ?? Unit.None;
            string[] cells =
            [
                MarkdownText.Inline(reading.Signal), $"{reading.Verdict}", Number(reading.Value, unit), Number(reading.Min, unit), Number(reading.Max, unit),
                reading.Samples.ToString(CultureInfo.InvariantCulture), reading.Bad.ToString(CultureInfo.InvariantCulture),
                Quantities.Format(TimeSpan.FromSeconds(Math.Round(reading.Silence.TotalSeconds))), MarkdownText.Inline(reading.Reason),
            ];
            text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |\n");
        }

        return text.ToString();
    }

    private static string Number(double? value, Unit unit) => value is { } number ? Quantities.Format(number, unit) : "";

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
