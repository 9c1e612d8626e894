using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Gathers failures while evaluators walk a value, and knows where in the value and in the schema they are.</summary>
internal sealed class FailureList
{
    private const int Most = 1000;

    private readonly List<SchemaFailure> _failures = [];
    private readonly List<string> _instance = [];
    private readonly List<string> _keywords = [];

    public IReadOnlyList<SchemaFailure> Failures => _failures;

    /// <summary>Whether no more failures are kept, so that looking for more is of no use.</summary>
    public bool IsFull => _failures.Count >= Most;

    /// <summary>How deep in the value this is.</summary>
    public int Depth => _instance.Count;

    /// <summary>A list of its own for one of several branches, which begins at the same place.</summary>
    public FailureList Branch()
    {
        var branch = new FailureList();
        branch._instance.AddRange(_instance);
        branch._keywords.AddRange(_keywords);
        return branch;
    }

    public void AddAll(FailureList branch) => _failures.AddRange(branch._failures.Take(Most - _failures.Count));

    public void Add(DocumentNode value, string keyword, string message, string expected) => Add(value.Line, value.Column, keyword, message, expected);

    public void Add(int line, int column, string keyword, string message, string expected)
    {
        if (IsFull) return;
        _failures.Add(new SchemaFailure
        {
            InstancePath = Pointer(_instance),
            KeywordLocation = keyword == "false" ? Pointer(_keywords) : $"{Pointer(_keywords)}/{keyword}", // "false" is a schema, no keyword.
            Keyword = keyword,
            Message = message,
            Expected = expected,
            Line = line,
            Column = column,
        });
    }

    /// <summary>Lets a schema collect about the same value.</summary>
    public void InPlace(Evaluator schema, DocumentNode value, params ReadOnlySpan<string> keywords) => Walk(schema, value, null, keywords);

    /// <summary>Lets a schema collect about a member or an item of the value.</summary>
    public void Child(Evaluator schema, DocumentNode child, string segment, params ReadOnlySpan<string> keywords) => Walk(schema, child, segment, keywords);

    private void Walk(Evaluator schema, DocumentNode value, string? segment, ReadOnlySpan<string> keywords)
    {
        if (segment is not null) _instance.Add(segment);
        _keywords.AddRange(keywords);
        schema.Collect(value, this);
        _keywords.RemoveRange(_keywords.Count - keywords.Length, keywords.Length);
        if (segment is not null) _instance.RemoveAt(_instance.Count - 1);
    }

    private static string Pointer(List<string> segments) =>
        string.Concat(segments.Select(s => $"/{s.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}"));
}
