using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ReadyOps.Core.Flags.Strategies;

/// <summary>A group of users by one attribute of theirs.</summary>
/// <param name="Attribute">The attribute: <c>targetingKey</c> for single users, or any other, for example <c>segment</c> or <c>email</c>.</param>
public sealed record FlagAudience(string Attribute)
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>It is one of these.</summary>
    public IReadOnlyList<string>? In { get; init; }

    /// <summary>It begins with this.</summary>
    public string? StartsWith { get; init; }

    /// <summary>It ends with this.</summary>
    public string? EndsWith { get; init; }

    /// <summary>The condition in JsonLogic.</summary>
    internal JsonObject Condition()
    {
        JsonObject value = new() { ["var"] = Attribute };
        if (StartsWith is not null) return new() { ["starts_with"] = new JsonArray(value, StartsWith) };
        if (EndsWith is not null) return new() { ["ends_with"] = new JsonArray(value, EndsWith) };
        return new() { ["in"] = new JsonArray(value, new JsonArray([.. (In ?? []).Select(one => (JsonNode)one)])) };
    }

    internal string? Problem()
    {
        int ways = (In is null ? 0 : 1) + (StartsWith is null ? 0 : 1) + (EndsWith is null ? 0 : 1);
        if (Attribute.Length == 0) return "a group on its list names no attribute";
        if (ways != 1) return $"the group by '{Attribute}' needs exactly one of: one of these, begins with, ends with";
        return In is { Count: 0 } || StartsWith is "" || EndsWith is "" ? $"the group by '{Attribute}' is empty, or is everybody" : null;
    }

    /// <inheritdoc/>
    public override string ToString() => StartsWith is not null ? $"{Attribute} {StartsWith}*" : EndsWith is not null ? $"{Attribute} *{EndsWith}" : $"{Attribute} {string.Join("|", In ?? [])}";

    /// <inheritdoc/>
    public bool Equals(FlagAudience? other) => other is not null && Attribute == other.Attribute && StartsWith == other.StartsWith
        && EndsWith == other.EndsWith && (In ?? []).SequenceEqual(other.In ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Attribute, StartsWith, EndsWith);
}
