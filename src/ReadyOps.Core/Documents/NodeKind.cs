namespace ReadyOps.Core.Documents;

/// <summary>What a <see cref="DocumentNode"/> is, in the types of JSON.</summary>
public enum NodeKind
{
    /// <summary>An object (a YAML mapping).</summary>
    Object,

    /// <summary>An array (a YAML sequence).</summary>
    Array,

    /// <summary>A string.</summary>
    String,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Null.</summary>
    Null,
}
