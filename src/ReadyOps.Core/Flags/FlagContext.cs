using System.Text.Json;

namespace ReadyOps.Core.Flags;

/// <summary>
/// Whom or what a flag is evaluated for: a targeting key that tells one from another (a user, a session, a host), and attributes that
/// rules ask for. It does not change, and costs nothing to pass on.
/// </summary>
public readonly struct FlagContext
{
    internal const string TargetingKeyName = "targetingKey";

    private readonly FlagObject? _attributes;

    /// <summary>A context without attributes.</summary>
    public FlagContext(string? targetingKey) => TargetingKey = targetingKey;

    /// <summary>A context.</summary>
    /// <param name="targetingKey">The targeting key, or <see langword="null"/> for none.</param>
    /// <param name="attributes">The attributes: whatever <see cref="FlagValue.From"/> takes.</param>
    /// <exception cref="ArgumentException">A value cannot be part of a context.</exception>
    public FlagContext(string? targetingKey, IEnumerable<KeyValuePair<string, object?>> attributes)
        : this(targetingKey, FlagObject.Of(attributes.Select(member => KeyValuePair.Create(member.Key, FlagValue.From(member.Value)))))
    {
    }

    private FlagContext(string? targetingKey, FlagObject? attributes)
    {
        TargetingKey = targetingKey;
        _attributes = attributes;
    }

    /// <summary>The targeting key; <see langword="null"/> where there is none.</summary>
    public string? TargetingKey { get; }

    internal FlagObject Attributes => _attributes ?? FlagObject.Empty;

    /// <summary>
    /// The context that an object of JSON describes, as OFREP sends it: <c>targetingKey</c> and the attributes beside it. One that is no
    /// text is kept, and rules see it, but nothing is dealt out by it.
    /// </summary>
    /// <exception cref="ArgumentException">It is no object.</exception>
    public static FlagContext FromJson(JsonElement element) => element.ValueKind == JsonValueKind.Object
        ? From(FlagValue.FromJson(element))
        : throw new ArgumentException("A context is an object.", nameof(element));

    /// <summary>The context that an object describes, as in <see cref="FromJson"/>.</summary>
    /// <exception cref="ArgumentException">It is no object.</exception>
    public static FlagContext From(FlagValue value)
    {
        if (value.Kind != FlagValueKind.Object) throw new ArgumentException("A context is an object.", nameof(value));
        bool keyed = value.ObjectOf.TryGet(TargetingKeyName, out FlagValue key) && key.Kind == FlagValueKind.String;
        return new FlagContext(keyed ? key.TextOf : null, value.ObjectOf);
    }

    /// <summary>The same context with one attribute more, or with another value of it.</summary>
    public FlagContext With(string name, FlagValue value)
    {
        ArgumentNullException.ThrowIfNull(name);
        string? key = name == TargetingKeyName ? value.Kind == FlagValueKind.String ? value.TextOf : null : TargetingKey;
        return new FlagContext(key, Attributes.With(name, value));
    }

    /// <summary>An attribute, but not the targeting key; the hint says where it was found last, which is where it will be found next.</summary>
    internal FlagValue Get(string name, ref int hint)
    {
        FlagValue value = default;
        _ = _attributes?.TryGet(name, ref hint, out value);
        return value;
    }

    internal FlagValue Key()
    {
        if (TargetingKey is { } key) return key;
        FlagValue other = default;
        _ = _attributes?.TryGet(TargetingKeyName, out other);
        return other;
    }

    /// <inheritdoc/>
    public override string ToString() => FlagJson.Write(FlagValue.Of(TargetingKey is { } key ? Attributes.With(TargetingKeyName, key) : Attributes));
}
