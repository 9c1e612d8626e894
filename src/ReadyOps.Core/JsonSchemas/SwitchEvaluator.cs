namespace ReadyOps.Core.JsonSchemas;

/// <summary>The condition that a member is one of some texts: <c>properties</c> with <c>const</c> or <c>enum</c>, mostly with <c>required</c>.</summary>
/// <param name="Name">The member.</param>
/// <param name="Texts">The texts.</param>
/// <param name="IsRequired">Whether an object without that member does not meet it.</param>
internal sealed record OneOfTexts(byte[] Name, byte[][] Texts, bool IsRequired)
{
    /// <summary>What a schema asks of an object, if that is all.</summary>
    public static OneOfTexts? Of(SchemaNode schema)
    {
        Evaluator[] asked = [.. schema.Keywords.Where(keyword => keyword.Asserts && !keyword.AlwaysFits(TapeKind.Object))];
        if (asked is not [MembersEvaluator { Only: { Schema: { } value } member }]) return null;
        Evaluator[] ofValue = [.. value.Keywords.Where(keyword => keyword.Asserts && !keyword.AlwaysFits(TapeKind.String))];
        return ofValue is [EnumEvaluator { Texts: { Length: > 0 } texts }] ? new OneOfTexts(member.Name, texts, member.IsRequired) : null;
    }
}

/// <summary>
/// Several <c>if</c>s that ask for the text of one and the same member, as a document with a type does: the member is looked up once. Only for the
/// verdict on objects; who wants to know why asks the keywords themselves.
/// </summary>
internal sealed class SwitchEvaluator : Evaluator
{
    private readonly IfEvaluator[] _all;
    private readonly byte[] _name;
    private readonly int _hash;
    private readonly NameTable _texts;
    private readonly SchemaNode[][] _byText;
    private readonly SchemaNode[] _withoutMember;

    private SwitchEvaluator((IfEvaluator If, OneOfTexts Question)[] cases)
        : base("if")
    {
        _all = [.. cases.Select(one => one.If)];
        _name = cases[0].Question.Name;
        _hash = NameHash.Of(_name);
        string[] texts = [.. cases.SelectMany(one => one.Question.Texts).Select(Convert.ToHexString).Distinct(StringComparer.Ordinal)];
        _texts = new NameTable([.. texts.Select(Convert.FromHexString)]);
        _byText = [.. texts.Select(text => cases.Where(one => one.Question.Texts.Any(t => Convert.ToHexString(t) == text)).Select(one => one.If.Then).OfType<SchemaNode>().ToArray())];
        _withoutMember = [.. cases.Where(one => !one.Question.IsRequired).Select(one => one.If.Then).OfType<SchemaNode>()];
    }

    public override int Cost => 68;

    /// <summary>Puts one of these in the place of what it can stand for.</summary>
    public static Evaluator[] Gather(Evaluator[] keywords)
    {
        var cases = new List<(IfEvaluator If, OneOfTexts Question)>();
        foreach (IfEvaluator keyword in keywords.OfType<IfEvaluator>())
            if (keyword.Asks(out OneOfTexts? question)) cases.Add((keyword, question));
        foreach ((IfEvaluator If, OneOfTexts Question)[] same in cases.GroupBy(one => Convert.ToHexString(one.Question.Name)).Where(group => group.Count() > 1).Select(group => group.ToArray()))
        {
            int first = Array.IndexOf(keywords, same[0].If);
            keywords[first] = new SwitchEvaluator(same);
            keywords = [.. keywords.Where(keyword => !same.Any(one => ReferenceEquals(one.If, keyword)))];
        }

        return keywords;
    }

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        // Conditions leave marks too.
        if (evaluation.Marks >= 0) return All(ref evaluation, node);
        int value = evaluation.Find(node, _hash, _name);
        if (value < 0) return Fits(ref evaluation, node, _withoutMember);
        if (evaluation.Nodes[value].Kind != TapeKind.String) return true;
        ReadOnlySpan<byte> text = evaluation.Bytes(value);
        int at = _texts.Find(NameHash.Of(text), text);
        return at < 0 || Fits(ref evaluation, node, _byText[at]);
    }

    private static bool Fits(ref Evaluation evaluation, int node, SchemaNode[] schemas)
    {
        foreach (SchemaNode schema in schemas)
            if (!schema.IsValid(ref evaluation, node)) return false;
        return true;
    }

    private bool All(ref Evaluation evaluation, int node)
    {
        foreach (IfEvaluator one in _all)
            if (!one.IsValid(ref evaluation, node)) return false;
        return true;
    }
}
