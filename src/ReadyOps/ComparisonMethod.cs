namespace ReadyOps;

/// <summary>By which test two sides are compared.</summary>
public enum ComparisonMethod
{
    /// <summary>
    /// Samples: <see cref="MannWhitney"/>. Counts with totals: <see cref="Fisher"/> where fewer than
    /// 1,000 events (or others) are to be expected on a side, else <see cref="TwoProportion"/>. Counts with exposures: <see cref="PoissonRate"/>.
    /// </summary>
    Auto,

    /// <summary>Mann-Whitney's U of two sets of samples, exact where the sizes allow it.</summary>
    MannWhitney,

    /// <summary>Fisher's exact test of two shares.</summary>
    Fisher,

    /// <summary>The score test of two shares, with Miettinen and Nurminen's interval of their ratio.</summary>
    TwoProportion,

    /// <summary>The exact test of two rates of events, given how many events there were in all.</summary>
    PoissonRate,

    /// <summary>A test that may be read after every new sample without raising the rate of false alarms.</summary>
    Sequential,
}
