using System.Text.Json;

namespace ReadyOps.Simulation;

/// <summary>What must hold of calling people through hooks.</summary>
internal sealed partial class LawBook
{
    /// <summary>Whether a rollout has still to tell somebody.</summary>
    public bool IsCalling(Ledger ledger) => world.Plan.Hooks is { } hooks && ledger.Calls.Any(call => hooks.Names.Any(hook => !call.IsDone(hook)));

    /// <summary>In the end each escalation has reached each hook, or was given up.</summary>
    public void AllAreCalled()
    {
        // What a process wrote that did not live to tell may say more.
        foreach (Ledger ledger in Ledgers.Where(ledger => world.Disk.Files[ledger.Stream] is { } file && file.Length == file.Acknowledged)) Hold(Law.HooksAreReached, !IsCalling(ledger), $"{ledger.Id} never tells of {ledger.Calls.FirstOrDefault(call => world.Plan.Hooks!.Names.Any(hook => !call.IsDone(hook)))?.Reason}");
    }

    /// <summary>Called before a hook takes an escalation.</summary>
    public void BeforeHook(SimProcess process, string hook, string key)
    {
        // Who stood still until its lease was over tells it once more than it should; nothing can keep it from that.
        if (IsLate(process)) return;
        int mark = key.LastIndexOf('#');
        bool isKnown = process.Held is { } held && mark > 0 && key[..mark] == held.Id && int.TryParse(key[(mark + 1)..], out int number) && number >= 1 && number <= held.Calls.Count;
        Hold(Law.HooksAreReached, isKnown, $"the {hook} is told of {key}, which is not in the journal that is held");
        if (!isKnown) return;
        (Ledger ledger, Look look) = (process.Held!, process.Look);
        LedgerCall call = ledger.Calls[int.Parse(key[(mark + 1)..], System.Globalization.CultureInfo.InvariantCulture) - 1];
        look.Called.Add(ledger.Stream);
        Hold(Law.HooksAreToldOnce, !call.IsDone(hook), $"the {hook} is told of {key} again, which it took or which was given up");
        if (call.Tries.TryGetValue(hook, out (int Attempts, DateTimeOffset? NextAt) tried) && look.Jumps == world.Jumps)
            Hold(Law.HooksAreSpaced, ledger.Ended || process.Agent.Clock.Now >= tried.NextAt, $"the {hook} is tried again before {tried.NextAt:HH:mm:ss}");
        // Whatever else there was to do is done by now.
        Hold(Law.NothingWaitsForHooks, !ledger.IsRollbackAsked || ledger.Ended, $"the {hook} is told while a rollback waits");
        if (!ledger.Ended && ledger.Phase != "rollingBack") HoldBreachAnswered(ledger, look);
    }

    private void BeforeHookOutcome(Ledger ledger, string type, JsonElement data, DateTimeOffset time, Look look)
    {
        SimHookPlan plan = world.Plan.Hooks!;
        int number = data.GetProperty("number").GetInt32(), attempt = data.GetProperty("attempt").GetInt32();
        string hook = data.GetProperty("hook").GetString()!;
        LedgerCall call = ledger.Calls[number - 1];
        int before = call.Tries.TryGetValue(hook, out (int Attempts, DateTimeOffset?) tried) ? tried.Attempts : 0;
        Hold(Law.HooksAreToldOnce, !call.IsDone(hook), $"an outcome of {hook} for escalation {number}, which is done");
        Hold(Law.HooksAreSpaced, attempt == before + 1, $"try {attempt} of {hook} follows try {before}");
        if (type == "EscalationSent")
        {
            Hold(Law.HooksAreReached, world.Hooks!.HasTaken(hook, $"{ledger.Id}#{number}"), $"the {hook} is said to have taken escalation {number}, and has not");
            return;
        }

        DateTimeOffset? again = data.TryGetProperty("retryAt", out JsonElement retry) ? retry.GetDateTimeOffset() : null;
        Hold(Law.HooksAreReached, again is null == attempt >= plan.Attempts, $"try {attempt} of {plan.Attempts} of {hook} is {(again is null ? "the last" : "not the last")}");
        if (again is not { } next || look.Jumps < world.Jumps) return;
        // Half a minute, then twice as long each time, up to half an hour; from when it failed, which others may have been waited for behind.
        TimeSpan pause = TimeSpan.FromSeconds(Math.Min(30 * (1 << (attempt - 1)), 1800));
        Hold(Law.HooksAreSpaced, next - time <= pause && (world.Profile.Agents > 1 || world.Profile.Has(Fault.Frozen) || next - time >= pause - plan.Timeout), $"try {attempt} of {hook} at {time:HH:mm:ss} is followed by one at {next:HH:mm:ss}");
    }

    /// <summary>Whatever was due is tried by the tick.</summary>
    private void AfterHooks(Ledger ledger, Look look, DateTimeOffset now)
    {
        // A clock corrected by a little gets there soon.
        if (now < ledger.LastAt || world.Plan.Hooks is not { } hooks || look.Jumps < world.Jumps || ledger.Phase == "superseded") return;
        foreach (LedgerCall call in ledger.Calls)
        {
            foreach (string hook in hooks.Names)
            {
                bool wasTried = call.Tries.TryGetValue(hook, out (int Attempts, DateTimeOffset? NextAt) tried);
                Hold(Law.HooksAreReached, wasTried && (tried.NextAt is not { } next || next > look.FirstHeardAt), $"the {hook} was to be told by {tried.NextAt:HH:mm:ss}: {call.Reason}");
            }
        }
    }
}
