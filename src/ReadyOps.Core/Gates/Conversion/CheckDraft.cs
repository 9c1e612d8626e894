using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Gates.Conversion;

/// <summary>A check as it will stand in a document.</summary>
/// <param name="Type">Its type.</param>
internal sealed record CheckDraft(string Type)
{
    /// <summary>What it is called; made unique when the document is put together.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its members beside those that every check has: a text, a number, a Boolean, or texts.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Members { get; init; } = [];

    /// <summary>What was guessed; empty when everything stands in the item.</summary>
    public string Guess { get; init; } = "";

    /// <summary>The variables it needs, by <see cref="GateVariables"/>.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>What the document says about it to people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The line it comes from.</summary>
    public int Line { get; init; }

    /// <summary>Of a group: its checks.</summary>
    public IReadOnlyList<CheckDraft> Parts { get; init; } = [];

    /// <summary>Whether the gate cannot pass without it.</summary>
    public bool Critical { get; init; }

    /// <summary>Whether it counts nothing towards the score.</summary>
    public bool Weightless { get; set; }

    /// <summary>It with one more member. A text of the checklist is taken as it is, whatever <c>${…}</c> stands in it.</summary>
    public CheckDraft With(string key, object value) =>
        this with { Members = [.. Members, KeyValuePair.Create(key, value is string text ? YamlScalar.Literal(text) : value)] };

    /// <summary>It with one more member that may hold variables.</summary>
    public CheckDraft WithTemplate(string key, string value) => this with { Members = [.. Members, KeyValuePair.Create(key, (object)value)] };

    /// <summary>It with something guessed and the variables that say it.</summary>
    public CheckDraft Guessing(string guess, params string[] variables) => this with { Guess = guess, Variables = [.. Variables, .. variables] };

    /// <summary>Whether another looks at the same.</summary>
    public bool LooksLike(CheckDraft other) => Type == other.Type && Parts.Count == 0 && other.Parts.Count == 0
        && Members.Select(Text).SequenceEqual(other.Members.Select(Text));

    private static string Text(KeyValuePair<string, object> member) =>
        $"{member.Key}={(member.Value is IEnumerable<string> texts ? string.Join('\n', texts) : member.Value)}";
}
