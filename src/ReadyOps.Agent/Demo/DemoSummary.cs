using System.Globalization;

namespace ReadyOps.Agent.Demo;

/// <summary>What came of the demo, in words and figures.</summary>
internal sealed class DemoSummary(DemoRun run)
{
    /// <summary>What to say when all is well.</summary>
    public const string Verdict = "As promised: the healthy release went out, the faulty one was taken back.";

    /// <summary>What it is about, before it begins.</summary>
    public static IReadOnlyList<string> Introduction { get; } =
    [
        "Two releases of a small service go out on this machine, user by user. The services, the requests,",
        "the flag file, the gate, the rollout and the journal are real; only the holds are seconds.",
    ];

    /// <summary>Where to read on.</summary>
    public const string ReadOn = "'readyops demo --show-document' prints the document that it ran by.";

    /// <summary>Figures of both chapters, side by side.</summary>
    public IReadOnlyList<(string Name, string First, string Second)> Rows =>
    [
        Row("release", chapter => $"{chapter.Release} for {chapter.Stable}"),
        Row("gate", chapter => chapter.Gate is { } gate ? string.Create(CultureInfo.InvariantCulture, $"{gate.Status}, score {gate.Score:0.#}") : ""),
        Row("outcome", chapter => chapter.Status?.Phase.ToString() ?? "not started"),
        Row("share", chapter => $"{string.Join(" > ", chapter.Shares.Select(share => share.ToString("0.###", CultureInfo.InvariantCulture)))} %"),
        Row("took", chapter => Span(chapter.EndedAt - chapter.StartedAt)),
        Row("fault began", chapter => chapter.FaultAt is { } fault ? $"after {Span(fault - chapter.StartedAt)}" : "-"),
        Row("first seen", chapter => chapter.SeenAt is null ? "-" : $"{Span(chapter.SeenAt - chapter.FaultAt)} later"),
        Row("rollback decided", chapter => chapter.DecidedAt is null ? "-" : $"{Span(chapter.DecidedAt - chapter.SeenAt)} later (for: 3s)"),
        Row("back at 0 %", chapter => chapter.BackAt is null ? "-" : $"{Milliseconds(chapter.BackAt - chapter.DecidedAt)} later, read back"),
        Row("requests to it", chapter => string.Create(CultureInfo.InvariantCulture, $"{chapter.Answered.Requests}, {chapter.Answered.Failed} failed")),
        Row("routed to it afterwards", chapter => chapter.SentAfterwards?.ToString(CultureInfo.InvariantCulture) ?? "-"),
    ];

    /// <summary>What verifying the journals said, and where they are.</summary>
    public string Journals(bool kept)
    {
        int valid = run.Journals.Count(journal => journal.Valid);
        string where = kept ? $"{run.State} (kept)" : $"{run.State}, removed now; --keep keeps it";
        return string.Create(CultureInfo.InvariantCulture,
            $"Journals: {valid} of {run.Journals.Count} verified, {run.Journals.Sum(journal => journal.Events)} events, every hash recomputed. In {where}.");
    }

    private (string, string, string) Row(string name, Func<DemoChapter, string> figure) => (name, figure(run.Chapters[0]), figure(run.Chapters[1]));

    private static string Span(TimeSpan? span) => span is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalSeconds:0.0} s") : "-";

    private static string Milliseconds(TimeSpan? span) => span is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0} ms") : "-";
}
