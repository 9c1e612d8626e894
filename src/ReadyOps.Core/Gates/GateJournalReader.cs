using System.Globalization;
using System.Text.Json;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Gates;

/// <summary>Reads results of gates back from what <see cref="GateJournal"/> wrote.</summary>
internal static class GateJournalReader
{
    /// <summary>A result as it was.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    /// <exception cref="InvalidOperationException">Something in it is of another kind.</exception>
    /// <exception cref="KeyNotFoundException">Something is missing.</exception>
    public static GateResult Read(JsonElement json) => new()
    {
        Gate = Text(json, "gate"),
        Release = OptionalText(json, "release"),
        Status = Word<GateStatus>(json, "status"),
        Score = json.GetProperty("score").GetDouble(),
        PassScore = json.GetProperty("passScore").GetDouble(),
        Reason = Text(json, "reason"),
        Digest = Text(json, "digest"),
        Time = json.GetProperty("time").GetDateTimeOffset(),
        ValidUntil = Moment(json, "validUntil"),
        Duration = Span(json),
        Prerequisites = Evidence(json, "prerequisites"),
        Sections = [.. json.GetProperty("sections").EnumerateArray().Select(Section)],
    };

    private static GateSection Section(JsonElement json) => new()
    {
        Name = Text(json, "name"),
        Weight = json.GetProperty("weight").GetDouble(),
        Score = json.GetProperty("score").GetDouble(),
        Evidence = Evidence(json, "evidence"),
    };

    private static Evidence[] Evidence(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray().Select(One)] : [];

    private static Evidence One(JsonElement json) => new()
    {
        Check = Text(json, "check"),
        Type = Text(json, "type"),
        Verdict = Word<Verdict>(json, "verdict"),
        Value = json.TryGetProperty("value", out JsonElement value) ? Value(value) : null,
        Bound = OptionalText(json, "bound") is { } bound ? Bound(bound) : null,
        Margin = json.TryGetProperty("margin", out JsonElement margin) ? margin.GetDouble() : null,
        Unit = json.TryGetProperty("unit", out _) ? Word<Unit>(json, "unit") : Unit.None,
        Reason = Text(json, "reason"),
        Details = json.TryGetProperty("details", out JsonElement details) ? [.. details.EnumerateArray().Select(JournalJson.Text)] : [],
        NextStep = OptionalText(json, "nextStep") ?? "",
        ValidUntil = Moment(json, "validUntil"),
        Time = json.GetProperty("time").GetDateTimeOffset(),
        Duration = Span(json),
        Attempts = json.GetProperty("attempts").GetInt32(),
        Source = OptionalText(json, "source"),
        From = OptionalText(json, "from"),
        Guessed = json.TryGetProperty("guessed", out JsonElement guessed) && guessed.GetBoolean(),
        Parts = Evidence(json, "parts"),
        Comparison = json.TryGetProperty("comparison", out JsonElement comparison) ? GateJournalComparison.Read(comparison) : null,
        Memory = json.TryGetProperty("memory", out JsonElement memory) ? memory.Clone() : null,
    };

    // A number that a double does not hold as it is written is a decimal, so that nothing is rounded on the way.
    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.GetDouble() is double number && Written(number) == value.GetRawText() => number,
        JsonValueKind.Number => value.TryGetDecimal(out decimal exact) ? exact : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => JournalJson.Text(value),
    };

    private static string Written(double number) => JsonSerializer.Serialize(number);

    // A bound that this version cannot read is kept as it was written; nothing is held against it any more.
    private static Bound Bound(string text) =>
        Quantities.TryParseBound(text, out Bound? bound, out _) ? bound : new Bound(text, BoundOperator.Equal, Unit.None, [], [text]);

    // Of a double only to the tick: 0.0000003 s are 3 ticks and not 2.
    private static TimeSpan Span(JsonElement json)
    {
        double ticks = Math.Round(json.GetProperty("seconds").GetDouble() * TimeSpan.TicksPerSecond);
        return ticks is >= 0 and < long.MaxValue ? new TimeSpan((long)ticks) : throw new FormatException("'seconds' is out of range");
    }

    private static DateTimeOffset? Moment(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement moment) ? moment.GetDateTimeOffset() : null;

    internal static T Word<T>(JsonElement json, string name)
        where T : struct, Enum
    {
        string word = Text(json, name);
        // TryParse takes numbers and lists of words too.
        return Enum.GetNames<T>().Contains(word) ? Enum.Parse<T>(word) : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"'{name}' is '{word}'"));
    }

    private static string Text(JsonElement json, string name) => OptionalText(json, name) ?? throw new FormatException($"'{name}' is missing");

    private static string? OptionalText(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement text) && text.ValueKind != JsonValueKind.Null ? Plain(text, name) : null;

    private static string Plain(JsonElement text, string name) =>
        text.ValueKind == JsonValueKind.String ? JournalJson.Text(text) : throw new FormatException($"'{name}' is no text");
}
