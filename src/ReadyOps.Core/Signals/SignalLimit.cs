using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals;

/// <summary>
/// How often something may happen: <c>4</c> in a row, where what is otherwise begins the count anew; or <c>5 within 1h</c>, a total
/// that nothing resets and that only time forgets, so that blips that have nothing to do with each other never add up over days.
/// </summary>
/// <param name="Count">Reached with this many.</param>
/// <param name="Within">The time that a total is taken over; <see langword="null"/> for a count in a row.</param>
public sealed record SignalLimit(int Count, TimeSpan? Within)
{
    /// <summary>The most that is counted: each one's time is kept.</summary>
    public const int MostWithin = 100;

    private const int Most = 100_000;

    /// <summary>Reads a member, or <see langword="null"/> when it is not there.</summary>
    /// <param name="reader">The object it is in.</param>
    /// <param name="name">Its name.</param>
    /// <param name="onlyWithin">Whether a count in a row is a member of its own.</param>
    internal static SignalLimit? Read(ObjectReader reader, string name, bool onlyWithin = false)
    {
        if (reader.OptionalText(name) is not { } text) return null;
        string expected = onlyWithin ? "a count and a time, such as '5 within 1h'" : "a count in a row, such as 4, or a total such as '10 within 1h'";
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool counted = parts.Length > 0 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int count);
        count = counted ? int.Parse(parts[0], CultureInfo.InvariantCulture) : 1;
        bool inARow = parts.Length == 1 || parts is [_, "in", "a", "row"];
        TimeSpan within = TimeSpan.Zero;
        bool total = parts is [_, "within", var time] && Quantities.TryParseDuration(time, out within);
        if (!counted || !(inARow || total)) reader.Problem(name, $"this is '{text}'", expected);
        else if (inARow && onlyWithin) reader.Problem(name, $"'{text}' does not say within what time; over days, blips that have nothing to do with each other would add up", $"{expected}; for {count} in a row 'consecutive: {count}'");
        else if (count < 1 || count > (total ? MostWithin : Most)) reader.Problem(name, $"{count} cannot be counted", string.Create(CultureInfo.InvariantCulture, $"a count from 1 to {(total ? MostWithin : Most)}"));
        else if (total && within <= TimeSpan.Zero) reader.Problem(name, "nothing happens within no time", "a time above 0");
        else return new SignalLimit(count, total ? within : null);
        return null;
    }

    /// <summary>As a document writes it.</summary>
    public override string ToString() => Within is { } within
        ? string.Create(CultureInfo.InvariantCulture, $"{Count} within {Quantities.Format(within)}")
        : string.Create(CultureInfo.InvariantCulture, $"{Count} in a row");
}
