using System.Text;
using System.Text.Json;
using ReadyOps.Core.JsonSchemas;
using ReadyOps.Core.JsonSchemas.Formats;

namespace ReadyOps.Core.Contracts;

/// <summary>What the samples have at one place. Takes no more room the more samples there are, but for new names of members.</summary>
internal sealed class SampleShape
{
    private const int MostValues = 64;
    private const int LongestValue = 64;
    private const int MostMembers = 256;
    private const int LeastMapMembers = 16;

    // In the order in which the first that fits all is taken.
    private static readonly string[] Formats = ["date-time", "date", "time", "uuid", "ipv4", "ipv6", "email", "uri"];

    private readonly List<string> _types = [];
    private readonly List<string> _formats = [.. Formats];
    private HashSet<string>? _values = new(StringComparer.Ordinal);
    private SampleShape? _others;

    /// <summary>How often there was something at this place.</summary>
    public int Seen { get; private set; }

    /// <summary>How often it was a text.</summary>
    public int Texts { get; private set; }

    /// <summary>How often it was an object.</summary>
    public int Objects { get; private set; }

    /// <summary>The different texts, or <see langword="null"/> when there are too many or too long ones.</summary>
    public IReadOnlyCollection<string>? Values => _values;

    /// <summary>The members of the objects, in the order in which they were first seen.</summary>
    public OrderedMembers Members { get; } = new();

    /// <summary>What is in the lists; <see langword="null"/> when all were empty.</summary>
    public SampleShape? Items { get; private set; }

    /// <summary>The types as JSON Schema names them; a number that is whole everywhere is an integer.</summary>
    public IReadOnlyList<string> Types => _types.Contains("number") ? [.. _types.Where(type => type != "integer")] : _types;

    /// <summary>The format that every text has.</summary>
    public string? Format => Texts == 0 ? null : _formats.FirstOrDefault();

    public void Add(JsonElement value)
    {
        Seen++;
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Note("object");
                AddObject(value);
                break;
            case JsonValueKind.Array:
                Note("array");
                foreach (JsonElement item in value.EnumerateArray()) (Items ??= new SampleShape()).Add(item);
                break;
            case JsonValueKind.String:
                Note("string");
                AddText(value.GetString()!);
                break;
            case JsonValueKind.Number:
                Note(IsWhole(value) ? "integer" : "number");
                break;
            default:
                Note(value.ValueKind == JsonValueKind.Null ? "null" : "boolean");
                break;
        }
    }

    /// <summary>
    /// What the members have in common where the names look like keys of a map and not like members that somebody named: many
    /// of them, none in every object, each in few.
    /// </summary>
    public SampleShape? AsMap()
    {
        if (_others is not null) return _others;
        long sum = Members.Sum(member => (long)member.Value.Seen);
        bool map = Members.Count >= LeastMapMembers && Members.All(member => member.Value.Seen < Objects) && sum * 4 < (long)Members.Count * Objects;
        if (!map) return null;
        var all = new SampleShape();
        foreach ((_, SampleShape member) in Members) all.Merge(member);
        return all;
    }

    private void Note(string type)
    {
        if (!_types.Contains(type)) _types.Add(type);
    }

    private void AddText(string text)
    {
        Texts++;
        _formats.RemoveAll(name => !Fits(name, text));
        AddValue(text);
    }

    private void AddValue(string text)
    {
        if (text.Length > LongestValue) _values = null;
        _values?.Add(text);
        if (_values?.Count > MostValues) _values = null;
    }

    private void AddObject(JsonElement value)
    {
        Objects++;
        if (_others is not null)
        {
            foreach (JsonProperty property in value.EnumerateObject()) _others.Add(property.Value);
            return;
        }

        Dictionary<string, JsonElement> last = new(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject()) last[property.Name] = property.Value;
        foreach ((string name, JsonElement member) in last) Members.GetOrAdd(name).Add(member);
        if (Members.Count > MostMembers) Members.MergeInto(_others = new SampleShape());
    }

    private void Merge(SampleShape other)
    {
        Seen += other.Seen;
        Texts += other.Texts;
        foreach (string type in other._types) Note(type);
        _formats.RemoveAll(name => !other._formats.Contains(name));
        if (other._values is null) _values = null;
        foreach (string value in other._values ?? []) AddValue(value);
        if (other.Items is not null) (Items ??= new SampleShape()).Merge(other.Items);

        Objects += other.Objects;
        if (_others is null && other._others is not null) Members.MergeInto(_others = new SampleShape());
        if (_others is not null)
        {
            if (other._others is not null) _others.Merge(other._others);
            other.Members.MergeInto(_others);
            return;
        }

        foreach ((string name, SampleShape member) in other.Members) Members.GetOrAdd(name).Merge(member);
        if (Members.Count > MostMembers) Members.MergeInto(_others = new SampleShape());
    }

    private static bool IsWhole(JsonElement number) => new NumberToken(Encoding.ASCII.GetBytes(number.GetRawText())).IsInteger;

    private static bool Fits(string format, string text) => JsonFormats.TryFind(format, out JsonFormat? known) && known.IsValid(Encoding.UTF8.GetBytes(text));

    /// <summary>Members by name, in the order in which they came.</summary>
    internal sealed class OrderedMembers : IEnumerable<KeyValuePair<string, SampleShape>>
    {
        private readonly Dictionary<string, SampleShape> _byName = new(StringComparer.Ordinal);
        private readonly List<string> _names = [];

        public int Count => _names.Count;

        public SampleShape GetOrAdd(string name)
        {
            if (_byName.TryGetValue(name, out SampleShape? known)) return known;
            _names.Add(name);
            return _byName[name] = new SampleShape();
        }

        public void MergeInto(SampleShape other)
        {
            foreach ((_, SampleShape member) in this) other.Merge(member);
            _byName.Clear();
            _names.Clear();
        }

        public IEnumerator<KeyValuePair<string, SampleShape>> GetEnumerator() =>
            _names.Select(name => KeyValuePair.Create(name, _byName[name])).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
