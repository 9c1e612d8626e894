namespace ReadyOps.Core.JsonSchemas;

/// <summary>What a value of an instance is. Whole numbers without point and exponent are told apart while reading, since nearly all numbers are such.</summary>
internal enum TapeKind : byte
{
    Object,
    Array,
    String,
    Integer,
    Number,
    True,
    False,
    Null,
}

/// <summary>
/// One value or one member name of an instance. The nodes of a value follow each other in the order of the document: a container, then its children;
/// in an object each member is its name (a string) followed by its value.
/// </summary>
internal struct TapeNode
{
    /// <summary>Where its text begins: a string without quotes and escapes, a number as it was written.</summary>
    public int Start;

    /// <summary>How many bytes its text has.</summary>
    public int Length;

    /// <summary>The index behind its last descendant.</summary>
    public int Next;

    /// <summary>The number of members or items of a container; the hash of a member name.</summary>
    public int Info;

    /// <summary>Where it stands: the offset of its first byte in the source, or its index in the places that were given.</summary>
    public int Source;

    public TapeKind Kind;
}

/// <summary>Sets of <see cref="TapeKind"/> as bits.</summary>
internal static class Kinds
{
    public const int Object = 1 << (int)TapeKind.Object;
    public const int Array = 1 << (int)TapeKind.Array;
    public const int String = 1 << (int)TapeKind.String;
    public const int Numeric = (1 << (int)TapeKind.Integer) | (1 << (int)TapeKind.Number);
    public const int All = 255;
    public const int Count = 8;
}
