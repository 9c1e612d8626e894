using System.Buffers;
using System.Globalization;

namespace ReadyOps.Core.Documents;

/// <summary>Reads the grammar of bounds; <see cref="Quantities.TryParseBound"/> says what it is.</summary>
internal static class BoundParser
{
    private const int LongestBound = 4096;

    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create(" \t\r\n,[]'\"");

    // Longer operators first: "<=" begins with "<".
    private static readonly (string Sign, BoundOperator Operator)[] Signs =
    [
        ("<=", BoundOperator.LessOrEqual), (">=", BoundOperator.GreaterOrEqual), ("==", BoundOperator.Equal),
        ("!=", BoundOperator.NotEqual), ("<", BoundOperator.Less), (">", BoundOperator.Greater),
    ];

    public static Bound? Parse(string text, out string problem)
    {
        text = text.Trim();
        problem = "";
        if (text.Length == 0) return No("the bound is empty", out problem);
        if (text.Length > LongestBound) return No($"the bound is longer than {LongestBound} characters", out problem);

        foreach ((string sign, BoundOperator op) in Signs)
        {
            if (!text.StartsWith(sign, StringComparison.Ordinal)) continue;
            string operand = text[sign.Length..].Trim();
            return operand is ['<' or '>' or '=' or '!', ..] ? No($"'{text}' has one operator too many", out problem) : Comparison(text, op, sign, operand, out problem);
        }

        if (Keyword(text, "in") is { } list) return List(text, list, out problem);
        if (Keyword(text, "between") is { } range) return Between(text, range, out problem);
        if (Keyword(text, "within") is { } tolerance) return Within(text, tolerance, out problem);
        return No(text[0] == '=' ? $"'{text}' begins with '=': write '==', '<=' or '>='" : $"'{text}' does not begin with an operator", out problem);
    }

    private static Bound? Comparison(string text, BoundOperator op, string sign, string operand, out string problem)
    {
        if (Operand(operand, out problem) is not { } value) return null;
        if (value.Word is { } word)
        {
            return op is BoundOperator.Equal or BoundOperator.NotEqual
                ? new Bound(text, op, Unit.None, [], [word])
                : No($"'{sign}' needs a number, and '{word}' is none", out problem);
        }

        return new Bound(text, op, value.Unit, [value.Number]);
    }

    private static Bound? List(string text, string list, out string problem)
    {
        if (list is not ['[', .., ']']) return No("'in' needs a list in square brackets", out problem);
        if (Split(list[1..^1]) is not { } parts) return No("a quotation mark is not closed", out problem);
        var values = new List<Value>();
        foreach (string part in parts)
        {
            if (Operand(part, out problem) is not { } value) return null;
            values.Add(value);
        }

        problem = "";
        if (values.All(value => value.Word is not null))
            return new Bound(text, BoundOperator.In, Unit.None, [], [.. values.Select(value => value.Word!)]);
        if (values.Any(value => value.Word is not null))
            return No("the list mixes numbers and texts; write the numbers in quotes to compare them as texts", out problem);
        return CommonUnit(values, out Unit unit, out problem)
            ? new Bound(text, BoundOperator.In, unit, [.. values.Select(value => value.Number)])
            : null;
    }

    private static Bound? Between(string text, string range, out string problem)
    {
        if (Pair(range, " and ", "'between' needs two numbers: between 0.9 and 1.1", out problem) is not var (low, high)) return null;
        if (!CommonUnit([low, high], out Unit unit, out problem)) return null;
        if (low.Number > high.Number) return No("the lower end of 'between' lies above the upper one", out problem);
        return new Bound(text, BoundOperator.Between, unit, [low.Number, high.Number]);
    }

    private static Bound? Within(string text, string rest, out string problem)
    {
        const string Wanted = "'within' needs a tolerance and a value: within 10% of 131.57ms, or within 5ms of 100ms";
        if (Pair(rest, " of ", Wanted, out problem) is not var (tolerance, centre)) return null;
        if (tolerance.Number < 0) return No("the tolerance of 'within' is negative", out problem);
        bool relative = tolerance.Unit == Unit.Ratio;
        Unit unit = centre.Unit;
        if (!relative && !CommonUnit([tolerance, centre], out unit, out problem)) return null;
        (double low, double high) = Around(centre.Number, tolerance.Number, relative);
        return double.IsFinite(low) && double.IsFinite(high)
            ? new Bound(text, BoundOperator.Within, unit, [low, high])
            : No("the ends of 'within' are not finite numbers", out problem);
    }

