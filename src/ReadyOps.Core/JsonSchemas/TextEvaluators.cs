using System.Text.RegularExpressions;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary><c>minLength</c> and <c>maxLength</c>, in code points.</summary>
internal sealed class LengthEvaluator(string keyword, ExactNumber limit, string limitText) : Evaluator
{
    public override bool IsValid(DocumentNode value)
    {
        if (value.Kind != NodeKind.String) return true;
        int order = Counts.Of(Length(value.Text)).CompareTo(limit);
        return keyword == "minLength" ? order >= 0 : order <= 0;
    }

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (IsValid(value)) return;
        string expected = keyword == "minLength" ? "at least" : "at most";
        string message = value.Text.Length == 0 ? "the text is empty" : $"the text has {Count(Length(value.Text), "character")}";
        failures.Add(value, keyword, message, $"{expected} {limitText}");
    }

    private static int Length(string text)
    {
        int length = text.Length;
        for (int i = 1; i < text.Length; i++)
            if (char.IsSurrogatePair(text[i - 1], text[i])) length--;
        return length;
    }
}

/// <summary><c>pattern</c></summary>
internal sealed class PatternEvaluator(Regex regex, string pattern) : Evaluator
{
    public override bool IsValid(DocumentNode value) => value.Kind != NodeKind.String || EcmaRegex.IsMatch(regex, value.Text);

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (!IsValid(value)) failures.Add(value, "pattern", $"{Show(value)} does not have the right form", $"a text that matches {pattern}");
    }
}

/// <summary><c>format</c></summary>
internal sealed class FormatEvaluator(SchemaFormat format) : Evaluator
{
    public override bool IsValid(DocumentNode value) => value.Kind is not (NodeKind.String or NodeKind.Number or NodeKind.Boolean) || format.Problem(value.Text).Length == 0;

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (!IsValid(value)) failures.Add(value, "format", format.Problem(value.Text), format.Expected);
    }
}

/// <summary>Limits of lengths and counts, which a schema may write as any number with a whole value.</summary>
internal static class Counts
{
    public static ExactNumber Of(long count) => ExactNumber.Parse(count.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
