using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ReadyOps.Core.Documents;

/// <summary>
/// YAML 1.2 to a tree, with the place of every value. Of YAML's type system only the core schema is there: tags beyond it, merge
/// keys, keys that are no scalars and several documents in one file are refused.
/// </summary>
internal sealed class YamlReader
{
    private readonly string _text;
    private readonly ProblemList _problems;
    private readonly TreeBudget _budget;
    private readonly Parser _parser;
    private readonly Dictionary<string, Anchored?> _anchors = new(StringComparer.Ordinal);

    private YamlReader(string text, ProblemList problems)
    {
        _text = text;
        _problems = problems;
        _budget = new TreeBudget(problems);
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>Reads a text; what can be said about it without stopping goes to the list.</summary>
    /// <exception cref="DocumentException">It cannot be read to its end.</exception>
    public static DocumentNode Read(string text, ProblemList problems)
    {
        var reader = new YamlReader(text, problems);
        try
        {
            return reader.ReadStream();
        }
        catch (YamlException exception)
        {
            throw reader.Syntax(exception);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            // The scanner guards most of its input but not all: "!<>" ends in an ArgumentException.
            (int line, int column) = reader._parser.Current is { } current ? Place(current.End) : (1, 1);
            throw problems.Fatal(line, column, "this cannot be read as YAML from here on");
        }
    }

    private DocumentNode ReadStream()
    {
        Next<StreamStart>();
        if (Next<ParsingEvent>() is not DocumentStart) throw _problems.Fatal(1, 1, "the file is empty", "a document");
        DocumentNode root = ReadNode(Next<ParsingEvent>(), 1).Node;
        Next<DocumentEnd>();
        if (Next<ParsingEvent>() is not DocumentStart second) return root;
        (int line, int column) = Place(second.Start);
        throw _problems.Fatal(line, column, "a second document begins here", "one document a file");
    }

    private T Next<T>()
        where T : ParsingEvent =>
        _parser.MoveNext() && _parser.Current is T wanted ? wanted : throw new InvalidOperationException("The parser broke off.");

    private Anchored ReadNode(ParsingEvent node, int depth)
    {
        (int line, int column) = Place(node.Start);
        if (node is AnchorAlias alias) return ReadAlias(alias.Value.Value, depth, line, column);

        _budget.CheckDepth(depth, line, column);
        _budget.Take(1, 0, line, column);
        (int nodesBefore, long charactersBefore) = (_budget.Nodes - 1, _budget.Characters);
        string? anchor = node is NodeEvent { Anchor.IsEmpty: false } named ? named.Anchor.Value : null;
        if (anchor is not null) _anchors[anchor] = null; // Until it is complete: an alias to it in here would be a circle.
        (DocumentNode read, int height) = node switch
        {
            Scalar scalar => (ReadScalar(scalar, line, column), 1),
            SequenceStart sequence => ReadSequence(sequence, depth, line, column),
            MappingStart mapping => ReadMapping(mapping, depth, line, column),
            _ => throw new InvalidOperationException("The parser gave an event that begins no value."),
        };
        var result = new Anchored(read, _budget.Nodes - nodesBefore, _budget.Characters - charactersBefore, height);
        if (anchor is not null) _anchors[anchor] = result;
        return result;
    }

    private Anchored ReadAlias(string name, int depth, int line, int column)
    {
        if (!_anchors.TryGetValue(name, out Anchored? target))
            throw _problems.Fatal(line, column, $"there is no anchor '&{name}' above this alias{Suggestion.For(name, _anchors.Keys)}");
        if (target is not { } found) throw _problems.Fatal(line, column, $"the alias '*{name}' stands inside the value that it names: a circle");
        _budget.Take(found.Nodes, found.Characters, line, column);
        _budget.CheckDepth(depth + found.Height - 1, line, column);
        return found;
    }

    private (DocumentNode Node, int Height) ReadSequence(SequenceStart sequence, int depth, int line, int column)
    {
        CheckTag(sequence.Tag, "tag:yaml.org,2002:seq", line, column);
        CheckTabs(sequence.Start, sequence.Style == SequenceStyle.Block);
        var items = new List<DocumentNode>();
        int height = 0;
        for (ParsingEvent next = Next<ParsingEvent>(); next is not SequenceEnd; next = Next<ParsingEvent>())
        {
            Anchored item = ReadNode(next, depth + 1);
            items.Add(item.Node);
            height = Math.Max(height, item.Height);
        }

        return (new DocumentNode { Kind = NodeKind.Array, Line = line, Column = column, Items = items }, height + 1);
    }

    private (DocumentNode Node, int Height) ReadMapping(MappingStart mapping, int depth, int line, int column)
    {
        CheckTag(mapping.Tag, "tag:yaml.org,2002:map", line, column);
        var members = new MemberList(_problems);
        int height = 0;
        for (ParsingEvent next = Next<ParsingEvent>(); next is not MappingEnd; next = Next<ParsingEvent>())
        {
            (int keyLine, int keyColumn) = Place(next.Start);
            if (next is not Scalar key) throw _problems.Fatal(keyLine, keyColumn, "this key is no text", "a text before the colon");
            CheckTabs(key.Start, mapping.Style == MappingStyle.Block);
            DocumentNode name = ReadScalar(key, keyLine, keyColumn, isKey: true);
            if (!key.Anchor.IsEmpty) _anchors[key.Anchor.Value] = new Anchored(name, 1, name.Text.Length, 1);
            Anchored value = ReadNode(Next<ParsingEvent>(), depth + 1);
            height = Math.Max(height, value.Height);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
                _problems.Add(keyLine, keyColumn, "", "merge keys ('<<') are not supported", "the members written out");
            else
                members.Add(name.Text, keyLine, keyColumn, value.Node);
        }

        return (new DocumentNode { Kind = NodeKind.Object, Line = line, Column = column, Members = members.Members }, height + 1);
    }

    private DocumentNode ReadScalar(Scalar scalar, int line, int column, bool isKey = false)
    {
        _budget.Take(0, scalar.Value.Length, line, column);
        string tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        bool plain = scalar.Style == ScalarStyle.Plain && tag.Length == 0 && !isKey;
        (NodeKind kind, string text, string problem) = (NodeKind.String, scalar.Value, "");
        if (plain || tag is "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null")
            (kind, text, problem) = CoreScalar.Resolve(scalar.Value);
        else if (tag is not ("" or "!" or "tag:yaml.org,2002:str"))
            problem = $"the tag '{scalar.Tag}' is not supported";

        if (!plain && tag.Length > 0 && problem.Length == 0 && !Fits(kind, tag)) problem = $"'{scalar.Value}' does not fit its tag";
        if (problem.Length == 0) problem = SourceText.ProblemOf(text);
        if (problem.Length > 0) _problems.Add(line, column, "", problem);
        return new DocumentNode { Kind = kind, Line = line, Column = column, Text = text, IsPlain = plain };
    }

    private static bool Fits(NodeKind kind, string tag) => tag switch
    {
        "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float" => kind == NodeKind.Number,
        "tag:yaml.org,2002:bool" => kind == NodeKind.Boolean,
        "tag:yaml.org,2002:null" => kind == NodeKind.Null,
        _ => true,
    };

    private void CheckTag(TagName tag, string allowed, int line, int column)
    {
        if (!tag.IsEmpty && tag.Value != "!" && tag.Value != allowed) _problems.Add(line, column, "", $"the tag '{tag}' is not supported");
    }

    // The scanner lets some tabs pass as indentation; what stands under what would then depend on the editor.
    private void CheckTabs(Mark start, bool isBlock)
    {
        if (!isBlock) return;
        int lineStart = (int)(start.Index - start.Column + 1);
        ReadOnlySpan<char> before = _text.AsSpan(lineStart, (int)start.Column - 1);
        int tab = before.IndexOf('\t');
        if (tab >= 0 && before.IndexOfAnyExcept(' ', '\t') < 0) throw _problems.Fatal((int)start.Line, tab + 1, TabMessage, TabExpected);
    }

    private const string TabMessage = "a tab stands in the indentation";
    private const string TabExpected = "spaces";

    private DocumentException Syntax(YamlException exception)
    {
        (int line, int column) = Place(exception.Start);
        if (TabNear(exception) is var (tabLine, tabColumn)) return _problems.Fatal(tabLine, tabColumn, TabMessage, TabExpected);
        string message = exception.Message.TrimEnd('.');
        int at = (int)Math.Clamp(exception.Start.Index, 0, _text.Length);
        char here = at < _text.Length ? _text[at] : '\0';
        string expected = "";
        if (here == '{' && at > 0 && _text[at - 1] == '$') expected = "quotes around a text with ${…} inside brackets";
        else if (message.Contains("cannot start any token", StringComparison.Ordinal)) expected = $"quotes around a text that begins with '{here}'";
        else if (message.Contains("invalid mapping", StringComparison.Ordinal)) expected = "quotes around a text with ': ' in it, or less indentation";
        return _problems.Fatal(line, column, $"this is not YAML: {char.ToLowerInvariant(message[0])}{message[1..]}", expected);
    }

    // The scanner reports a tab at the start of what it was reading, which may be lines above.
    private (int Line, int Column)? TabNear(YamlException exception)
    {
        bool isTab = exception.Message.Contains("tab", StringComparison.Ordinal);
        int number = (int)exception.Start.Line;
        int last = isTab ? int.MaxValue : (int)exception.End.Line;
        int start = (int)Math.Clamp(exception.Start.Index - exception.Start.Column + 1, 0, _text.Length);
        foreach (ReadOnlySpan<char> line in _text.AsSpan(start).EnumerateLines())
        {
            int content = line.IndexOfAnyExcept(' ', '\t');
            int tab = line.IndexOf('\t');
            if (tab >= 0 && tab < content) return (number, tab + 1);
            if (++number > last) break;
        }

        return null;
    }

    private static (int Line, int Column) Place(Mark mark) => ((int)mark.Line, (int)mark.Column);

    // A value, and what it costs each time that an alias names it.
    private readonly record struct Anchored(DocumentNode Node, int Nodes, long Characters, int Height);
}