    // In decimal where the numbers allow it, so that the edges are what a person would work out on paper.
    internal static (double Low, double High) Around(double centre, double tolerance, bool relative)
    {
        if (Exact(centre) is { } c && Exact(tolerance) is { } t)
        {
            decimal distance = relative ? Math.Abs(c) * t : t;
            return (ToDouble(c - distance), ToDouble(c + distance));
        }

        double width = relative ? Math.Abs(centre) * tolerance : tolerance;
        return (centre - width, centre + width);
    }

    private static decimal? Exact(double value) =>
        value == 0 || Math.Abs(value) is > 1e-9 and < 1e12
            ? decimal.Parse(value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture)
            : null;

    // Through its digits: the direct conversion does not always give the nearest double.
    private static double ToDouble(decimal value) => double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static (Value First, Value Second)? Pair(string text, string separator, string wanted, out string problem)
    {
        problem = wanted;
        int at = text.IndexOf(separator, StringComparison.Ordinal);
        if (at < 0) return null;
        if (Operand(text[..at].Trim(), out problem) is not { } first) return null;
        if (Operand(text[(at + separator.Length)..].Trim(), out problem) is not { } second) return null;
        if (first.Word is null && second.Word is null) return (first, second);
        problem = $"{wanted}; '{first.Word ?? second.Word}' is no number";
        return null;
    }

    private static bool CommonUnit(IReadOnlyList<Value> values, out Unit unit, out string problem)
    {
        problem = "";
        unit = Unit.None;
        // A bare 0 is 0 in every unit, so it takes that of the others.
        Unit[] units = [.. values.Where(value => value.Unit != Unit.None || value.Number != 0).Select(value => value.Unit).Distinct()];
        if (units.Length > 0) unit = units[0];
        if (units.Length < 2) return true;
        problem = $"the bound mixes units: {string.Join(" and ", units.Select(Name))}";
        return false;
    }

    private static string Name(Unit unit) => unit switch
    {
        Unit.Ratio => "per cent",
        Unit.Seconds => "time",
        Unit.Bytes => "size",
        _ => "a plain number",
    };

    private static Value? Operand(string text, out string problem)
    {
        problem = "";
        if (text.Length == 0)
        {
            problem = "a value is missing";
            return null;
        }

        if (text[0] is '\'' or '"')
        {
            if (text.Length >= 2 && text[^1] == text[0] && text.IndexOf(text[0], 1) == text.Length - 1)
                return new Value(0, Unit.None, text[1..^1]);
            problem = "a quotation mark is not closed or stands inside the text";
            return null;
        }

        if (Quantities.TryParseNumber(text, out double number, out Unit unit)) return new Value(number, unit, null);
        if (IsNotFinite(text))
        {
            problem = $"'{text}' is not a finite number; write it in quotes to compare it as a text";
            return null;
        }

        if (text.AsSpan().IndexOfAny(NeedQuotes) < 0) return new Value(0, Unit.None, text);
        problem = $"'{text}' must stand in quotes";
        return null;
    }

    private static bool IsNotFinite(string text)
    {
        string word = text.TrimStart('+', '-', '.').ToLowerInvariant();
        return word is "nan" or "inf" or "infinity"
            || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && !double.IsFinite(value));
    }

    // At commas outside quotes; null when a quotation mark is not closed.
    private static List<string>? Split(string list)
    {
        var parts = new List<string>();
        char quote = '\0';
        int start = 0;
        for (int i = 0; i < list.Length; i++)
        {
            char c = list[i];
            if (quote != '\0') quote = c == quote ? '\0' : quote;
            else if (c is '\'' or '"' && list[start..i].Trim().Length == 0) quote = c;
            else if (c == ',')
            {
                parts.Add(list[start..i].Trim());
                start = i + 1;
            }
        }

        parts.Add(list[start..].Trim());
        return quote == '\0' ? parts : null;
    }

    // What follows a keyword, when the text begins with it as a whole word.
    private static string? Keyword(string text, string keyword)
    {
        if (!text.StartsWith(keyword, StringComparison.Ordinal)) return null;
        return text.Length == keyword.Length || text[keyword.Length] is ' ' or '\t' or '[' ? text[keyword.Length..].Trim() : null;
    }

    private static Bound? No(string why, out string problem)
    {
        problem = why;
        return null;
    }

    private readonly record struct Value(double Number, Unit Unit, string? Word);
}
