namespace ReadyOps.Core.Flags.Rules;

/// <summary>
/// <c>fractional</c> whose variants and weights are all written in the rule. A hash is not scaled to the sum of weights but compared with the ends of
/// shares scaled to the range of hashes, which is the same: hash * sum / 2^32 is below an end exactly when the hash is below end * 2^32 / sum, rounded up.
/// </summary>
internal sealed class SharesNode : RuleNode
{
    private readonly RuleNode? _bucketBy;
    private readonly RuleNode? _computed;

    private SharesNode(RuleNode? bucketBy, RuleNode? computed, FlagValue[] variants, ulong[] ends) => (_bucketBy, _computed, Variants, Ends) = (bucketBy, computed, variants, ends);

    public FlagValue[] Variants { get; }

    /// <summary>For each share, the first hash behind it.</summary>
    public ulong[] Ends { get; }

    /// <summary>Whether it deals out by the keys of the flag and the context.</summary>
    public bool IsByKeys => _bucketBy is null;

    /// <summary>Makes the node where all is written in the rule and valid.</summary>
    /// <param name="bucketBy">What is hashed.</param>
    /// <param name="computed">The same by its evaluated operand, where what is hashed may turn out to be a share itself.</param>
    /// <param name="entries">The shares.</param>
    public static SharesNode? TryMake(RuleNode? bucketBy, RuleNode? computed, FractionalEntry[] entries)
    {
        if (!Array.TrueForAll(entries, entry => entry.Variant is ConstantNode && entry.Weight is null or ConstantNode)) return null;
        var sums = new long[entries.Length];
        long sum = 0;
        for (int i = 0; i < sums.Length; i++)
        {
            FlagValue weight = ((ConstantNode?)entries[i].Weight)?.Value ?? default;
            if (!FractionalNode.IsName(((ConstantNode)entries[i].Variant).Value) || !FractionalNode.TryWeight(weight, out long one) || (sum += one) > int.MaxValue) return null;
            sums[i] = sum;
        }

        if (sum == 0) return null;
        ulong[] ends = Array.ConvertAll(sums, end => (((ulong)end << 32) + (ulong)sum - 1) / (ulong)sum);
        return new SharesNode(bucketBy, computed, Array.ConvertAll(entries, entry => ((ConstantNode)entry.Variant).Value), ends);
    }

    /// <summary>The share that a hash falls to; the last one ends behind all hashes.</summary>
    public static int Choose(ulong hash, ulong[] ends)
    {
        int at = 0;
        while (hash >= ends[at]) at++;
        return at;
    }

    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        if (BucketKey.TryHash(_bucketBy, ref frame, out uint hash, out FlagValue by)) return Variants[Choose(hash, Ends)];
        return by.Kind == FlagValueKind.List && _computed is not null ? _computed.Evaluate(ref frame) : default;
    }
}
