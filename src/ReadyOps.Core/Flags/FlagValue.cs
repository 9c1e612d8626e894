using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;

namespace ReadyOps.Core.Flags;

/// <summary>
/// A value of JSON: what contexts are made of and what variants hold. It does not change; texts, numbers and booleans turn into one
/// by themselves.
/// </summary>
public readonly struct FlagValue
{
    // More than anybody nests, and little enough for a recursion over it.
    private const int MostDepth = 256;

    private readonly object? _reference;
    private readonly double _number;

    private FlagValue(FlagValueKind kind, object? reference, double number = 0) => (Kind, _reference, _number) = (kind, reference, number);

    /// <summary>What it is.</summary>
    public FlagValueKind Kind { get; }

    /// <summary>Whether it is nothing.</summary>
    public bool IsNull => Kind == FlagValueKind.Null;

    internal static FlagValue True { get; } = new(FlagValueKind.Boolean, null, 1);

    internal static FlagValue False { get; } = new(FlagValueKind.Boolean, null);

    internal bool BooleanOf => _number != 0;

    internal double NumberOf => _number;

    internal string TextOf => (string)_reference!;

    internal FlagValue[] ItemsOf => (FlagValue[])_reference!;

    internal FlagObject ObjectOf => (FlagObject)_reference!;

    /// <summary>A boolean.</summary>
    public static implicit operator FlagValue(bool value) => value ? True : False;

    /// <summary>A text; nothing for <see langword="null"/>.</summary>
    public static implicit operator FlagValue(string? value) => value is null ? default : new FlagValue(FlagValueKind.String, value);

    /// <summary>A number.</summary>
    public static implicit operator FlagValue(double value) => new(FlagValueKind.Number, null, value);

    /// <summary>A whole number; beyond ±2^53 the nearest that 64 bits of floating point hold.</summary>
    public static implicit operator FlagValue(long value) => new(FlagValueKind.Number, null, value);

    /// <summary>A whole number.</summary>
    public static implicit operator FlagValue(int value) => new(FlagValueKind.Number, null, value);

    /// <summary>A list.</summary>
    public static FlagValue List(params FlagValue[] items) => new(FlagValueKind.List, items.Clone());

    /// <summary>An object; of members with the same name the last one counts.</summary>
    public static FlagValue Object(IEnumerable<KeyValuePair<string, FlagValue>> members) => Of(FlagObject.Of(members));

    internal static FlagValue Of(FlagObject members) => new(FlagValueKind.Object, members);

    internal static FlagValue OfItems(FlagValue[] items) => new(FlagValueKind.List, items);

    /// <summary>
    /// A value of .NET: booleans, texts, numbers, enumerations (their names), moments (ISO 8601 in UTC), dictionaries, lists,
    /// <see cref="JsonElement"/>.
    /// </summary>
    /// <exception cref="ArgumentException">It is of another type, not finite, or nested too deep.</exception>
    public static FlagValue From(object? value) => Convert(value, 0);

    /// <summary>A value of JSON.</summary>
    public static FlagValue FromJson(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => True,
        JsonValueKind.False => False,
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Array => OfItems([.. element.EnumerateArray().Select(FromJson)]),
        JsonValueKind.Object => Object(element.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, FromJson(member.Value)))),
        _ => default,
    };

    /// <summary>The value as .NET knows it, as in <see cref="FlagEvaluation.Value"/>.</summary>
    public object? ToObject() => Kind switch
    {
        FlagValueKind.Boolean => BooleanOf,
        FlagValueKind.Number => NumberText.IsSafeInteger(_number) ? (object)(long)_number : _number,
        FlagValueKind.String => TextOf,
        FlagValueKind.List => Array.ConvertAll(ItemsOf, item => item.ToObject()),
        FlagValueKind.Object => new ReadOnlyDictionary<string, object?>(ToDictionary()),
        _ => null,
    };

    /// <summary>The value in JSON.</summary>
    public override string ToString() => FlagJson.Write(this);

    private Dictionary<string, object?> ToDictionary()
    {
        FlagObject members = ObjectOf;
        var dictionary = new Dictionary<string, object?>(members.Count, StringComparer.Ordinal);
        for (int i = 0; i < members.Count; i++) dictionary[members.Names[i]] = members.Values[i].ToObject();
        return dictionary;
    }

    private static FlagValue Convert(object? value, int depth)
    {
        if (depth > MostDepth) throw new ArgumentException($"The value is nested deeper than {MostDepth} levels.", nameof(value));
        return value switch
        {
            null => default,
            FlagValue known => known,
            bool boolean => boolean,
            string text => text,
            char character => character.ToString(),
            Enum name => name.ToString(),
            JsonElement element => FromJson(element),
            DateTimeOffset moment => moment.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            DateTime moment => moment.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
            Guid or Uri or Version => value.ToString(),
            IDictionary dictionary => Object(Members(dictionary, depth)),
            IEnumerable<KeyValuePair<string, object?>> members => Object(members.Select(member => KeyValuePair.Create(member.Key, Convert(member.Value, depth + 1)))),
            IEnumerable items => OfItems([.. items.Cast<object?>().Select(item => Convert(item, depth + 1))]),
            IConvertible number => Number(number),
            _ => throw new ArgumentException($"A value of the type {value.GetType()} cannot be part of a context.", nameof(value)),
        };
    }

    private static IEnumerable<KeyValuePair<string, FlagValue>> Members(IDictionary dictionary, int depth)
    {
        foreach (DictionaryEntry entry in dictionary)
            yield return KeyValuePair.Create(System.Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "", Convert(entry.Value, depth + 1));
    }

    private static FlagValue Number(IConvertible value)
    {
        double number = value.ToDouble(CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? number : throw new ArgumentException("JSON has no numbers that are not finite.", nameof(value));
    }
}
