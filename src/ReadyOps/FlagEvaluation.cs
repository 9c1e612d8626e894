using System.Collections.ObjectModel;

namespace ReadyOps;

/// <summary>What a flag says for one context, in the terms of OpenFeature.</summary>
public sealed record FlagEvaluation
{
    internal FlagEvaluation()
    {
    }

    /// <summary>The key of the flag.</summary>
    public string FlagKey { get; internal init; } = "";

    /// <summary>
    /// The value: a <see cref="bool"/>, a <see cref="string"/>, a <see cref="long"/> where the number is whole and a <see cref="double"/>
    /// where it is not, a dictionary, or an array; <see langword="null"/> where the caller's own default counts.
    /// </summary>
    public object? Value { get; internal init; }

    /// <summary>The name of the variant; <see langword="null"/> where the caller's own default counts.</summary>
    public string? Variant { get; internal init; }

    /// <summary>Why: one of <see cref="FlagReason"/>.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What went wrong: one of <see cref="FlagErrorCode"/>; <see langword="null"/> unless the reason is <see cref="FlagReason.Error"/>.</summary>
    public string? ErrorCode { get; internal init; }

    /// <summary>What went wrong in a sentence; <see langword="null"/> unless the reason is <see cref="FlagReason.Error"/>.</summary>
    public string? ErrorMessage { get; internal init; }

    /// <summary>The metadata of the flag over those of its set; values are <see cref="bool"/>, <see cref="string"/>, <see cref="long"/> or <see cref="double"/>.</summary>
    public IReadOnlyDictionary<string, object> FlagMetadata { get; internal init; } = ReadOnlyDictionary<string, object>.Empty;

    /// <inheritdoc/>
    public override string ToString() => ErrorCode is null ? $"{FlagKey}: {Variant ?? "(the caller's default)"} ({Reason})" : $"{FlagKey}: {ErrorCode}: {ErrorMessage}";
}
