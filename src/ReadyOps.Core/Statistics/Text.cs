using System.Globalization;

namespace ReadyOps.Core.Statistics;

/// <summary>Numbers in sentences.</summary>
internal static class Text
{
    public static string Of(double value) => double.IsPositiveInfinity(value) ? "infinite" : value.ToString("G4", CultureInfo.InvariantCulture);

    public static string Percent(double share) => (share * 100).ToString("0.####", CultureInfo.InvariantCulture) + "%";

    public static string Count(double number) => number.ToString(number < 1e15 && number == Math.Floor(number) ? "0" : "G4", CultureInfo.InvariantCulture);
}
