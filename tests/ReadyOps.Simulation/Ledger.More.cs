using System.Text.Json;

namespace ReadyOps.Simulation;

/// <summary>The part of a rollout's journal that is about several targets, named people, what steps wait for, and who is called.</summary>
internal sealed partial class Ledger
{
    /// <summary>Who was last named and read back.</summary>
    public IReadOnlyList<string> Allowed { get; private set; } = [];

    /// <summary>Who started it.</summary>
    public string? StartedBy { get; private set; }

    /// <summary>Whether anybody has the release.</summary>
    public bool IsExposed => Share > 0 || Allowed.Count > 0;

    /// <summary>What each target was told to expose when that was last not what was set.</summary>
    public string? Drift { get; private set; }

    /// <summary>The same, once a person saw it and let the rollout go on.</summary>
    public string? Undo { get; private set; }

    /// <summary>Number of the last event that gave an act up.</summary>
    public int AbandonedEvent { get; private set; } = -1;

    /// <summary>Who gave it up.</summary>
    public Look? AbandonedBy { get; private set; }

    /// <summary>Whether it was a rise that had happened in part.</summary>
    public bool IsHalfWay { get; private set; }

    /// <summary>Whether it was noted that the next step waits for people.</summary>
    public bool AwaitsPeople { get; private set; }

    /// <summary>Whether people were called to approve the next step.</summary>
    public bool PeopleCalled { get; private set; }

    /// <summary>Whether it was noted after that, so that they are not called again.</summary>
    public bool PeopleWereAwaited { get; private set; }

    /// <summary>The step that was said to wait for something last; 0 for none.</summary>
    public int AwaitedStep { get; private set; }

    /// <summary>What for.</summary>
    public string? AwaitedWhat { get; private set; }

    /// <summary>Whether it was told that the present step takes too long.</summary>
    public bool StepDeadlineTold { get; private set; }

    /// <summary>The times that a person was called.</summary>
    public List<LedgerCall> Calls { get; } = [];

    /// <summary>Names of people in an event; nothing where it names none.</summary>
    public static IReadOnlyList<string>? Names(JsonElement data, string member) =>
        data.TryGetProperty(member, out JsonElement names) ? [.. names.EnumerateArray().Select(name => name.GetString()!)] : null;

    private void ForgetWaiting() => (AwaitsPeople, PeopleCalled, PeopleWereAwaited, StepDeadlineTold, AwaitedStep, AwaitedWhat) = (false, false, false, false, 0, null);

    private void ApplyMore(string type, JsonElement data, DateTimeOffset at, Look look, LedgerAct? open)
    {
        switch (type)
        {
            case "RolloutStarted":
                StartedBy = data.TryGetProperty("by", out JsonElement by) ? by.GetString() : null;
                break;
            case "ShareAbandoned":
                (AbandonedEvent, AbandonedBy) = (Events, look);
                IsHalfWay = open is { Purpose: "step" } && look.All.All(one => one.Told is not null)
                    && (look.Read > Share + LawBook.Tolerance || (look.NamesPeople && look.All.Any(one => one.Named?.Except(Allowed).Any() == true)))
                    // Not while a person paused, where that would give it back to anybody from whom it was taken by hand.
                    && !(IsPaused && PausedBy == "operator" && look.All.Any(one => one.Told < Share - LawBook.Tolerance || (look.NamesPeople && Allowed.Except(one.Named ?? []).Any())));
                break;
            case "DriftDetected":
                decimal[] shares = data.TryGetProperty("shares", out JsonElement each) ? [.. each.EnumerateArray().Select(one => one.GetProperty("percent").GetDecimal())] : [data.GetProperty("observed").GetDecimal()];
                (Drift, Undo) = (Look.SignatureOf(shares, Names(data, "allowed")), null);
                break;
            case "DriftGone" or "ShareSet":
                (Drift, Undo) = (null, null);
                break;
            case "RolloutResumed":
                Undo = Drift;
                break;
            case "RolloutPaused" when PausedBy == "operator":
                Undo = null;
                break;
            case "StepAwaited":
                (AwaitedStep, AwaitedWhat, AwaitsPeople) = (data.GetProperty("step").GetInt32(), data.GetProperty("what").GetString(), data.GetProperty("people").GetBoolean());
                PeopleWereAwaited |= AwaitsPeople;
                break;
            case "StepCleared":
                (AwaitedStep, AwaitedWhat, AwaitsPeople) = (0, null, false);
                break;
            case "DeadlinePassed" when data.GetProperty("step").GetInt32() > 0:
                StepDeadlineTold = true;
                break;
            case "DeadlinePassed":
                DeadlinesTold++;
                break;
            case "RolloutEscalated":
                string reason = data.GetProperty("reason").GetString()!;
                PeopleCalled |= IsForPeople(reason);
                Calls.Add(new LedgerCall(reason, Events));
                break;
            case "EscalationSent" or "EscalationNotSent":
                ApplyHook(data);
                break;
            case "ClockSetBack":
                // What lies in the time to come is due now.
                foreach (LedgerCall call in Calls)
                    foreach ((string hook, (int attempts, DateTimeOffset? next)) in call.Tries.ToArray()) call.Tries[hook] = (attempts, next > at ? at : next);
                break;
        }
    }

    /// <summary>Whether people are called for the step that comes next.</summary>
    public static bool IsForPeople(string reason) => reason.StartsWith("Step ", StringComparison.Ordinal) && reason.Contains("waits for people", StringComparison.Ordinal);

    private void ApplyHook(JsonElement data)
    {
        LedgerCall call = Calls[data.GetProperty("number").GetInt32() - 1];
        string hook = data.GetProperty("hook").GetString()!;
        DateTimeOffset? again = data.TryGetProperty("retryAt", out JsonElement time) ? time.GetDateTimeOffset() : null;
        call.Tries[hook] = (data.GetProperty("attempt").GetInt32(), again);
    }
}

/// <summary>One time that a person was called, and the number of the event that did.</summary>
internal sealed record LedgerCall(string Reason, int Event)
{
    /// <summary>By hook: how often it was tried, and when it is tried again; nothing once it took it or was given up.</summary>
    public Dictionary<string, (int Attempts, DateTimeOffset? NextAt)> Tries { get; } = [];

    public bool IsDone(string hook) => Tries.TryGetValue(hook, out (int, DateTimeOffset? NextAt) tried) && tried.NextAt is null;
}

/// <summary>An act whose intent is journalled.</summary>
internal sealed record LedgerAct(int Number, string Purpose, int Step, decimal To, bool Forced)
{
    /// <summary>Whom it names; nothing where the rollout names nobody.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>When it was intended.</summary>
    public DateTimeOffset At { get; init; }
}
