namespace ReadyOps;

/// <summary>How <c>fractional</c> dealt out: the hash, the bucket it falls into, and the shares.</summary>
public sealed record FlagBucket
{
    internal FlagBucket()
    {
    }

    /// <summary>Where the operator stands in the targeting, as a JSON Pointer.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>What was hashed, as text: by default the flag's key and the targeting key behind it; <see langword="null"/> where there was nothing to hash.</summary>
    public string? BucketBy { get; internal init; }

    /// <summary>MurmurHash3 (x86, 32 bits, seed 0) of it.</summary>
    public long Hash { get; internal init; }

    /// <summary>The sum of all weights; 0 where the shares are not valid.</summary>
    public long TotalWeight { get; internal init; }

    /// <summary>The hash scaled to the sum of weights: from 0 to one below it.</summary>
    public long Bucket { get; internal init; }

    /// <summary>The shares in their order.</summary>
    public IReadOnlyList<FlagShare> Shares { get; internal init => field = value.AsArray(); } = [];

    /// <summary>The variant (or other value) that it fell to; <see langword="null"/> for none.</summary>
    public string? Variant { get; internal init; }

    /// <summary>Why nothing was dealt out; empty where something was.</summary>
    public string Problem { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Problem.Length > 0 ? Problem : $"bucket {Bucket} of {TotalWeight}: {Variant}";
}
