using ReadyOps.Core.Flags.Rules;

namespace ReadyOps.Core.Flags;

/// <summary>One flag, ready to be evaluated by any number of threads.</summary>
internal sealed class CompiledFlag
{
    public required string Key { get; init; }

    public required bool Enabled { get; init; }

    public required string[] Names { get; init; }

    public required FlagValue[] Values { get; init; }

    /// <summary>The index of the default variant; -1 where the caller's own default counts.</summary>
    public required int Default { get; init; }

    /// <summary>The targeting; <see langword="null"/> for none.</summary>
    public RuleNode? Rule { get; init; }

    /// <summary>The key as far as it can be hashed before the targeting key is known.</summary>
    public required HashPrefix Prefix { get; init; }

    /// <summary>The metadata of the flag over those of its set.</summary>
    public required FlagObject Metadata { get; init; }

    /// <summary>Where the definition begins in the set's JSON.</summary>
    public required int Start { get; init; }

    public required int Line { get; init; }

    public required int Column { get; init; }

    /// <summary>What the flag says for a context.</summary>
    public FlagOutcome Evaluate(in FlagContext context, DateTimeOffset? now, TimeProvider clock, FlagBucketing bucketing)
    {
        if (!Enabled) return new FlagOutcome(this, -1, FlagReason.Disabled);
        if (Rule is null) return new FlagOutcome(this, Default, Default < 0 ? FlagReason.Default : FlagReason.Static);
        var frame = new RuleFrame { Context = context, Flag = Prefix, Now = now, Clock = clock, Bucketing = bucketing };
        return Evaluate(Rule, ref frame);
    }

    /// <summary>What a rule, in place of the flag's own, says.</summary>
    public FlagOutcome Evaluate(RuleNode rule, ref RuleFrame frame)
    {
        FlagValue result = rule.Evaluate(ref frame);
        if (frame.Error is not null) return Failed(FlagErrorCode.ParseError, frame.Error);
        if (result.IsNull) return new FlagOutcome(this, Default, FlagReason.Default);
        if (result.Kind == FlagValueKind.String)
        {
            // Names that are written in a rule are the very texts of the variants.
            string text = result.TextOf;
            for (int i = 0; i < Names.Length; i++)
                if (ReferenceEquals(Names[i], text)) return new FlagOutcome(this, i, FlagReason.TargetingMatch);
        }

        if (!FlagJson.TryVariantName(result, out string name)) return Failed(FlagErrorCode.ParseError, "the targeting comes to a number that is not finite");
        int at = Array.IndexOf(Names, name);
        return at >= 0
            ? new FlagOutcome(this, at, FlagReason.TargetingMatch)
            : Failed(FlagErrorCode.General, name);
    }

    private FlagOutcome Failed(string code, string message) => new(this, -1, FlagReason.Error, code, message);
}

/// <summary>What an evaluation came to, before anybody asked for a type. An index of -1 means that the caller's own default counts.</summary>
internal readonly struct FlagOutcome(CompiledFlag? flag, int index, string reason, string? code = null, string? detail = null)
{
    public CompiledFlag? Flag => flag;

    public int Index => index;

    public string Reason => reason;

    public string? Code => code;

    public FlagValue Value => index < 0 ? default : flag!.Values[index];

    public string? Variant => index < 0 ? null : flag!.Names[index];

    /// <summary>What went wrong in a sentence, made only where it is asked for.</summary>
    public string? MessageFor(string key) => code switch
    {
        null => null,
        FlagErrorCode.FlagNotFound => $"There is no flag '{key}'.",
        FlagErrorCode.General => $"The targeting of '{key}' names the variant '{detail}', which the flag does not have.",
        FlagErrorCode.ParseError => $"The targeting of '{key}' cannot be evaluated: {detail}.",
        _ => $"The flag '{key}' {detail}.",
    };
}
