namespace ReadyOps.Core.JsonSchemas.Patterns;

/// <summary>A part of a pattern of ECMA-262.</summary>
internal abstract class PatternNode
{
    /// <summary>The largest <see cref="Size"/> told; what is larger is as large as this.</summary>
    public const int HugeSize = 1_000_000;

    /// <summary>How many characters it would have were its counted repetitions written out.</summary>
    public abstract int Size { get; }

    protected static int Limit(long size) => (int)Math.Min(size, HugeSize);
}

/// <summary>One character out of a set.</summary>
internal sealed class SetNode(CodePointSet set) : PatternNode
{
    public CodePointSet Set => set;

    public override int Size => 1;
}

/// <summary>One after the other.</summary>
internal sealed class SequenceNode(IReadOnlyList<PatternNode> parts) : PatternNode
{
    public IReadOnlyList<PatternNode> Parts => parts;

    public override int Size { get; } = Limit(1 + parts.Sum(part => (long)part.Size));
}

/// <summary>One of several.</summary>
internal sealed class ChoiceNode(IReadOnlyList<PatternNode> options) : PatternNode
{
    public IReadOnlyList<PatternNode> Options => options;

    public override int Size { get; } = Limit(1 + options.Sum(option => (long)option.Size));
}

/// <summary>A part again and again.</summary>
internal sealed class RepeatNode(PatternNode part, int least, int most, bool lazy) : PatternNode
{
    /// <summary>What <see cref="Most"/> is where there is no limit.</summary>
    public const int NoLimit = int.MaxValue;

    public PatternNode Part => part;

    public int Least => least;

    public int Most => most;

    public bool IsLazy => lazy;

    public override int Size { get; } = Limit(1 + (part.Size * (long)Math.Max(1, most == NoLimit ? least : most)));
}

/// <summary>A part that back references may mean.</summary>
internal sealed class CaptureNode(PatternNode part, int number) : PatternNode
{
    public PatternNode Part => part;

    public int Number => number;

    public override int Size { get; } = Limit(1L + part.Size);
}

/// <summary>What a group matched.</summary>
internal sealed class BackReferenceNode(int number, string name) : PatternNode
{
    /// <summary>The number of the group, once that is known.</summary>
    public int Number { get; set; } = number;

    public string Name => name;

    public override int Size => 1;
}

/// <summary>What follows or precedes, and what must not.</summary>
internal sealed class LookNode(PatternNode part, bool behind, bool negative) : PatternNode
{
    public PatternNode Part => part;

    public bool IsBehind => behind;

    public bool IsNegative => negative;

    public override int Size { get; } = Limit(1L + part.Size);
}

/// <summary>A place in the text: <c>^ $ b B</c>.</summary>
internal sealed class AnchorNode(char kind) : PatternNode
{
    public char Kind => kind;

    public override int Size => 1;
}
