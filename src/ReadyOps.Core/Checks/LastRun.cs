using System.Text.Json;

namespace ReadyOps.Core.Checks;

/// <summary>What a check compares with: what it left the last time it passed at its gate.</summary>
internal sealed record LastRun
{
    /// <summary>All that it left earlier, the newest first, whatever the verdict was.</summary>
    public IReadOnlyList<EarlierEvidence> Earlier { get; private init; } = [];

    /// <summary>What it left when it last passed, or <see langword="null"/>.</summary>
    public JsonElement? Memory { get; private init; }

    /// <summary>Why it cannot be known what it left; <see langword="null"/> when it can.</summary>
    public Observation? Unknown { get; private init; }

    /// <summary>Looks for it.</summary>
    /// <param name="context">The gate and its journal.</param>
    /// <param name="check">Name of the check.</param>
    /// <param name="cancel">Stops it.</param>
    public static async ValueTask<LastRun> FindAsync(EngineContext context, string check, CancellationToken cancel)
    {
        if (context.Scene is not { } scene || context.Journals is null)
        {
            return new LastRun
            {
                Unknown = Observation.Of(Verdict.Inconclusive, "There is no journal, so it is not known what the last run was like.") with
                {
                    NextStep = "Evaluate the gate with a journal, or name the reports of an earlier run with 'previous'.",
                },
            };
        }

        IReadOnlyList<EarlierEvidence> earlier = await scene.EarlierAsync(check, cancel).ConfigureAwait(false);
        return new LastRun { Earlier = earlier, Memory = earlier.FirstOrDefault(one => one.Verdict == Verdict.Pass && one.Memory is not null)?.Memory };
    }
}
