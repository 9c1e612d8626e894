using System.Collections.ObjectModel;

namespace ReadyOps.Core.Flags;

/// <summary>What a flag says for one context, as a value of one type; the details of OpenFeature, made without allocating.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
public readonly struct FlagResult<T>
{
    private readonly FlagOutcome _outcome;

    internal FlagResult(string key, T value, FlagOutcome outcome)
    {
        FlagKey = key;
        Value = value;
        _outcome = outcome;
    }

    /// <summary>The key that was asked for.</summary>
    public string FlagKey { get; }

    /// <summary>The value; the caller's own default where the reason is DISABLED or ERROR, and where there is no default variant.</summary>
    public T Value { get; }

    /// <summary>The name of the variant; <see langword="null"/> where the caller's own default counts.</summary>
    public string? Variant => _outcome.Variant;

    /// <summary>Why: one of <see cref="FlagReason"/>.</summary>
    public string Reason => _outcome.Reason;

    /// <summary>What went wrong: one of <see cref="FlagErrorCode"/>; <see langword="null"/> where nothing did.</summary>
    public string? ErrorCode => _outcome.Code;

    /// <summary>What went wrong in a sentence; <see langword="null"/> where nothing did.</summary>
    public string? ErrorMessage => _outcome.MessageFor(FlagKey);

    /// <summary>The metadata of the flag over those of its set.</summary>
    public IReadOnlyDictionary<string, object> FlagMetadata => Metadata(_outcome.Flag?.Metadata);

    /// <summary>The same as a record.</summary>
    public FlagEvaluation ToEvaluation() => new()
    {
        FlagKey = FlagKey,
        Value = Variant is null ? null : Value is FlagValue value ? value.ToObject() : Value,
        Variant = Variant,
        Reason = Reason,
        ErrorCode = ErrorCode,
        ErrorMessage = ErrorMessage,
        FlagMetadata = FlagMetadata,
    };

    internal static IReadOnlyDictionary<string, object> Metadata(FlagObject? members)
    {
        if (members is null || members.Count == 0) return ReadOnlyDictionary<string, object>.Empty;
        var dictionary = new Dictionary<string, object>(members.Count, StringComparer.Ordinal);
        for (int i = 0; i < members.Count; i++)
            if (members.Values[i].ToObject() is { } value) dictionary[members.Names[i]] = value;
        return new ReadOnlyDictionary<string, object>(dictionary);
    }
}
