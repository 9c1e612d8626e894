using System.Text.Json;

namespace ReadyOps.Simulation;

/// <summary>What the journal of a monitoring window tells.</summary>
internal sealed partial class Ledger
{
    /// <summary>Whether it only watches.</summary>
    public bool IsWindow { get; private set; }

    /// <summary>The checkpoints that were reported.</summary>
    public List<LedgerCheckpoint> Checkpoints { get; } = [];

    /// <summary>Up to when each signal was taken in for good.</summary>
    public Dictionary<string, DateTimeOffset> Observed { get; } = [];

    /// <summary>Up to when each signal is told of in a report.</summary>
    public Dictionary<string, DateTimeOffset> Reported { get; } = [];

    /// <summary>How often a breach was told that the stable side shares.</summary>
    public int StableTold { get; private set; }

    /// <summary>Whether a breach has had its answer.</summary>
    public bool IsBreachAnswered => Rollbacks > 0 || Phase == "failed";

    private void ApplyWindow(string type, JsonElement data)
    {
        switch (type)
        {
            case "RolloutStarted":
                IsWindow = data.GetProperty("document").TryGetProperty("kind", out JsonElement kind) && kind.GetString() == "Monitor";
                break;
            case "SignalsObserved":
                foreach (JsonElement signal in data.GetProperty("signals").EnumerateArray())
                    Observed[signal.GetProperty("signal").GetString()!] = signal.GetProperty("track").GetProperty("collectedUntil").GetDateTimeOffset();
                break;
            case "StableFailing":
                StableTold++;
                break;
            case "CheckpointReached":
                bool missed = data.GetProperty("missed").GetBoolean();
                Checkpoints.Add(new LedgerCheckpoint(missed, data.GetProperty("verdict").GetString()!, data.GetProperty("signals").EnumerateArray().Any(signal => signal.GetProperty("gap").GetBoolean())));
                if (missed) break;
                foreach ((string signal, DateTimeOffset until) in Observed) Reported[signal] = until;
                break;
        }
    }
}

/// <summary>A checkpoint that was reported.</summary>
internal sealed record LedgerCheckpoint(bool Missed, string Verdict, bool HasGap);
