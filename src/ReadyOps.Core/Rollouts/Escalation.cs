using System.Collections.Immutable;

namespace ReadyOps.Core.Rollouts;

/// <summary>One time that a person was called, and whom that reached.</summary>
/// <param name="Number">Its number in the rollout, from 1.</param>
/// <param name="Reason">What to look at.</param>
/// <param name="At">When.</param>
public sealed record Escalation(int Number, string Reason, DateTimeOffset At)
{
    /// <summary>The hooks that took it, or were given up on.</summary>
    public ImmutableHashSet<string> Done { get; init; } = [];

    /// <summary>How often each other hook was tried, and when it is to be tried again.</summary>
    public ImmutableDictionary<string, (int Attempts, DateTimeOffset NextAt)> Tries { get; init; } = ImmutableDictionary<string, (int, DateTimeOffset)>.Empty;

    /// <summary>The same after a clock was set back: what is left to be tried is due by then.</summary>
    internal Escalation Rewind(DateTimeOffset now) => this with
    {
        At = At < now ? At : now,
        Tries = Tries.ToImmutableDictionary(tried => tried.Key, tried => (tried.Value.Attempts, tried.Value.NextAt < now ? tried.Value.NextAt : now)),
    };

    /// <summary>
    /// Whether a try is due, of the hooks that are left. One that lies further ahead than it was ever put off was timed by a clock that was
    /// set back since, which nobody notes of a rollout that has ended.
    /// </summary>
    internal bool IsDue(EscalationHooks hooks, DateTimeOffset now) => hooks.Names.Where(hook => !Done.Contains(hook)).Any(hook =>
        !Tries.TryGetValue(hook, out (int Attempts, DateTimeOffset NextAt) tried) || tried.NextAt <= now || tried.NextAt - now > EscalationHooks.PauseAfter(tried.Attempts));

    /// <summary>When the next try is due, of the hooks that are left.</summary>
    public DateTimeOffset? NextAt(EscalationHooks hooks)
    {
        DateTimeOffset[] open = [.. hooks.Names.Where(hook => !Done.Contains(hook)).Select(hook => Tries.TryGetValue(hook, out (int, DateTimeOffset At) tried) ? tried.At : At)];
        return open.Length > 0 ? open.Min() : null;
    }
}

/// <summary>A hook took an escalation.</summary>
/// <param name="Number">The escalation.</param>
/// <param name="Hook">The hook.</param>
/// <param name="Attempt">At which try, from 1.</param>
public sealed record EscalationSent(int Number, string Hook, int Attempt) : RolloutEvent;

/// <summary>A hook did not take an escalation.</summary>
/// <param name="Number">The escalation.</param>
/// <param name="Hook">The hook.</param>
/// <param name="Attempt">At which try, from 1.</param>
/// <param name="Error">Why not.</param>
/// <param name="RetryAt">When it is tried again; <see langword="null"/> when it is given up.</param>
public sealed record EscalationNotSent(int Number, string Hook, int Attempt, string Error, DateTimeOffset? RetryAt) : RolloutEvent;
