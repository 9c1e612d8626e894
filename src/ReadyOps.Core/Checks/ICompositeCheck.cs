namespace ReadyOps.Core.Checks;

/// <summary>A check that is made of others.</summary>
internal interface ICompositeCheck
{
    /// <summary>The checks.</summary>
    IReadOnlyList<CheckDefinition> Parts { get; }
}
