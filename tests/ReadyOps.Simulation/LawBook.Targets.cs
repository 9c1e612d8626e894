using System.Text.Json;

namespace ReadyOps.Simulation;

/// <summary>What must hold of several targets as one, and of people who are named before any share.</summary>
internal sealed partial class LawBook
{
    /// <summary>They rise in their order, the first that fails stops those after it, and none rises while one cannot be read.</summary>
    private void HoldTogether(Look look, LedgerAct act, int target, decimal percent, IReadOnlyList<string>? named)
    {
        for (int i = 0; i < look.Targets; i++)
        {
            TargetLook other = look.Of(i);
            if (i == target) continue;
            Hold(Law.TargetsMoveTogether, other.Seen is not null || other.Arrived is not null, $"target {target} rises to {percent}% while {i} cannot be read");
            if (i < target) Hold(Law.TargetsMoveTogether, other.Arrived == act.To || (other.Seen >= act.To && (named is null || other.Names(named))), $"target {target} rises to {percent}% before {i} does");
        }
    }

    /// <summary>One that hangs keeps no other from going back.</summary>
    private void HoldAllGoBack(Look look, LedgerAct act)
    {
        if (look.Targets == 1 || look.Act != act.Number) return;
        for (int i = 0; i < look.Targets; i++)
            Hold(Law.TargetsMoveTogether, look.Of(i).Tried || look.Of(i).Before is not { } share || share <= act.To + Tolerance, $"target {i} is left at {look.Of(i).Before}% on the way back to {act.To}%");
    }

    /// <summary>The outcome says what each of them read back, and that is what was intended.</summary>
    private void BeforeArrival(LedgerAct act, JsonElement data, Look look)
    {
        if (act.Allow is { } people)
        {
            IReadOnlyList<string>? noted = Ledger.Names(data, "allowed");
            Hold(Law.NamedByTheirStep, noted is not null && AreSame(noted, people) && look.Of(0).Names(people), $"{string.Join(' ', noted ?? [])} are noted and {string.Join(' ', look.Of(0).Named ?? [])} were read");
        }

        if (look.Targets == 1) return;
        decimal?[] told = [.. look.All.Select(one => one.Told)];
        Hold(Law.TargetsMoveTogether, told.All(share => share is { } one && (Math.Abs(one - act.To) <= Tolerance || (act.Purpose == "rollback" && one < act.To))), $"{look.Signature()} is taken for {act.To}%");
        if (!data.TryGetProperty("shares", out JsonElement shares)) Hold(Law.TargetsMoveTogether, false, $"the outcome of act {act.Number} does not say what each target exposes");
        else Hold(Law.TargetsMoveTogether, shares.EnumerateArray().Select(one => (decimal?)one.GetProperty("percent").GetDecimal()).SequenceEqual(told), $"{shares} is noted and {look.Signature()} was read");
    }

    /// <summary>An act names those of its step, a rollback nobody, and putting right those who are named already.</summary>
    private void BeforeNaming(Ledger ledger, string purpose, int step, JsonElement data)
    {
        IReadOnlyList<string>? allow = Ledger.Names(data, "allow");
        IReadOnlyList<string>? due = !world.Plan.Steps.NamesPeople ? null : purpose switch
        {
            "step" => world.Plan.Steps.Named(step),
            "rollback" => [],
            _ => ledger.Allowed,
        };
        Hold(Law.NamedByTheirStep, AreSame(allow, due), $"{purpose} {step} names {string.Join(' ', allow ?? [])} instead of {string.Join(' ', due ?? [])}");
    }

    /// <summary>What is put right is a rise that went half-way, or what a person saw before letting the rollout go on.</summary>
    private void BeforeRestore(Ledger ledger, Look look) =>
        Hold(Law.UndoesWhatWasSeen, ledger.AbandonedEvent == ledger.Events || (ledger.Undo is { } seen && seen == look.Signature()), $"{look.Signature()} is put right, and a person saw {ledger.Undo ?? "nothing"}");

    /// <summary>A rise that stays half done comes down and pauses, and none stays open while a person paused.</summary>
    private void AfterApart(Ledger ledger, Look look)
    {
        if (look.Open is not { Purpose: "step" } act || look.Jumps < world.Jumps || look.All.Any(one => one.First is null)) return;
        bool isOpen = ledger.OpenAct?.Number == act.Number;
        Hold(Law.TargetsMoveTogether, !isOpen || !ledger.IsPaused || ledger.PausedBy != "operator", $"act {act.Number} stays open while a person paused");
        if (look.Targets == 1 || world.Plan.Error.Action == "hold" || !AreClocksRight || look.FirstHeardAt - act.At < world.Plan.Error.After) return;
        if (look.All.All(one => one.First <= ledger.Share + Tolerance) || look.All.All(one => Math.Abs(one.First!.Value - act.To) <= Tolerance)) return;
        Hold(Law.TargetsMoveTogether, !isOpen, $"the targets are apart since {act.At:HH:mm:ss} and stay so");
        // Given up for something else, it need not pause.
        bool isHindered = world.Plan.Freeze is not null || world.Plan.Steps.Before(act.Step).Count > 0 || world.Plan.Signals.Any(signal => signal.IsCheck || SignalLaws.WhyNoPass(signal, ledger, look, look.DecidesAt) is not null);
        if (!isHindered) Hold(Law.TargetsMoveTogether, ledger.IsPaused, $"the targets were apart since {act.At:HH:mm:ss} and nobody is to look");
    }

    /// <summary>Whether people are among the first that are not among the second.</summary>
    private static bool Adds(IReadOnlyList<string>? people, IReadOnlyList<string> before) => people is not null && people.Except(before).Any();

    private static bool AreSame(IReadOnlyList<string>? some, IReadOnlyList<string>? others) =>
        some is null || others is null ? some is null && others is null : some.Count == others.Count && !some.Except(others).Any();
}
