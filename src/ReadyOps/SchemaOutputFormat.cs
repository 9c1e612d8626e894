namespace ReadyOps;

/// <summary>The output formats of JSON Schema 2020-12, section 12.4.</summary>
public enum SchemaOutputFormat
{
    /// <summary>Only whether it is valid.</summary>
    Flag,

    /// <summary>A flat list of what failed or, for a valid instance, of all annotations.</summary>
    Basic,

    /// <summary>A tree in the form of the schema, without nodes that say nothing.</summary>
    Detailed,
}
