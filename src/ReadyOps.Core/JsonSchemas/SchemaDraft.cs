namespace ReadyOps.Core.JsonSchemas;

/// <summary>The drafts of JSON Schema that are understood.</summary>
public enum SchemaDraft
{
    /// <summary>draft-07, of 2018.</summary>
    Draft7,

    /// <summary>2019-09.</summary>
    Draft201909,

    /// <summary>2020-12.</summary>
    Draft202012,
}
