using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Documents;

/// <summary>Writes typed values as texts that a person reads at a glance and <see cref="Quantities"/> reads back.</summary>
internal static class QuantityFormat
{
    private const int SignificantDigits = 5;

    public static string Format(double value, Unit unit)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        double size = Math.Abs(value);
        string sign = value < 0 ? "-" : "";
        return unit switch
        {
            Unit.Ratio => $"{sign}{Number(size * 100)}%",
            Unit.Seconds => sign + Seconds(size),
            Unit.Bytes => sign + Scaled(size, ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1)),
            _ => sign + Number(size),
        };
    }

    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var text = new StringBuilder();
        if (duration < TimeSpan.Zero) text.Append('-');
        // Without a sign, because the smallest TimeSpan has no positive counterpart.
        ulong left = duration.Ticks < 0 ? (ulong)-(duration.Ticks + 1) + 1 : (ulong)duration.Ticks;
        Span<(string Name, long Ticks)> units =
        [
            ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond),
        ];
        foreach ((string name, long ticks) in units)
        {
            (ulong count, left) = Math.DivRem(left, (ulong)ticks);
            if (count > 0) text.Append(CultureInfo.InvariantCulture, $"{count}{name}");
        }

        if (left > 0) text.Append(CultureInfo.InvariantCulture, $"{left / (decimal)TimeSpan.TicksPerMillisecond:0.####}ms");
        return text.ToString();
    }

    private static string Seconds(double size)
    {
        bool whole = size == Math.Floor(size);
        bool compound = (size >= 60 && whole) || size >= 3600;
        if (compound && size <= Quantities.LongestDuration.TotalSeconds) return Format(TimeSpan.FromSeconds(Math.Round(size)));
        if (compound) return $"{Number(size / 86400)}d";
        return size == 0 ? "0s" : Scaled(size, ("s", 1), ("ms", 1e-3), ("us", 1e-6), ("ns", 1e-9));
    }

    // The largest unit of which there is at least one, after rounding: 999,999 bytes are 1MB and not 1000kB.
    private static string Scaled(double size, params ReadOnlySpan<(string Name, double Size)> units)
    {
        double rounded = Significant(size);
        foreach ((string name, double unit) in units)
            if (rounded >= unit) return Number(size / unit) + name;
        return Number(size / units[^1].Size) + units[^1].Name;
    }

    private static string Number(double size)
    {
        if (size == Math.Floor(size) && size < 1e15) return size.ToString("0", CultureInfo.InvariantCulture);
        double rounded = Round(size);
        return rounded is >= 1e-5 and < 1e15
            ? rounded.ToString("0.##########", CultureInfo.InvariantCulture)
            : rounded.ToString("G5", CultureInfo.InvariantCulture);
    }

    // Five significant digits, but never fewer than the whole part has.
    private static double Round(double size) => size >= 10_000 ? Math.Round(size) : Significant(size);

    private static double Significant(double size) =>
        double.Parse(size.ToString($"G{SignificantDigits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
