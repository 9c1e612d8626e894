using System.Globalization;
using System.Text;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Gates.Conversion;

/// <summary>Writes a gate as YAML. Whatever stands in a text, it reads back as that text.</summary>
internal sealed class GateYaml
{
    private readonly StringBuilder _text = new();

    /// <summary>What was written.</summary>
    public string Text => _text.ToString();

    /// <summary>A blank line, unless nothing stands above it.</summary>
    public GateYaml Blank()
    {
        if (_text.Length > 0) _text.Append('\n');
        return this;
    }

    /// <summary>A comment in one line.</summary>
    public GateYaml Comment(int indent, string text)
    {
        _text.Append(' ', indent).Append("# ");
        foreach (char c in text.Trim()) _text.Append(YamlScalar.MustEscape(c) ? ' ' : c);
        _text.Append('\n');
        return this;
    }

    /// <summary>A member; a first one of a list item stands behind its hyphen.</summary>
    public GateYaml Member(int indent, string key, object value, bool first = false)
    {
        if (first) _text.Append(' ', indent - 2).Append("- ");
        else _text.Append(' ', indent);
        _text.Append(key).Append(": ");
        _text.Append(value switch
        {
            string text => YamlScalar.Write(text),
            bool flag => flag ? "true" : "false",
            IEnumerable<string> texts => $"[{string.Join(", ", texts.Select(YamlScalar.Write))}]",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        });
        _text.Append('\n');
        return this;
    }

    /// <summary>A member whose value follows below.</summary>
    public GateYaml Open(int indent, string key)
    {
        _text.Append(' ', indent).Append(key).Append(":\n");
        return this;
    }

    /// <summary>A check as an item of a list.</summary>
    /// <param name="indent">Where its members stand.</param>
    /// <param name="check">The check.</param>
    /// <param name="file">What to call the checklist in <c>from</c>.</param>
    public GateYaml Check(int indent, CheckDraft check, string file)
    {
        if (check.Guess.Length > 0) Comment(indent - 2, $"Guessed: {check.Guess}.");
        Member(indent, "name", YamlScalar.Literal(check.Name), first: true).Member(indent, "type", check.Type);
        if (check.Description.Length > 0) Member(indent, "description", YamlScalar.Literal(check.Description));
        Member(indent, "from", YamlScalar.Literal(string.Create(CultureInfo.InvariantCulture, $"{file}:{check.Line}")));
        if (check.Guess.Length > 0) Member(indent, "guessed", true);
        if (check.Critical) Member(indent, "critical", true);
        if (check.Weightless) Member(indent, "weight", 0);
        foreach ((string key, object value) in check.Members) Member(indent, key, value);
        if (check.Parts.Count == 0) return this;
        Open(indent, "checks");
        foreach (CheckDraft part in check.Parts) Check(indent + 4, part, file);
        return this;
    }
}
