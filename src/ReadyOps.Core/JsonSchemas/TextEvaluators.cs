using ReadyOps.Core.JsonSchemas.Formats;
using ReadyOps.Core.JsonSchemas.Patterns;

namespace ReadyOps.Core.JsonSchemas;

/// <summary><c>minLength</c> and <c>maxLength</c>, in code points.</summary>
internal sealed class LengthEvaluator(string keyword, int limit, string limitText) : Evaluator(keyword)
{
    private readonly bool _atLeast = keyword == "minLength";

    public override int AppliesTo => Kinds.String;

    public override int Cost => 15;

    public override bool AlwaysFits(TapeKind kind) => _atLeast ? limit == 0 : limit == int.MaxValue;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        // A code point has one to four bytes, which settles nearly all cases.
        int bytes = evaluation.Nodes[node].Length;
        if (_atLeast) return bytes >= limit && ((bytes + 3L) / 4 >= limit || Length(evaluation.Bytes(node)) >= limit);
        return bytes <= limit || ((bytes + 3L) / 4 <= limit && Length(evaluation.Bytes(node)) <= limit);
    }

    protected override (string Message, string Expected) Describe(ref Evaluation evaluation, int node)
    {
        int length = Length(evaluation.Bytes(node));
        return (length == 0 ? "the text is empty" : $"the text has {Count(length, "character")}", $"{(_atLeast ? "at least" : "at most")} {limitText}");
    }

    private static int Length(ReadOnlySpan<byte> utf8)
    {
        int length = 0;
        foreach (byte b in utf8)
            if ((b & 0xC0) != 0x80) length++;
        return length;
    }
}

/// <summary><c>pattern</c></summary>
internal sealed class PatternEvaluator(EcmaPattern pattern) : Evaluator("pattern")
{
    public override int AppliesTo => Kinds.String;

    public override int Cost => 38;

    public override bool IsValid(ref Evaluation evaluation, int node) => evaluation.Matches(pattern, node);

    protected override (string Message, string Expected) Describe(ref Evaluation evaluation, int node) =>
        ($"{Show(evaluation.Instance, node)} does not have the right form", $"a text that matches {pattern.Text}");
}

/// <summary><c>format</c> with one of the formats of JSON Schema, asserted.</summary>
internal sealed class FormatEvaluator(JsonFormat format, string json) : Evaluator("format")
{
    public override int AppliesTo => Kinds.String;

    public override int Cost => 37;

    public override bool IsValid(ref Evaluation evaluation, int node) => format.IsValid(evaluation.Bytes(node));

    public override bool Explain(ref Evaluation evaluation, int node, Unit unit)
    {
        if (evaluation.Annotates) unit.Annotate(Keyword, node, json);
        return base.Explain(ref evaluation, node, unit);
    }

    protected override (string Message, string Expected) Describe(ref Evaluation evaluation, int node) =>
        ($"{Show(evaluation.Instance, node)} does not have the right form", format.Expected);
}

/// <summary><c>format</c> with a format of the caller's own, which is about texts, numbers and Booleans as they are written.</summary>
internal sealed class OwnFormatEvaluator(SchemaFormat format) : Evaluator("format")
{
    public override int AppliesTo => Kinds.All & ~(Kinds.Object | Kinds.Array | (1 << (int)TapeKind.Null));

    public override int Cost => 37;

    public override bool IsValid(ref Evaluation evaluation, int node) => format.Problem(evaluation.String(node)).Length == 0;

    protected override (string Message, string Expected) Describe(ref Evaluation evaluation, int node) => (format.Problem(evaluation.String(node)), format.Expected);
}
