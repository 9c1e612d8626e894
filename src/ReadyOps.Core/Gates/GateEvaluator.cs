using Microsoft.Extensions.Logging;
using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Gates;

/// <summary>Runs the checks of a gate and decides.</summary>
public static class GateEvaluator
{
    /// <summary>Evaluates a gate: its prerequisites first, and the sections only when all of those pass.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="release">The release that is asked about; <see langword="null"/> for the one its document names.</param>
    /// <param name="context">Clock, HTTP and secrets.</param>
    /// <param name="progress">Is told each piece of evidence in the order of the document.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped: there is no result of half a gate.</exception>
    public static async Task<GateResult> EvaluateAsync(
        GateDefinition gate, string? release, EngineContext context, IProgress<Evidence>? progress, CancellationToken cancel)
    {
        long started = context.Clock.GetTimestamp();
        context = await OnSharedClockAsync(gate.Name, context, cancel).ConfigureAwait(false);
        var earlier = new EarlierResults(gate.Name, context.Journals);
        context = context with
        {
            Scene = new CheckScene { Document = gate.Name, Release = release ?? gate.Release, Digest = gate.Digest, EarlierAsync = earlier.OfAsync },
        };
        List<Evidence> prerequisites = await RunAsync(gate.Prerequisites, gate, context, progress, cancel).ConfigureAwait(false);
        bool ready = prerequisites.All(one => one.Verdict == Verdict.Pass);
        CheckDefinition[] checks = [.. gate.Sections.SelectMany(section => section.Checks)];
        // All sections run together: nothing of one depends on another.
        List<Evidence> seen = ready
            ? await RunAsync(checks, gate, context, progress, cancel).ConfigureAwait(false)
            : [.. checks.Select(check => NotRun(check, context))];

        List<IReadOnlyList<Evidence>> bySection = [];
        int at = 0;
        foreach (GateSectionDefinition section in gate.Sections)
        {
            bySection.Add(seen.GetRange(at, section.Checks.Count));
            at += section.Checks.Count;
        }

        (GateStatus status, string reason) = ready ? GateRules.Decide(gate, bySection) : (GateStatus.Skipped, GateRules.SkippedReason(prerequisites));
        var result = new GateResult
        {
            Gate = gate.Name,
            Release = release ?? gate.Release,
            Status = status,
            Score = GateRules.Score(gate, bySection, Counts).Percent,
            PassScore = (double)gate.PassScore,
            Reason = reason,
            Prerequisites = prerequisites,
            Sections = [.. gate.Sections.Select((section, i) => Section(section, bySection[i]))],
            Time = context.Clock.GetUtcNow(),
            Duration = context.Clock.GetElapsedTime(started),
            Digest = gate.Digest,
            ValidUntil = status == GateStatus.Passed ? GateRules.ValidUntil(gate, prerequisites, bySection) : null,
        };
        context.Logs.CreateLogger("ReadyOps.Gates").LogInformation("{Gate}: {Status}: {Reason}", result.Gate, result.Status, result.Reason);
        return result;
    }

    /// <summary>
    /// Goes by the clock of the store that the result is for, if it has one: how old evidence is must not depend on which machine asks.
    /// A store shows its clock with its first answer.
    /// </summary>
    private static async ValueTask<EngineContext> OnSharedClockAsync(string gate, EngineContext context, CancellationToken cancel)
    {
        if (context.Journals is not { Clock: not null } store) return context;
        try
        {
            await store.ExistsAsync(GateJournal.StreamOf(gate), cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException)
        {
            // Whatever needs the store says so itself, and who only asks without a record goes by the machine's clock.
        }

        return context.On(store);
    }

    private static bool Counts(Verdict verdict) => verdict == Verdict.Pass;

    private static GateSection Section(GateSectionDefinition section, IReadOnlyList<Evidence> evidence) => new()
    {
        Name = section.Name,
        Weight = (double)section.Weight,
        Score = GateRules.SectionScore(section, evidence, Counts).Percent,
        Evidence = evidence,
    };

    private static async Task<List<Evidence>> RunAsync(
        IReadOnlyList<CheckDefinition> checks, GateDefinition gate, EngineContext context, IProgress<Evidence>? progress, CancellationToken cancel)
    {
        List<Evidence> all = [];
        await foreach (Evidence evidence in CheckRunner.RunAsync(checks, new RunOptions { Throttle = gate.Throttle }, context, cancel).ConfigureAwait(false))
        {
            all.Add(evidence);
            progress?.Report(evidence);
        }

        return all;
    }

    private static Evidence NotRun(CheckDefinition check, EngineContext context) => new()
    {
        Check = check.Name,
        Type = check.Type,
        Verdict = Verdict.Skipped,
        Reason = "Not run, because a prerequisite of the gate is unmet.",
        Time = context.Clock.GetUtcNow(),
        Attempts = 0,
        Source = check.Source,
        From = check.From,
        Guessed = check.Guessed,
    };
}
