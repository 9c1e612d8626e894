using ReadyOps.Core.Flags.Rules;

namespace ReadyOps.Core.Flags;

/// <summary>One flag, ready to be evaluated by any number of threads.</summary>
internal sealed class CompiledFlag
{
    // What a rule may come to instead of a variant.
    private const int Nothing = -1;
    private const int Unknown = -2;
    private const int Failed = -3;
    private const int MostMasked = 64;

    // A rule that is nothing but shares by the keys is decided right here: by two shares, or by as many as there are.
    private readonly ulong[]? _ends;
    private readonly int[]? _variants;
    private readonly ulong _firstEnd;
    private readonly int _first;
    private readonly int _second;

    // Which variants are booleans, and which of them are true.
    private readonly ulong _booleans;
    private readonly ulong _true;

    public CompiledFlag(string key, string[] names, FlagValue[] values, int defaultVariant, RuleNode? rule, FlagBucketing bucketing)
    {
        (Key, Names, Values, Default, Rule, Bucketing) = (key, names, values, defaultVariant, rule, bucketing);
        Prefix = new HashPrefix(key);
        for (int i = 0; i < values.Length && i < MostMasked; i++)
        {
            if (values[i].Kind != FlagValueKind.Boolean) continue;
            _booleans |= 1UL << i;
            if (values[i].BooleanOf) _true |= 1UL << i;
        }

        if (bucketing != FlagBucketing.V2 || rule is not SharesNode { IsByKeys: true } shares) return;
        _ends = shares.Ends;
        _variants = Array.ConvertAll(shares.Variants, IndexOf);
        if (_ends.Length != 2) return;
        (_firstEnd, _first, _second) = (_ends[0], _variants[0], _variants[1]);
        _variants = null;
    }

    public string Key { get; }

    public bool Enabled { get; init; }

    public string[] Names { get; }

    public FlagValue[] Values { get; }

    /// <summary>The index of the default variant; -1 where the caller's own default counts.</summary>
    public int Default { get; }

    /// <summary>The targeting; <see langword="null"/> for none.</summary>
    public RuleNode? Rule { get; }

    public FlagBucketing Bucketing { get; }

    /// <summary>The key as far as it can be hashed before the targeting key is known.</summary>
    public HashPrefix Prefix { get; }

    /// <summary>The metadata of the flag over those of its set.</summary>
    public FlagObject Metadata { get; init; } = FlagObject.Empty;

    /// <summary>Where the definition begins in the set's JSON.</summary>
    public int Start { get; init; }

    /// <summary>Where it is written.</summary>
    public FlagPlace Place { get; init; }

    /// <summary>What the flag says for a context.</summary>
    public FlagOutcome Evaluate(in FlagContext context, DateTimeOffset? now, TimeProvider clock)
    {
        if (!Enabled) return new FlagOutcome(this, -1, FlagReason.Disabled);
        if (Rule is null) return new FlagOutcome(this, Default, Default < 0 ? FlagReason.Default : FlagReason.Static);
        if (_ends is not null && context.TargetingKey is { Length: > 0 } key && Dealt(key) is var dealt && dealt >= 0) return new FlagOutcome(this, dealt, FlagReason.TargetingMatch);
        var frame = new RuleFrame(this, context, now, clock);
        return Evaluate(Rule, ref frame);
    }

    /// <summary>The value for a context, or the caller's own default where there is none or it is no boolean.</summary>
    public bool EvaluateBoolean(in FlagContext context, bool fallback, DateTimeOffset? now, TimeProvider clock)
    {
        if (!Enabled) return fallback;
        int index = -1;
        if (Rule is null) index = Default;
        else if (_ends is not null && context.TargetingKey is { Length: > 0 } key) index = Dealt(key);
        if (index < 0 && Rule is not null)
        {
            var frame = new RuleFrame(this, context, now, clock);
            index = Match(Rule, ref frame, out _);
            if (index == Nothing) index = Default;
        }

        if (index < 0) return fallback;
        if (index >= MostMasked) return Values[index].Kind == FlagValueKind.Boolean ? Values[index].BooleanOf : fallback;
        ulong bit = 1UL << index;
        return (_booleans & bit) == 0 ? fallback : (_true & bit) != 0;
    }

    /// <summary>What a rule, in place of the flag's own, says.</summary>
    public FlagOutcome Evaluate(RuleNode rule, ref RuleFrame frame)
    {
        int index = Match(rule, ref frame, out string? detail);
        return index switch
        {
            Failed => new FlagOutcome(this, -1, FlagReason.Error, FlagErrorCode.ParseError, detail),
            Unknown => new FlagOutcome(this, -1, FlagReason.Error, FlagErrorCode.General, detail),
            Nothing => new FlagOutcome(this, Default, FlagReason.Default),
            _ => new FlagOutcome(this, index, FlagReason.TargetingMatch),
        };
    }

    /// <summary>The variant that a rule names; otherwise what it comes to instead, and what there is to say about that.</summary>
    private int Match(RuleNode rule, ref RuleFrame frame, out string? detail)
    {
        FlagValue result = rule.Evaluate(ref frame);
        detail = frame.Error;
        if (detail is not null) return Failed;
        if (result.IsNull) return Nothing;
        if (result.Kind == FlagValueKind.String)
        {
            // Names that are written in a rule are the very texts of the variants.
            string text = result.TextOf;
            for (int i = 0; i < Names.Length; i++)
                if (ReferenceEquals(Names[i], text)) return i;
        }

        if (FlagJson.TryVariantName(result, out string name))
        {
            int at = Array.IndexOf(Names, name);
            if (at >= 0) return at;
            detail = name;
            return Unknown;
        }

        detail = "the targeting comes to a number that is not finite";
        return Failed;
    }

    private int Dealt(string key)
    {
        ulong hash = Prefix.Hash(key);
        if (_variants is null) return hash < _firstEnd ? _first : _second;
        return _variants[SharesNode.Choose(hash, _ends!)];
    }

    // Anything that is not simply the name of a variant is left to the rule.
    private int IndexOf(FlagValue value) => FlagJson.TryVariantName(value, out string name) && Array.IndexOf(Names, name) is var at && at >= 0 && !value.IsNull ? at : Unknown;
}
