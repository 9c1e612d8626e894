using System.Text.Json;

namespace ReadyOps.Simulation;

/// <summary>
/// Where a rollout stands by its journal: a second fold, written after the documentation and not after the engine's, from the bytes
/// on the disk.
/// </summary>
internal sealed partial class Ledger(string stream)
{
    public string Stream { get; } = stream;

    public string Id => Stream["rollouts/".Length..];

    public bool IsStarted { get; private set; }

    public string Phase { get; private set; } = "pending";

    public string? PausedBy { get; private set; }

    public decimal Share { get; private set; }

    public decimal InitialShare { get; private set; }

    public int Step { get; private set; }

    public DateTimeOffset StartedAt { get; private set; }

    public DateTimeOffset StepStart { get; private set; }

    public DateTimeOffset LastAt { get; private set; }

    public int Acts { get; private set; }

    public LedgerAct? OpenAct { get; private set; }

    /// <summary>Whether the journal says that the open act failed at least once.</summary>
    public bool HasActFailed { get; private set; }

    public decimal RollbackTo { get; private set; }

    public bool IsRollbackAsked { get; private set; }

    public int Rollbacks { get; private set; }

    public bool ClockWasSetBack { get; private set; }

    /// <summary>Number of the last event that called a person.</summary>
    public int EscalatedAt { get; private set; } = -100;

    /// <summary>What demands that it be paused, until it is.</summary>
    public string? MustPause { get; private set; }

    /// <summary>Number of the event that the rollback began with.</summary>
    public int RollbackEvent { get; private set; }

    /// <summary>When the rollback began.</summary>
    public DateTimeOffset RollbackAt { get; private set; }

    /// <summary>Since when the target could not be read.</summary>
    public DateTimeOffset? UnreadableSince { get; private set; }

    /// <summary>What the one that intended the open act had seen.</summary>
    public Look? IntendedBy { get; private set; }

    /// <summary>Number of the event that intended the last act.</summary>
    public int IntendedEvent { get; private set; }

    /// <summary>How often it was told that the whole takes too long.</summary>
    public int DeadlinesTold { get; private set; }

    /// <summary>How often the clock was set back.</summary>
    public int ClockSetBacks { get; private set; }

    /// <summary>Number of the last event that paused.</summary>
    public int PausedEvent { get; private set; } = -1;

    public int Events { get; private set; }

    /// <summary>The step whose end was journalled last.</summary>
    public int PassedStep { get; private set; }

    /// <summary>What promotion a person asked for and got no answer to yet: <c>step</c> or <c>full</c>.</summary>
    public string? Promotion { get; private set; }

    public bool IsPromotionForced { get; private set; }

    /// <summary>The step that a person let it enter before its time.</summary>
    public int PromotedTo { get; private set; }

    /// <summary>Whether another rollout has the target by now.</summary>
    public bool IsTakenOver { get; set; }

    public bool Ended => Phase is "succeeded" or "rolledBack" or "failed" or "superseded";

    public bool IsPaused { get; private set; }

    public bool IsActive => IsStarted && !Ended;

    /// <summary>The samples that sources answered with while its journal was held, by series, in order.</summary>
    public Dictionary<string, List<(DateTimeOffset Time, bool Good)>> Delivered { get; } = [];

    /// <summary>Up to when each source has answered.</summary>
    public Dictionary<string, long> DeliveredUntil { get; } = [];

    /// <summary>How many of them were there when the release began to be taken back: what was bad then is not held against what comes.</summary>
    public Dictionary<string, int> Forgotten { get; } = [];

    /// <summary>The series that could not be asked at least once.</summary>
    public HashSet<string> Erred { get; } = [];

    /// <summary>Since when a series could not be asked, by the clock of the first that noticed and lived to say so.</summary>
    public Dictionary<string, DateTimeOffset> ErredSince { get; } = [];

    /// <summary>How often in a row a check failed for those that lived to say so; a lower bound of what counts.</summary>
    public Dictionary<string, int> FailedInARow { get; } = [];

    private DateTimeOffset _pausedAt;
    private TimeSpan _pausedInStep;

    /// <summary>For how long the present step is held, pauses not counted.</summary>
    public TimeSpan Held(DateTimeOffset now) =>
        now - StepStart - _pausedInStep - (IsPaused ? now - Max(_pausedAt, StepStart) : TimeSpan.Zero);

    public LedgerView View() => new(IsPaused ? "paused" : Phase, Share, Step, StepStart, LastAt, ClockSetBacks, Events);

    public void Apply(string type, JsonElement data, DateTimeOffset time, Look look)
    {
        Events++;
        if (type == "TornTailRemoved") return;
        DateTimeOffset at = type == "ClockSetBack" ? time : Max(time, LastAt);
        LedgerAct? open = OpenAct;
        ApplyAct(type, data, at, look);
        ApplyPhase(type, data, at);
        ApplyNote(type, at);
        ApplyMore(type, data, at, look, open);
        ApplyWindow(type, data);
        LastAt = at;
    }

