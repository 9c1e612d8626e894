using System.Globalization;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>One result of a scan, while it is read. One object serves all of them: there may be millions.</summary>
internal sealed class SarifResult
{
    private readonly List<string> _prints = [];

    public string? RuleId { get; set; }

    public int RuleIndex { get; set; }

    /// <summary>Which of the tool's extensions the rule is of; -1 for the tool itself.</summary>
    public int Component { get; set; }

    public int Invocation { get; set; }

    public SarifLevel? Level { get; set; }

    public bool IsFail { get; set; }

    /// <summary>Whether it carries suppressions and all of them count.</summary>
    public bool Suppressed { get; set; }

    public string? BaselineState { get; set; }

    public double? Severity { get; set; }

    public string? Uri { get; set; }

    public int? Line { get; set; }

    public string? Snippet { get; set; }

    public string? Message { get; set; }

    /// <summary>Whether the fingerprints are whole ones, which hold in any file.</summary>
    public bool HasFingerprint { get; set; }

    public void Clear()
    {
        RuleId = Uri = Snippet = Message = BaselineState = null;
        Line = null;
        RuleIndex = Component = Invocation = -1;
        Level = null;
        IsFail = true;
        Suppressed = HasFingerprint = false;
        Severity = null;
        _prints.Clear();
    }

    /// <summary>Notes a fingerprint; of the partial ones that of the line goes before all others, as GitHub has it.</summary>
    public void AddPrint(string name, string value, bool partial)
    {
        if (partial && HasFingerprint) return;
        if (!partial && !HasFingerprint)
        {
            _prints.Clear();
            HasFingerprint = true;
        }

        if (_prints.Count < 32) _prints.Add($"{name}={value}");
    }

    /// <summary>
    /// What makes it the same result in two scans: its rule and its fingerprints; without them the rule, the file, and the source text,
    /// or where that is not told the line and the message. <see langword="null"/> when it tells nothing of where it is.
    /// </summary>
    public ulong? Identity()
    {
        string rule = RuleId ?? (RuleIndex >= 0 ? $"#{Component}/{RuleIndex}" : "");
        if (HasFingerprint) return StableHash.Of("f", rule, Prints());
        if (Uri is null) return Message is null || rule.Length == 0 ? null : StableHash.Of("m", rule, Message);
        if (_prints.Count > 0) return StableHash.Of("p", rule, Uri, Prints());
        return Snippet is { Length: > 0 } ? StableHash.Of("s", rule, Uri, Snippet.Trim()) : StableHash.Of("l", rule, Uri, Line?.ToString(CultureInfo.InvariantCulture), Message);
    }

    // Where and what, in one line for a person.
    public string Tell(string rule) => $"{rule}{(Uri is null ? "" : $" {Judge.Cut(Uri)}{(Line is { } line ? string.Create(CultureInfo.InvariantCulture, $":{line}") : "")}")}{(Message is null ? "" : ": " + Judge.Cut(Message))}";

    private string Prints()
    {
        string? line = HasFingerprint ? null : _prints.Find(print => print.StartsWith("primaryLocationLineHash", StringComparison.Ordinal));
        if (line is not null) return line;
        _prints.Sort(StringComparer.Ordinal);
        return string.Join('\n', _prints);
    }
}
