namespace ReadyOps.Core.Flags;

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
