namespace ReadyOps.Core.Flags.Rules;

/// <summary>What <c>fractional</c> hashes.</summary>
internal static class BucketKey
{
    /// <summary>Hashes what is dealt out by.</summary>
    /// <param name="bucketBy">The rule of it; without one, it is the keys of the flag and the context.</param>
    /// <param name="frame">The evaluation.</param>
    /// <param name="hash">The hash.</param>
    /// <param name="by">What was hashed, where it is a value by itself; a list is a share and no such thing.</param>
    /// <returns><see langword="false"/> where there is nothing to deal out by.</returns>
    public static bool TryHash(RuleNode? bucketBy, ref RuleFrame frame, out uint hash, out FlagValue by)
    {
        by = default;
        hash = 0;
        bool isCbor = frame.Flag.Bucketing == FlagBucketing.V3;
        if (bucketBy is not null)
        {
            if (bucketBy is ConcatenationNode text && !isCbor)
            {
                hash = text.Hash(ref frame);
                return true;
            }

            by = bucketBy.Evaluate(ref frame);
            if (isCbor)
            {
                if (by.IsNull || by.Kind == FlagValueKind.List) return false;
                hash = Murmur3.Hash(DeterministicCbor.Encode(by));
                return true;
            }

            if (by.Kind == FlagValueKind.String)
            {
                hash = default(HashPrefix).Hash(by.TextOf);
                return true;
            }

            if (!by.IsNull) return false;
        }

        (HashPrefix flag, FlagValue key) = Keys(ref frame);
        if (key.Kind != FlagValueKind.String || key.TextOf.Length == 0) return false;
        hash = isCbor ? Murmur3.Hash(DeterministicCbor.Encode(FlagValue.List(flag.Text, key))) : flag.Hash(key.TextOf);
        return true;
    }

    /// <summary>What was hashed, as text.</summary>
    public static string TextOf(RuleNode? bucketBy, FlagValue by, ref RuleFrame frame)
    {
        if (bucketBy is ConcatenationNode node) by = node.Evaluate(ref frame);
        if (!by.IsNull) return NameOf(by);
        (HashPrefix flag, FlagValue key) = Keys(ref frame);
        return frame.Flag.Bucketing == FlagBucketing.V3 ? FlagJson.Write(FlagValue.List(flag.Text, key)) : flag.Text + NameOf(key);
    }

    /// <summary>A text as it is, anything else in JSON.</summary>
    public static string NameOf(FlagValue value) => value.Kind == FlagValueKind.String ? value.TextOf : FlagJson.Short(value);

    // Within an operator on lists, an item stands in for the context.
    private static (HashPrefix Flag, FlagValue Key) Keys(ref RuleFrame frame)
    {
        if (!frame.IsInner) return (frame.Flag.Prefix, frame.Context.Key());
        if (frame.Data.Kind != FlagValueKind.Object) return (frame.Flag.Prefix, default);
        frame.Data.ObjectOf.TryGet(FlagContext.TargetingKeyName, out FlagValue key);
        FlagValue name = default;
        if (frame.Data.ObjectOf.TryGet("$flagd", out FlagValue own) && own.Kind == FlagValueKind.Object) own.ObjectOf.TryGet("flagKey", out name);
        return (new HashPrefix(name.Kind == FlagValueKind.String ? name.TextOf : ""), key);
    }
}
