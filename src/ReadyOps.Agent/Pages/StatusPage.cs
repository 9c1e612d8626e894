using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using ReadyOps.Agent.Running;
using ReadyOps.Core.Documents;

namespace ReadyOps.Agent.Pages;

/// <summary>
/// The status page: plain HTML that reloads itself. No script and nothing from elsewhere, which its security policy also demands,
/// so that not even a text that slipped through unescaped could run.
/// </summary>
internal static class StatusPage
{
    private const int MostEnded = 20;

    private static readonly string Style = ReadStyle();

    /// <summary>The Content-Security-Policy: only the style of the page itself.</summary>
    public static string SecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Writes the page.</summary>
    /// <param name="entries">The rollouts.</param>
    /// <param name="events">The last news of those under way, newest first.</param>
    /// <param name="problems">What keeps rollouts from their ticks.</param>
    /// <param name="location">Where the journals are.</param>
    /// <param name="now">The present.</param>
    public static string Write(IReadOnlyList<RolloutBoard.Entry> entries, IReadOnlyList<JournalEvent> events, IReadOnlyList<string> problems, string location, DateTimeOffset now)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .Append("<meta http-equiv=\"refresh\" content=\"5\">\n<title>ReadyOps</title>\n<style>").Append(Style).Append("</style>\n</head>\n<body>\n")
            .Append(CultureInfo.InvariantCulture, $"<header><h1>ReadyOps</h1><span class=\"dim\">{Text(location)} · {Time(now)}</span></header>\n");
        foreach (string problem in problems) page.Append(CultureInfo.InvariantCulture, $"<p class=\"bad\">{Text(problem)}</p>\n");

        RolloutBoard.Entry[] active = [.. entries.Where(entry => entry.Status is null or { Ended: false })];
        page.Append("<main>\n<h2>Under way</h2>\n");
        if (active.Length == 0) page.Append("<p class=\"dim\">No rollout is under way.</p>\n");
        foreach (RolloutBoard.Entry entry in active) WriteRollout(page, entry, now);
        WriteEvents(page, events);
        WriteEnded(page, [.. entries.Select(entry => entry.Status).OfType<RolloutStatus>().Where(status => status.Ended).OrderByDescending(status => status.LastEventAt)]);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void WriteRollout(StringBuilder page, RolloutBoard.Entry entry, DateTimeOffset now)
    {
        page.Append("<section class=\"card\">\n");
        if (entry.Problem is { } problem) page.Append(CultureInfo.InvariantCulture, $"<p class=\"bad\"><code>{Text(entry.Id)}</code> {Text(problem)}</p>\n");
        if (entry.Status is { } status)
        {
            string tone = Tone(status.Phase);
            page.Append(CultureInfo.InvariantCulture, $"<div class=\"row\"><h3>{Text(status.Name)} {Text(status.Release)}</h3><span><b class=\"{tone}\">{status.Phase}</b> · {Percent(status.SharePercent)} · step {status.Step} of {status.StepCount}</span></div>\n")
                .Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"share {Percent(status.SharePercent)}\"><rect class=\"track\" width=\"100\" height=\"4\"/><rect class=\"aim\" width=\"{Number(status.TargetPercent)}\" height=\"4\"/><rect class=\"share {tone}\" width=\"{Number(status.SharePercent)}\" height=\"4\"/></svg>\n")
                .Append(CultureInfo.InvariantCulture, $"<p>{Text(status.Reason)}</p>\n")
                .Append(CultureInfo.InvariantCulture, $"<p class=\"dim\"><code>{Text(status.Id)}</code> · {Text(status.Target)} · started {Time(status.StartedAt)} · last tick {Ago(now - entry.AliveAt)}</p>\n");
            WriteSignals(page, status.Signals);
        }

        page.Append("</section>\n");
    }

    private static void WriteSignals(StringBuilder page, IReadOnlyList<SignalStatus> signals)
    {
        if (signals.Count == 0) return;
        page.Append("<div class=\"scroll\"><table>\n<tr><th>Signal</th><th>Verdict</th><th>Value</th><th>Bound</th><th>Why</th></tr>\n");
        foreach (SignalStatus signal in signals)
        {
            string tone = signal.Verdict switch { Verdict.Pass => "good", Verdict.Fail => "bad", Verdict.Skipped => "dim", _ => "warn" };
            string value = signal.Value is { } known ? Quantities.Format(known, signal.Bound?.Unit ?? Unit.None) : "–";
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(signal.Signal)}</td><td class=\"{tone}\">{signal.Verdict}</td><td>{Text(value)}</td><td>{Text(signal.Bound?.Text ?? "")}</td><td>{Text(signal.Reason)}</td></tr>\n");
        }

        page.Append("</table></div>\n");
    }

    private static void WriteEvents(StringBuilder page, IReadOnlyList<JournalEvent> events)
    {
        if (events.Count == 0) return;
        page.Append("<h2>Journal</h2>\n<div class=\"scroll\"><table>\n<tr><th>Time</th><th>Event</th><th>What</th><th>Who</th></tr>\n");
        foreach (JournalEvent one in events)
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Time(one.Time)}</td><td><code>{Text(one.ToString())}</code></td><td>{Text(EventText.Of(one))}</td><td>{Text(one.Actor)}</td></tr>\n");
        page.Append("</table></div>\n");
    }

    private static void WriteEnded(StringBuilder page, IReadOnlyList<RolloutStatus> ended)
    {
        if (ended.Count == 0) return;
        page.Append("<h2>Ended</h2>\n<div class=\"scroll\"><table>\n<tr><th>Rollout</th><th>Outcome</th><th>Share</th><th>Ended</th><th>Why</th></tr>\n");
        foreach (RolloutStatus one in ended.Take(MostEnded))
            page.Append(CultureInfo.InvariantCulture, $"<tr><td><code>{Text(one.Id)}</code></td><td class=\"{Tone(one.Phase)}\">{one.Phase}</td><td>{Percent(one.SharePercent)}</td><td>{(one.LastEventAt is { } at ? Time(at) : "")}</td><td>{Text(one.Reason)}</td></tr>\n");
        page.Append("</table></div>\n");
        if (ended.Count > MostEnded) page.Append(CultureInfo.InvariantCulture, $"<p class=\"dim\">{ended.Count - MostEnded} older ones are not shown.</p>\n");
    }

    private static string Tone(RolloutPhase phase) => phase switch
    {
        RolloutPhase.Succeeded => "good",
        RolloutPhase.RollingBack or RolloutPhase.Failed => "bad",
        RolloutPhase.RolledBack or RolloutPhase.Paused => "warn",
        RolloutPhase.Superseded => "dim",
        _ => "go",
    };

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Number(decimal number) => number.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Percent(decimal percent) => $"{Number(percent)} %";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Ago(TimeSpan span) => span < TimeSpan.FromSeconds(1) ? "just now" : $"{Quantities.Format(TimeSpan.FromSeconds(Math.Round(span.TotalSeconds)))} ago";

    private static string ReadStyle()
    {
        using Stream stream = typeof(StatusPage).Assembly.GetManifestResourceStream("status.css")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
