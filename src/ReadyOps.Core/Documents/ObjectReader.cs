using System.Globalization;

namespace ReadyOps.Core.Documents;

/// <summary>
/// Reads typed values off one object of a document and notes every problem instead of stopping at the first, so that a person
/// sees all of them at once. After a problem the value returned is a stand-in; <see cref="ProblemList.ThrowIfAny"/> must be
/// called before anything that was read is used.
/// </summary>
public sealed class ObjectReader
{
    private readonly ProblemList _problems;

    /// <summary>Begins to read an object.</summary>
    /// <param name="node">The object; anything else is noted as a problem and reads as empty.</param>
    /// <param name="path">Where it stands, as a JSON Pointer.</param>
    /// <param name="baseDirectory">The folder that relative paths start from.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public ObjectReader(DocumentNode node, string path, string baseDirectory, ProblemList problems)
    {
        Node = node;
        Path = path;
        BaseDirectory = baseDirectory;
        _problems = problems;
        if (node.Kind != NodeKind.Object) problems.Add(node, path, $"this is {node.Kind.WithArticle()}", "an object");
    }

    /// <summary>Begins to read a document from its root.</summary>
    public static ObjectReader For(Document document, ProblemList problems) => new(document.Root, "", document.BaseDirectory, problems);

    /// <summary>The object.</summary>
    public DocumentNode Node { get; }

    /// <summary>Where it stands, as a JSON Pointer.</summary>
    public string Path { get; }

    /// <summary>The folder that relative paths start from.</summary>
    public string BaseDirectory { get; }

    /// <summary>Where what is wrong goes to.</summary>
    public ProblemList Problems => _problems;

    /// <summary>Where it stands, <c>file:line</c>, for evidence.</summary>
    public string Source => Node.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{_problems.File}:{Node.Line}") : _problems.File;

    /// <summary>Whether a member is there and is not null.</summary>
    public bool Has(string name) => Node[name] is { Kind: not NodeKind.Null };

    /// <summary>A text that must be there.</summary>
    public string RequiredText(string name) => OptionalText(name) ?? Missing(name, "");

    /// <summary>A text, or <see langword="null"/>. A number or a boolean reads as it is written.</summary>
    public string? OptionalText(string name) => Read<string?>(name, null, "a text", (DocumentNode node, out string? value) =>
    {
        value = node.Text;
        return node.Kind is NodeKind.String or NodeKind.Number or NodeKind.Boolean;
    });

    /// <summary>A text that may be a reference to a secret, or <see langword="null"/>.</summary>
    public SecretText? OptionalSecret(string name) => OptionalText(name) is { } text ? new SecretText(text) : null;

    /// <summary>A path made absolute from the folder of the document, or <see langword="null"/>.</summary>
    public string? OptionalPath(string name)
    {
        if (OptionalText(name) is not { Length: > 0 } text) return null;
        if (!text.Contains('\0', StringComparison.Ordinal)) return System.IO.Path.GetFullPath(text, BaseDirectory);
        Problem(name, "this path holds a NUL character", "a path");
        return BaseDirectory;
    }

    /// <summary>A path that must be there, made absolute from the folder of the document.</summary>
    public string RequiredPath(string name) => OptionalPath(name) ?? Missing(name, "");

    /// <summary>True or false.</summary>
    public bool Flag(string name, bool fallback = false) => Read(name, fallback, "true or false", (DocumentNode node, out bool value) =>
    {
        value = node.Text == "true";
        return node.Kind == NodeKind.Boolean;
    });

    /// <summary>A number within bounds, both included.</summary>
    public double Number(string name, double fallback, double min = double.MinValue, double max = double.MaxValue) =>
        Read(name, fallback, Range("a number", min, max), (DocumentNode node, out double value) =>
            double.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && node.Kind == NodeKind.Number && value >= min && value <= max);

    /// <summary>A whole number within bounds, both included.</summary>
    public int Integer(string name, int fallback, int min = int.MinValue, int max = int.MaxValue) =>
        Read(name, fallback, Range("a whole number", min, max), (DocumentNode node, out int value) =>
        {
            // 1.0 and 1e3 are whole numbers too, to JSON and to the schema.
            bool whole = decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
                && node.Kind == NodeKind.Number && number == decimal.Truncate(number) && number >= min && number <= max;
            value = whole ? (int)number : fallback;
            return whole;
        });

    /// <summary>A duration such as <c>30s</c>, <c>1h30m</c>, <c>7d</c>, or the fallback.</summary>
    public TimeSpan Duration(string name, TimeSpan fallback) => OptionalDuration(name) ?? fallback;

    /// <summary>A duration, or <see langword="null"/>.</summary>
    public TimeSpan? OptionalDuration(string name) => Read<TimeSpan?>(name, null, Quantities.DurationExpected, (DocumentNode node, out TimeSpan? value) =>
    {
        bool ok = Quantities.TryParseDuration(node.Text, out TimeSpan parsed) && node.Kind is NodeKind.String or NodeKind.Number;
        value = ok ? parsed : null;
        return ok;
    });

