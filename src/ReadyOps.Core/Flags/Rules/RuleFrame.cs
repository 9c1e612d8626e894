namespace ReadyOps.Core.Flags.Rules;

/// <summary>One evaluation under way: what rules look at, and what went wrong.</summary>
internal struct RuleFrame
{
    private long _timestamp;
    private bool _timed;

    /// <summary>The context of the caller.</summary>
    public FlagContext Context;

    /// <summary>The key of the flag.</summary>
    public HashPrefix Flag;

    /// <summary>How <c>fractional</c> deals out.</summary>
    public FlagBucketing Bucketing;

    /// <summary>How often something of the context was taken for a rule.</summary>
    public int Reinterpretations;

    /// <summary>The time, or <see langword="null"/> for that of the clock.</summary>
    public DateTimeOffset? Now;

    public TimeProvider Clock;

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
            if (_timed) return _timestamp;
            _timestamp = (Now ?? Clock.GetUtcNow()).ToUnixTimeSeconds();
            _timed = true;
            return _timestamp;
        }
    }

    public readonly string FlagKey => Flag.Text;

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
