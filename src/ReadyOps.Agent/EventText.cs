using System.Globalization;

namespace ReadyOps.Agent;

/// <summary>One line for a person about an event of a rollout's journal.</summary>
internal static class EventText
{
    /// <summary>Whether it is worth a line where space is short: what was seen at each tick is not.</summary>
    public static bool IsNews(JournalEvent happened) => happened.Type is not ("SignalsObserved" or "ShareIntended");

    /// <summary>What happened.</summary>
    public static string Of(JournalEvent happened)
    {
        return happened.Type switch
        {
            "RolloutStarted" => $"release {Text("release")} started",
            "ShareIntended" => $"about to set the share from {Percent("from")} to {Percent("to")}",
            "ShareSet" => $"the share is {Percent("percent")}, read back",
            "ShareFailed" => $"the share could not be set: {Text("error")}",
            "ShareAbandoned" => $"an act was given up: {Text("reason")}",
            "StepPassed" => $"step {Text("step")} passed",
            "DriftDetected" => $"the share is {Percent("observed")} instead of {Percent("expected")}",
            "DriftGone" => "the share is again what was set",
            "ClockSetBack" => $"the clock was set back from {Text("from")} to {Text("to")}",
            "TargetUnreadable" => $"the target cannot be read: {Text("error")}",
            "TargetReadable" => "the target can be read again",
            "RolloutPaused" => $"paused: {Text("reason")}",
            "RolloutResumed" => $"goes on: {Text("reason")}",
            "PromotionRequested" => $"a promotion was asked for: {Text("reason")}",
            "PromotionRefused" => $"not promoted: {Text("reason")}",
            "StepPromoted" => $"promoted to step {Text("to")}: {Text("reason")}",
            "TargetTakenOver" => $"the target was taken over from {Text("from")}",
            "EscalationSent" => $"the {Text("hook")} was told",
            "EscalationNotSent" => $"the {Text("hook")} could not be told: {Text("error")}",
            "StepAwaited" => Text("reason"),
            "StepCleared" => $"step {Text("step")} may be entered",
            "DeadlinePassed" => Text("step") == "0" ? "the deadline of the rollout has passed" : $"the deadline of step {Text("step")} has passed",
            "RollbackRequested" => $"a rollback was asked for: {Text("reason")}",
            "RollbackStarted" => $"ROLLING BACK: {Text("reason")}",
            "RolledBack" => $"rolled back: {Text("reason")}",
            "RolloutFailed" => $"failed: {Text("reason")}",
            "RolloutEscalated" => $"a person must look: {Text("reason")}",
            "RolloutSuperseded" => $"superseded by {Text("by")}",
            "BakeStarted" => "baking",
            "RolloutSucceeded" => "succeeded",
            "SignalNoted" => $"{(Text("dryRun") == "True" ? "dry run: " : "")}{Text("reason")}",
            "StableFailing" => $"the stable side fails {Text("signal")} too",
            _ => happened.Data.TryGetValue("reason", out object? reason) ? $"{happened.Type}: {reason}" : happened.Type,
        };

        string Text(string name) => Convert.ToString(happened.Data.GetValueOrDefault(name), CultureInfo.InvariantCulture) ?? "";

        string Percent(string name) => $"{Text(name)} %";
    }
}
