namespace ReadyOps.Core.Flags;

/// <summary>Values by name, in their order: what a <see cref="FlagValue"/> of that kind holds. It does not change.</summary>
internal sealed class FlagObject
{
    // Up to here, going through the names is faster than hashing one.
    private const int Few = 8;

    private readonly string[] _names;
    private readonly FlagValue[] _values;
    private readonly Dictionary<string, int>? _index;

    public static readonly FlagObject Empty = new([], []);

    /// <summary>Takes names that are unique, each with its value.</summary>
    public FlagObject(string[] names, FlagValue[] values)
    {
        (_names, _values) = (names, values);
        if (names.Length <= Few) return;
        _index = new Dictionary<string, int>(names.Length, StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++) _index[names[i]] = i;
    }

    /// <summary>Takes members of which a later one replaces an earlier one of the same name.</summary>
    public static FlagObject Of(IEnumerable<KeyValuePair<string, FlagValue>> members)
    {
        var names = new List<string>();
        var values = new List<FlagValue>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string name, FlagValue value) in members)
        {
            if (known.TryAdd(name, names.Count))
            {
                names.Add(name);
                values.Add(value);
            }
            else
            {
                values[known[name]] = value;
            }
        }

        return new FlagObject([.. names], [.. values]);
    }

    public int Count => _names.Length;

    public ReadOnlySpan<string> Names => _names;

    public ReadOnlySpan<FlagValue> Values => _values;

    /// <summary>The same, beginning at the index at which a name was found in another object; that of two threads does not matter.</summary>
    public bool TryGet(string name, ref int hint, out FlagValue value)
    {
        int at = hint;
        if ((uint)at < (uint)_names.Length && _names[at] == name)
        {
            value = _values[at];
            return true;
        }

        bool found = TryGet(name, out value);
        if (found) hint = Array.IndexOf(_names, name);
        return found;
    }

    public bool TryGet(string name, out FlagValue value)
    {
        if (_index is not null)
        {
            bool found = _index.TryGetValue(name, out int at);
            value = found ? _values[at] : default;
            return found;
        }

        string[] names = _names;
        for (int i = 0; i < names.Length; i++)
        {
            if (!ReferenceEquals(names[i], name) && !string.Equals(names[i], name)) continue;
            value = _values[i];
            return true;
        }

        value = default;
        return false;
    }

    public FlagObject With(string name, FlagValue value)
    {
        int at = Array.IndexOf(_names, name);
        if (at < 0) return new FlagObject([.. _names, name], [.. _values, value]);
        FlagValue[] values = [.. _values];
        values[at] = value;
        return new FlagObject(_names, values);
    }
}
