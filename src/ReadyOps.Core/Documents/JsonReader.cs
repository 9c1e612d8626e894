using System.Text.Json;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Documents;

/// <summary>JSON (RFC 8259) to a tree, with the place of every value. Comments and trailing commas are refused by name.</summary>
internal ref struct JsonReader
{
    private readonly ReadOnlySpan<byte> _utf8;
    private readonly ProblemList _problems;
    private readonly TreeBudget _budget;
    private Utf8JsonReader _reader;
    private SourcePlace _place = new();

    private JsonReader(ReadOnlySpan<byte> utf8, ProblemList problems)
    {
        _utf8 = utf8;
        _problems = problems;
        _budget = new TreeBudget(problems);
        // One level more than we take, so that we word the error and not the reader; comments are let in to be refused by name.
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = TreeBudget.MostDepth + 1, CommentHandling = JsonCommentHandling.Allow });
    }

    /// <summary>Reads a text in well-formed UTF-8; what can be said about it without stopping goes to the list.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <param name="syntax">Whether it cannot be read to its end because it is no JSON at all.</param>
    /// <exception cref="DocumentException">It cannot be read to its end.</exception>
    public static DocumentNode Read(ReadOnlySpan<byte> utf8, ProblemList problems, out bool syntax)
    {
        var reader = new JsonReader(utf8, problems);
        syntax = true;
        try
        {
            reader.Next();
            DocumentNode root = reader.ReadValue(1);
            while (reader._reader.Read()) reader.RefuseComment();
            syntax = false;
            return root;
        }
        catch (JsonException exception)
        {
            throw reader.Syntax(exception);
        }
    }

    private void Next()
    {
        while (_reader.Read())
        {
            if (_reader.TokenType != JsonTokenType.Comment) return;
            RefuseComment();
        }
    }

    private void RefuseComment()
    {
        if (_reader.TokenType != JsonTokenType.Comment) return;
        (int line, int column) = Here();
        _problems.Add(line, column, "", "JSON has no comments", "YAML for a document with comments");
    }

    private DocumentNode ReadValue(int depth)
    {
        (int line, int column) = Here();
        _budget.CheckDepth(depth, line, column);
        _budget.Take(1, 0, line, column);
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(depth, line, column);
            case JsonTokenType.StartArray:
                var items = new List<DocumentNode>();
                for (Next(); _reader.TokenType != JsonTokenType.EndArray; Next()) items.Add(ReadValue(depth + 1));
                return new DocumentNode { Kind = NodeKind.Array, Line = line, Column = column, Items = items };
            case JsonTokenType.String:
                return new DocumentNode { Kind = NodeKind.String, Line = line, Column = column, Text = ReadText(line, column) };
            case JsonTokenType.Number:
                if (_reader.ValueSpan.Length > CoreScalar.LongestNumber)
                    throw _problems.Fatal(line, column, $"a number of more than {CoreScalar.LongestNumber} characters");
                return new DocumentNode { Kind = NodeKind.Number, Line = line, Column = column, Text = System.Text.Encoding.UTF8.GetString(_reader.ValueSpan) };
            case JsonTokenType.True:
                return new DocumentNode { Kind = NodeKind.Boolean, Line = line, Column = column, Text = "true" };
            case JsonTokenType.False:
                return new DocumentNode { Kind = NodeKind.Boolean, Line = line, Column = column, Text = "false" };
            default:
                return new DocumentNode { Kind = NodeKind.Null, Line = line, Column = column, Text = "null" };
        }
    }

    private DocumentNode ReadObject(int depth, int line, int column)
    {
        var members = new MemberList(_problems);
        for (Next(); _reader.TokenType != JsonTokenType.EndObject; Next())
        {
            (int keyLine, int keyColumn) = Here();
            string name = ReadText(keyLine, keyColumn);
            Next();
            members.Add(name, keyLine, keyColumn, ReadValue(depth + 1));
        }

        return new DocumentNode { Kind = NodeKind.Object, Line = line, Column = column, Members = members.Members };
    }

    private string ReadText(int line, int column)
    {
        string text;
        try
        {
            text = _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escaped surrogate without its partner is JSON by its grammar and no text by Unicode.
            _problems.Add(line, column, "", "the text holds half of a surrogate pair");
            return "";
        }

        _budget.Take(0, text.Length, line, column);
        if (SourceText.ProblemOf(text) is { Length: > 0 } problem) _problems.Add(line, column, "", problem);
        return text;
    }

    private (int Line, int Column) Here()
    {
        _place.Advance(_utf8, (int)_reader.TokenStartIndex);
        return (_place.Line, _place.Column);
    }

    private readonly DocumentException Syntax(JsonException exception)
    {
        (int line, int column, string message, string expected) = JsonSyntax.Describe(_utf8, exception);
        return _problems.Fatal(line, column, message, expected);
    }
}