    /// <summary>A share such as <c>25%</c> or <c>0.25</c>, in per cent (0–100), or the fallback.</summary>
    public decimal Percent(string name, decimal fallback) => OptionalPercent(name) ?? fallback;

    /// <summary>A share in per cent (0–100), or <see langword="null"/>.</summary>
    public decimal? OptionalPercent(string name) => Read<decimal?>(name, null, Quantities.PercentExpected, (DocumentNode node, out decimal? value) =>
    {
        bool ok = Quantities.TryParsePercent(node.Text, out decimal parsed) && node.Kind is NodeKind.String or NodeKind.Number;
        value = ok ? parsed : null;
        return ok;
    });

    /// <summary>A bound such as <c>&lt; 1%</c>, or <see langword="null"/>.</summary>
    public Bound? OptionalBound(string name)
    {
        if (OptionalText(name) is not { } text) return null;
        if (Quantities.TryParseBound(text, out Bound? bound, out string problem)) return bound;
        _problems.Add(Node[name]!, PathOf(name), problem, Quantities.BoundExpected);
        return null;
    }

    /// <summary>A bound that must be there.</summary>
    public Bound RequiredBound(string name) =>
        OptionalBound(name) ?? (Has(name) ? AnyNumber : Missing(name, AnyNumber));

    /// <summary>One of a few words, or the fallback; the words are the names of the enum in camelCase.</summary>
    public T Choice<T>(string name, T fallback)
        where T : struct, Enum
    {
        string expected = "one of " + string.Join(", ", Enum.GetNames<T>().Select(Camel));
        return Read(name, fallback, expected, (DocumentNode node, out T value) =>
        {
            foreach (T candidate in Enum.GetValues<T>())
            {
                value = candidate;
                if (node.Text == Camel(candidate.ToString())) return true;
            }

            value = fallback;
            return false;
        });
    }

    /// <summary>A list of texts; one text alone reads as a list of one; empty when it is not there.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (Node[name] is not { Kind: not NodeKind.Null } node) return [];
        if (node.Kind is NodeKind.String or NodeKind.Number or NodeKind.Boolean) return [node.Text];
        if (node.Kind == NodeKind.Array && node.Items.All(item => item.Kind is NodeKind.String or NodeKind.Number or NodeKind.Boolean))
            return [.. node.Items.Select(item => item.Text)];
        _problems.Add(node, PathOf(name), $"this is {node.Kind.WithArticle()}", "a text or a list of texts");
        return [];
    }

    /// <summary>The members of an object whose values are texts, in order; empty when it is not there.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> TextMembers(string name) =>
        Object(name) is not { } reader ? []
        : [.. reader.Node.Members.Select(member => KeyValuePair.Create(member.Name, reader.OptionalText(member.Name) ?? ""))];

    /// <summary>An object within this one, or <see langword="null"/>.</summary>
    public ObjectReader? Object(string name) =>
        Node[name] is { Kind: not NodeKind.Null } node ? new ObjectReader(node, PathOf(name), BaseDirectory, _problems) : null;

    /// <summary>The objects of a list; empty when it is not there.</summary>
    public IReadOnlyList<ObjectReader> Objects(string name)
    {
        if (Node[name] is not { Kind: not NodeKind.Null } node) return [];
        if (node.Kind == NodeKind.Array)
            return [.. node.Items.Select((item, i) => new ObjectReader(item, $"{PathOf(name)}/{i}", BaseDirectory, _problems))];
        _problems.Add(node, PathOf(name), $"this is {node.Kind.WithArticle()}", "a list");
        return [];
    }

    /// <summary>Notes a problem at a member, or at the object itself when the member is not there.</summary>
    public void Problem(string name, string message, string expected) =>
        _problems.Add(Node[name] ?? Node, Node[name] is null ? Path : PathOf(name), message, expected);

    private delegate bool Parser<T>(DocumentNode node, out T value);

    private static readonly Bound AnyNumber = new("any", BoundOperator.Between, Unit.None, [double.MinValue, double.MaxValue]);

    private T Read<T>(string name, T fallback, string expected, Parser<T> parse)
    {
        if (Node[name] is not { Kind: not NodeKind.Null } node) return fallback;
        if (parse(node, out T value)) return value;
        string what = node.Kind is NodeKind.Object or NodeKind.Array ? node.Kind.WithArticle() : $"'{node.Text}'";
        _problems.Add(node, PathOf(name), $"this is {what}", expected);
        return fallback;
    }

    private T Missing<T>(string name, T standIn)
    {
        if (!Has(name)) _problems.Add(Node, Path, $"'{name}' is missing", $"a member named '{name}'");
        return standIn;
    }

    private string PathOf(string name) => $"{Path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string Range(string what, double min, double max) => (min > int.MinValue, max < int.MaxValue) switch
    {
        (true, true) => string.Create(CultureInfo.InvariantCulture, $"{what} from {min} to {max}"),
        (true, false) => string.Create(CultureInfo.InvariantCulture, $"{what} of at least {min}"),
        (false, true) => string.Create(CultureInfo.InvariantCulture, $"{what} of at most {max}"),
        _ => what,
    };
}