    /// <summary>What was intended and done, and what persons asked to be done.</summary>
    private void ApplyAct(string type, JsonElement data, DateTimeOffset at, Look look)
    {
        switch (type)
        {
            case "ShareIntended":
                OpenAct = new LedgerAct(data.GetProperty("act").GetInt32(), data.GetProperty("purpose").GetString()!, data.GetProperty("step").GetInt32(), data.GetProperty("to").GetDecimal(),
                    data.TryGetProperty("forced", out JsonElement forced) && forced.GetBoolean()) { Allow = Names(data, "allow"), At = at };
                HasActFailed = false;
                (Acts, IntendedBy, IntendedEvent) = (OpenAct.Number, look, Events);
                break;
            case "ShareSet":
                Allowed = Names(data, "allowed") ?? Allowed;
                Arrive(data.GetProperty("percent").GetDecimal(), at);
                break;
            case "ShareFailed":
                HasActFailed = true;
                break;
            case "ShareAbandoned":
                OpenAct = null;
                break;
            case "StepPassed":
                PassedStep = data.GetProperty("step").GetInt32();
                break;
            case "PromotionRequested":
                Promotion = data.GetProperty("full").GetBoolean() ? "full" : "step";
                IsPromotionForced = data.GetProperty("force").GetBoolean();
                break;
            case "PromotionRefused":
                Promotion = null;
                break;
            case "StepPromoted":
                (Promotion, PromotedTo) = (null, data.GetProperty("to").GetInt32());
                break;
        }
    }

    /// <summary>What it moved on to.</summary>
    private void ApplyPhase(string type, JsonElement data, DateTimeOffset at)
    {
        switch (type)
        {
            case "RolloutStarted":
                (IsStarted, StartedAt, StepStart, Share) = (true, at, at, data.GetProperty("initialPercent").GetDecimal());
                (InitialShare, Allowed) = (Share, Names(data, "allowed") ?? []);
                break;
            case "RolloutPaused":
                if (!IsPaused) _pausedAt = at;
                MustPause = null;
                (IsPaused, PausedBy, PausedEvent) = (true, data.GetProperty("cause").GetString(), Events);
                // Whoever pauses has the last word.
                if (PausedBy == "operator") Promotion = null;
                break;
            case "RolloutResumed":
                MustPause = null;
                if (IsPaused) _pausedInStep += at - Max(_pausedAt, StepStart);
                IsPaused = false;
                break;
            case "RollbackRequested":
                IsRollbackAsked = true;
                if (!Ended) break;
                Phase = "baking";
                // What happened since it ended says nothing about the way back, and is not asked for.
                foreach (string series in DeliveredUntil.Keys) DeliveredUntil[series] = Math.Max(DeliveredUntil[series], at.UtcTicks);
                break;
            case "RollbackStarted":
                (Phase, IsPaused, IsRollbackAsked, OpenAct, Promotion, RollbackTo) = ("rollingBack", false, false, null, null, data.GetProperty("to").GetDecimal());
                Rollbacks++;
                (RollbackEvent, RollbackAt) = (Events, at);
                foreach ((string series, List<(DateTimeOffset Time, bool Good)> samples) in Delivered) Forgotten[series] = samples.Count;
                MustPause = null;
                EnterStep(at);
                break;
            case "RolledBack":
                (Phase, Share) = ("rolledBack", data.GetProperty("percent").GetDecimal());
                break;
            case "BakeStarted":
                Phase = "baking";
                if (!IsWindow) EnterStep(at);
                break;
            case "RolloutSucceeded":
                (Phase, IsPaused) = ("succeeded", false);
                break;
            case "RolloutFailed":
                (Phase, IsPaused) = ("failed", false);
                break;
            case "RolloutSuperseded":
                (Phase, IsPaused) = ("superseded", false);
                break;
        }
    }

    /// <summary>What was noticed.</summary>
    private void ApplyNote(string type, DateTimeOffset at)
    {
        switch (type)
        {
            case "RolloutEscalated":
                EscalatedAt = Events;
                break;
            case "DriftDetected" when Phase != "rollingBack":
                MustPause = "the share was changed by hand";
                break;
            case "TargetUnreadable":
                UnreadableSince ??= at;
                break;
            case "TargetReadable":
                UnreadableSince = null;
                break;
            case "StableFailing":
                MustPause = "the stable side fails too";
                break;
            case "ClockSetBack":
                ClockWasSetBack = true;
                ClockSetBacks++;
                MustPause = Phase == "rollingBack" ? null : "the clock was set back";
                _pausedAt = _pausedAt < at ? _pausedAt : at;
                // What lies in the time to come is asked for again.
                foreach (string series in DeliveredUntil.Keys) DeliveredUntil[series] = Math.Min(DeliveredUntil[series], at.UtcTicks);
                foreach (List<(DateTimeOffset Time, bool Good)> samples in Delivered.Values) samples.RemoveAll(sample => sample.Time > at);
                EnterStep(at);
                break;
        }
    }

    private void Arrive(decimal percent, DateTimeOffset at)
    {
        Share = percent;
        if (OpenAct is { Purpose: "step" } act) (Phase, Step) = ("progressing", act.Step);
        if (OpenAct is { Purpose: "step" or "rollback" }) EnterStep(at);
        OpenAct = null;
    }

    private void EnterStep(DateTimeOffset at)
    {
        (StepStart, _pausedInStep) = (at, TimeSpan.Zero);
        ForgetWaiting();
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
