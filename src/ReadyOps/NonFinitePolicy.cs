namespace ReadyOps;

/// <summary>What becomes of a comparison when samples are NaN or infinite.</summary>
public enum NonFinitePolicy
{
    /// <summary>The comparison says nothing, and says why.</summary>
    Inconclusive,

    /// <summary>They are left out, and the comparison says how many.</summary>
    Drop,

    /// <summary>Any in the canary is a failure. In the baseline alone they say nothing about the canary: inconclusive.</summary>
    Fail,
}
