namespace ReadyOps.Core.Flags;

/// <summary>What a <see cref="FlagValue"/> is, in the types of JSON.</summary>
public enum FlagValueKind : byte
{
    /// <summary>Nothing.</summary>
    Null,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A number, held with 64 bits as JSON readers of nearly all languages hold it.</summary>
    Number,

    /// <summary>A text.</summary>
    String,

    /// <summary>A list of values.</summary>
    List,

    /// <summary>Values by name.</summary>
    Object,
}
