namespace ReadyOps.Core.Flags.Rules;

/// <summary>One evaluation under way: what rules look at, and what went wrong.</summary>
internal ref struct RuleFrame
{
    private TimeProvider? _clock;
    private long _timestamp;

    /// <param name="flag">The flag.</param>
    /// <param name="context">The context of the caller.</param>
    /// <param name="now">The time, or <see langword="null"/> for that of the clock.</param>
    /// <param name="clock">The clock, which is looked at only where a rule asks for the time.</param>
    public RuleFrame(CompiledFlag flag, in FlagContext context, DateTimeOffset? now, TimeProvider clock)
    {
        (Flag, Context) = (flag, context);
        if (now is { } given) _timestamp = given.ToUnixTimeSeconds();
        else _clock = clock;
    }

    /// <summary>The context of the caller.</summary>
    public FlagContext Context;

    /// <summary>The flag.</summary>
    public CompiledFlag Flag;

    /// <summary>How often something of the context was taken for a rule.</summary>
    public int Reinterpretations;

    /// <summary>Whether <see cref="Data"/> is what <c>var</c> looks at, and not the context.</summary>
    public bool IsInner;

    /// <summary>The item that an operator on lists has come to.</summary>
    public FlagValue Data;

    /// <summary>Around an inner rule: where its variables are looked up first.</summary>
    public OuterScope? Outer;

    /// <summary>What went wrong first; the evaluation then has no result, but goes on without harm.</summary>
    public string? Error;

    /// <summary>Takes down what is looked at, where somebody wants to know.</summary>
    public RuleTrace? Trace;

    /// <summary>Seconds since 1970, the same throughout an evaluation.</summary>
    public long Timestamp
    {
        get
        {
            if (_clock is null) return _timestamp;
            _timestamp = _clock.GetUtcNow().ToUnixTimeSeconds();
            _clock = null;
            return _timestamp;
        }
    }

    public readonly string FlagKey => Flag.Key;

    public FlagValue Fail(string why)
    {
        Error ??= why;
        return default;
    }

    /// <summary>The context as a rule sees it whole.</summary>
    public FlagValue Root()
    {
        FlagObject properties = new(["flagKey", "timestamp"], [FlagKey, Timestamp]);
        FlagObject members = Context.Attributes.With("$flagd", FlagValue.Of(properties));
        return FlagValue.Of(Context.TargetingKey is { } key ? members.With(FlagContext.TargetingKeyName, key) : members);
    }
}

/// <summary>
/// Data around an inner rule. The engine of flagd's core puts the values of the outer data into the rule of <c>filter</c>, <c>none</c> and
/// <c>some</c> before it looks at items, so a name that both have means the outer one.
/// </summary>
/// <param name="IsInner">Whether the data is an item, and not the context.</param>
/// <param name="Data">The item.</param>
/// <param name="Next">The data around it, which goes before.</param>
internal sealed record OuterScope(bool IsInner, FlagValue Data, OuterScope? Next);
