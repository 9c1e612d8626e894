namespace ReadyOps.Core.Flags.Rules;

/// <summary>One share of a <c>fractional</c>: what it stands for, and its weight; without one, the weight is 1.</summary>
internal sealed record FractionalEntry(RuleNode Variant, RuleNode? Weight);

/// <summary><c>fractional</c>: deals out by a hash, in proportion to weights (flagd core/pkg/evaluator/fractional.go; FlagBucketing tells the versions apart).</summary>
/// <param name="bucketBy">What is hashed; without it, the keys of the flag and the context.</param>
/// <param name="entries">The shares; <see langword="null"/> where one is no share, so that nothing is ever dealt out.</param>
/// <param name="operand">All of it as a list, where what is to be hashed may turn out to be a share.</param>
/// <param name="path">Where it stands, for explanations.</param>
internal sealed class FractionalNode(RuleNode? bucketBy, FractionalEntry[]? entries, RuleNode? operand, string path) : RuleNode
{
    private const int Few = 16;

    public override FlagValue Evaluate(ref RuleFrame frame)
    {
        if (frame.Trace is not null) return Explain(ref frame);
        bool hashed = BucketKey.TryHash(bucketBy, ref frame, out uint hash, out FlagValue list);
        if (list.Kind == FlagValueKind.List) return Of(operand!.Evaluate(ref frame), path).Evaluate(ref frame);
        if (entries is null) return default;
        Span<long> ends = entries.Length <= Few ? stackalloc long[Few] : new long[entries.Length];
        bool weighed = TryWeigh(ends = ends[..entries.Length], ref frame);
        return hashed && weighed ? Choose(hash, ends, ref frame) : default;
    }

    /// <summary>The same over values that were evaluated already.</summary>
    public static RuleNode Of(FlagValue operand, string path)
    {
        if (operand.Kind != FlagValueKind.List || operand.ItemsOf is not [var first, ..] items) return new ConstantNode(default);
        RuleNode? by = first.Kind == FlagValueKind.List ? null : new ConstantNode(first);
        IEnumerable<FlagValue> shares = by is null ? items : items.Skip(1);
        FractionalEntry[]? entries = null;
        if (shares.All(share => share.Kind == FlagValueKind.List && share.ItemsOf.Length > 0))
            entries = [.. shares.Select(share => new FractionalEntry(new ConstantNode(share.ItemsOf[0]), share.ItemsOf.Length > 1 ? new ConstantNode(share.ItemsOf[1]) : null))];
        return new FractionalNode(by, entries, new ConstantNode(operand), path);
    }

    private FlagValue Choose(uint hash, scoped ReadOnlySpan<long> ends, ref RuleFrame frame)
    {
        int chosen = ChosenOf(hash, ends, frame.Flag.Bucketing);
        return chosen < 0 ? default : entries![chosen].Variant.Evaluate(ref frame);
    }

    private static int ChosenOf(uint hash, ReadOnlySpan<long> ends, FlagBucketing bucketing)
    {
        if (ends.IsEmpty || ends[^1] == 0) return -1;
        if (bucketing == FlagBucketing.V1) return ChosenByPercent(hash, ends);
        long bucket = (long)((hash * (ulong)ends[^1]) >> 32);
        for (int i = 0; i < ends.Length; i++)
            if (bucket < ends[i]) return i;
        return -1;
    }

    private static int ChosenByPercent(uint hash, ReadOnlySpan<long> ends)
    {
        double bucket = Math.Abs((double)(int)hash) / int.MaxValue * 100;
        double end = 0;
        long before = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            end += 100 * (double)(ends[i] - before) / ends[^1];
            before = ends[i];
            if (bucket < end) return i;
        }

        return -1;
    }

    /// <summary>Adds up weights; what is written in the rule may be wrong, and so may be what was computed.</summary>
    private bool TryWeigh(scoped Span<long> ends, ref RuleFrame frame)
    {
        long sum = 0;
        bool valid = true;
        for (int i = 0; i < ends.Length; i++)
        {
            // All of it is evaluated, because an error in what is not chosen is an error too.
            FlagValue variant = entries![i].Variant.Evaluate(ref frame);
            FlagValue weight = entries[i].Weight?.Evaluate(ref frame) ?? default;
            valid = valid && IsName(variant) && TryWeight(weight, out long one) && (sum += one) <= int.MaxValue;
            ends[i] = sum;
        }

        return valid;
    }

    public static bool IsName(in FlagValue variant) => variant.Kind is not (FlagValueKind.List or FlagValueKind.Object);

    public static bool TryWeight(in FlagValue value, out long weight)
    {
        weight = 1;
        if (value.IsNull) return true;
        double number = value.NumberOf;
        if (value.Kind != FlagValueKind.Number || number != Math.Truncate(number) || number > int.MaxValue || number < long.MinValue) return false;
        weight = Math.Max((long)number, 0);
        return true;
    }

    private FlagValue Explain(ref RuleFrame frame)
    {
        RuleTrace trace = frame.Trace!;
        bool hashed = BucketKey.TryHash(bucketBy, ref frame, out uint hash, out FlagValue by);
        if (by.Kind == FlagValueKind.List) return Of(operand!.Evaluate(ref frame), path).Evaluate(ref frame);
        if (entries is null)
        {
            trace.Bucket(new FlagBucket { Path = path, Problem = "one of the shares is no list of a variant and a weight, so nothing is dealt out" });
            return default;
        }

        var ends = new long[entries.Length];
        bool weighed = TryWeigh(ends, ref frame);
        int chosen = hashed && weighed ? ChosenOf(hash, ends, frame.Flag.Bucketing) : -1;
        FlagValue value = chosen < 0 ? default : entries[chosen].Variant.Evaluate(ref frame);
        long total = weighed && ends.Length > 0 ? ends[^1] : 0;
        var shares = new FlagShare[entries.Length];
        for (int i = 0; i < shares.Length; i++) shares[i] = ShareOf(i, ends, total, chosen, ref frame);
        trace.Bucket(new FlagBucket
        {
            Path = path,
            BucketBy = hashed ? BucketKey.TextOf(bucketBy, by, ref frame) : null,
            Hash = hash,
            TotalWeight = total,
            Bucket = total == 0 ? 0 : (long)((hash * (ulong)total) >> 32),
            Shares = shares,
            Variant = chosen < 0 ? null : BucketKey.NameOf(value),
            Problem = chosen >= 0 ? "" : !hashed ? NoKey(by) : !weighed ? "a weight is no whole number, or their sum is beyond 2147483647, so nothing is dealt out" : "the weights sum up to nothing",
        });
        return value;
    }

    private FlagShare ShareOf(int i, long[] ends, long total, int chosen, ref RuleFrame frame)
    {
        long from = i == 0 ? 0 : ends[i - 1];
        double percent = total == 0 ? 0 : 100.0 * (ends[i] - from) / total;
        return new FlagShare { Variant = BucketKey.NameOf(entries![i].Variant.Evaluate(ref frame)), Weight = ends[i] - from, Percent = percent, From = from, Chosen = i == chosen };
    }

    private static string NoKey(FlagValue by) => by.IsNull
        ? "the context has no targetingKey, so nobody is dealt to any share"
        : $"{FlagJson.Short(by)} is no text to deal out by";
}
