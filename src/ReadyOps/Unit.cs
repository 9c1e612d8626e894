namespace ReadyOps;

/// <summary>
/// What a number counts. Values are always held in the base of their unit: seconds, bytes, and 0–1 for ratios;
/// the unit only decides how a value is written.
/// </summary>
public enum Unit
{
    /// <summary>A plain number.</summary>
    None,

    /// <summary>A share of a whole, held as 0–1 and written in per cent.</summary>
    Ratio,

    /// <summary>A time span, held in seconds.</summary>
    Seconds,

    /// <summary>A size, held in bytes.</summary>
    Bytes,
}
