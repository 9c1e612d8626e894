namespace ReadyOps;

/// <summary>What one observation says. Only <see cref="Pass"/> is a pass. There is no zero: a value that nobody set must not read as one.</summary>
public enum Verdict
{
    /// <summary>The value was seen and is within its bound.</summary>
    Pass = 1,

    /// <summary>The value was seen and is outside its bound.</summary>
    Fail,

    /// <summary>Something was seen, but too little of it to judge.</summary>
    Inconclusive,

    /// <summary>The source answered and had nothing to say.</summary>
    NoData,

    /// <summary>The newest value is too old to say anything about now.</summary>
    Stale,

    /// <summary>The observation itself failed: a source that is down says nothing about the release.</summary>
    Error,

    /// <summary>Not looked at, because something before it ruled it out.</summary>
    Skipped,
}
