using System.Globalization;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>Looks at one place in a JSON document and holds what is there against a bound.</summary>
/// <param name="pointer">Where to look.</param>
/// <param name="bound">What a healthy value looks like.</param>
/// <param name="unit">In what unit a raw number is, for example <c>ms</c>; <see langword="null"/> for a plain number.</param>
internal sealed class JsonProbe(JsonPointer pointer, Bound bound, string? unit)
{
    /// <summary>The members that describe a probe.</summary>
    public static readonly IReadOnlyList<CheckMember> Members =
    [
        new("pointer", CheckMemberKind.Text, "Where to look: a JSON Pointer (RFC 6901); '' for the whole document.") { Required = true },
        new("bound", CheckMemberKind.Bound, "What a healthy value looks like.") { Required = true },
        new("unit", CheckMemberKind.Unit, "In what unit a raw number there is; a text such as '98.28%' says so itself."),
    ];

    private const string UnitExpected = "one of ratio (0 to 1), %, ns, us, ms, s, m, h, d, B, kB, MB, GB, KiB, MiB, GiB";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 128 };

    /// <summary>Reads a probe off a document; what is wrong goes to the reader's problems.</summary>
    public static JsonProbe Read(ObjectReader reader)
    {
        string text = reader.OptionalText("pointer") ?? "";
        if (reader.Node["pointer"] is null) reader.Problem("pointer", "'pointer' is missing", JsonPointer.Expected);
        if (!JsonPointer.TryParse(text, out JsonPointer? pointer))
        {
            reader.Problem("pointer", $"'{text}' is not a JSON Pointer", JsonPointer.Expected);
            pointer = JsonPointer.Whole;
        }

        Bound bound = reader.RequiredBound("bound");
        string? unit = reader.OptionalText("unit");
        if (unit is not null)
        {
            if (!TryUnit(unit, out Unit counts)) reader.Problem("unit", $"there is no unit '{unit}'", UnitExpected);
            else if (bound.IsText) reader.Problem("unit", $"the bound '{bound}' is on a text, which has no unit", "a bound on a number");
            else if (bound.Unit != counts && bound.Numbers.Any(number => number != 0))
                reader.Problem("unit", $"'{unit}' cannot be compared with the bound '{bound}'", "the unit that the bound is in");
        }

        return new JsonProbe(pointer, bound, unit);
    }

    /// <summary>Reads text as JSON.</summary>
    /// <param name="utf8">The bytes; a byte order mark is skipped, UTF-16 with one is read too.</param>
    /// <param name="where">Where they are from, for the message.</param>
    /// <exception cref="ReadyOpsException"><c>JsonInvalid</c>: says line and column.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string where)
    {
        ReadOnlySpan<byte> head = utf8.Span;
        if (head.StartsWith(Encoding.UTF8.Preamble)) utf8 = utf8[3..];
        else if (head.StartsWith(Encoding.Unicode.Preamble)) utf8 = Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(head[2..]));
        try
        {
            return JsonDocument.Parse(utf8, Strict);
        }
        catch (JsonException e)
        {
            string place = e.LineNumber is null ? "" : string.Create(CultureInfo.InvariantCulture, $":{e.LineNumber + 1}:{e.BytePositionInLine + 1}");
            string why = utf8.Span.TrimStart(" \t\r\n"u8).IsEmpty ? "it is empty" : Why(e.Message);
            throw new ReadyOpsException("JsonInvalid", $"{where}{place} is not JSON: {why}.", "Look at what writes it.", e);
        }
    }

    /// <summary>Looks.</summary>
    /// <param name="root">The document.</param>
    /// <param name="where">Where it is from, for the sentence.</param>
    public Observation Observe(JsonElement root, string where)
    {
        string what = pointer.Text.Length == 0 ? where : $"{pointer} of {where}";
        if (pointer.Find(root) is not { } value)
            return Observation.Of(Verdict.NoData, $"There is no {pointer} in {where}.") with { Bound = bound };
        return value.ValueKind switch
        {
            JsonValueKind.Number => Number(what, value.GetRawText()),
            JsonValueKind.String => Text(what, value.GetString()!),
            JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null => Word(what, value.GetRawText()),
            _ => Broken($"{what} is {(value.ValueKind == JsonValueKind.Object ? "an object" : "a list")}, which the bound {bound} cannot be held against."),
        };
    }

    private Observation Number(string what, string raw)
    {
        if (bound.IsText) return Judge.Text(what, raw, bound);
        if (unit is null && bound.Unit != Unit.None && bound.Numbers.Any(number => number != 0))
        {
            return Broken($"{what} is the raw number {Judge.Cut(raw)} and the bound {bound} has a unit: which unit the number is in is not known.")
                with { Details = [$"Say it with 'unit': {UnitExpected}."] };
        }

        string text = unit is null or "ratio" ? raw : raw + unit;
        Unit counts = unit == "ratio" ? Unit.Ratio : Unit.None;
        if (Quantities.TryParseNumber(text, out double value, out Unit parsed)) return Judge.Number(what, value, parsed == Unit.None ? counts : parsed, bound);

        // Too many digits or too large an exponent for a quantity: a double still knows its size, as infinity if need be.
        value = double.Parse(raw, NumberStyles.Float, CultureInfo.InvariantCulture);
        return unit is null or "ratio" || !double.IsFinite(value)
            ? Judge.Number(what, value, unit is null ? Unit.None : bound.Unit, bound)
            : Broken($"{what} is {Judge.Cut(raw)}, too long a number to be read in {unit}.");
    }

    private Observation Text(string what, string value)
    {
        // A text that is a bare number is a raw number with quotes around it.
        bool bare = !bound.IsText && Quantities.TryParseNumber(value, out _, out Unit parsed) && parsed == Unit.None;
        return bare ? Number(what, value) : Judge.Text(what, value, bound);
    }

    private Observation Word(string what, string word)
    {
        if (!bound.IsText) return Broken($"{what} is {word}, which is no number that the bound {bound} could be held against.");
        // null says nothing, so '!= failed' must not pass on it; only a bound that speaks of null is held against it.
        if (word == "null" && !bound.Words.Contains("null"))
            return Observation.Of(Verdict.NoData, $"{what} is null.") with { Bound = bound };
        return Judge.Text(what, word, bound);
    }

    private Observation Broken(string reason) => Observation.Of(Verdict.Error, reason) with { Bound = bound };

    private static bool TryUnit(string unit, out Unit counts)
    {
        counts = Unit.Ratio;
        return unit == "ratio" || (unit.Length > 0 && Quantities.TryParseNumber("1" + unit, out _, out counts) && counts != Unit.None && !char.IsAsciiDigit(unit[0]));
    }

    // The runtime's message ends with the place, which is told already, counted from zero.
    private static string Why(string message)
    {
        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.', ' ');
    }
}
