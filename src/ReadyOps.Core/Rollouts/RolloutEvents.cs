using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>Events to journal entries and back.</summary>
public static class RolloutEvents
{
    internal static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    // Character by character as a line is written, so that it need not be read and written once more.
    private static readonly JsonSerializerOptions AsWritten = new(Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Dictionary<string, Type> Types = typeof(RolloutEvent).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(RolloutEvent)))
        .ToDictionary(type => type.Name);

    /// <summary>An event as it goes into the journal; its type is the name of the record.</summary>
    public static JournalEntry Encode(RolloutEvent happened, string actor) =>
        new(happened.GetType().Name, actor, JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), AsWritten));

    /// <summary>A journal line as an event; <see langword="null"/> for what the journal itself notes.</summary>
    /// <exception cref="ReadyOpsException">
    /// <c>JournalNotUnderstood</c>: the line says something that this version does not know, so its state cannot be trusted.
    /// </exception>
    public static RolloutEvent? Decode(JournalLine line)
    {
        if (line.Type is "TornTailRemoved") return null;
        try
        {
            if (Types.TryGetValue(line.Type, out Type? type) && JsonSerializer.Deserialize(line.DataUtf8.Span, type, Options) is RolloutEvent happened)
                return happened;
        }
        catch (JsonException e)
        {
            throw NotUnderstood(line, e);
        }

        throw NotUnderstood(line, null);
    }

    /// <summary>
    /// Whether a rollout whose last event is of a type has ended and calls nobody any more. One that failed calls a person, and what
    /// came of that follows its end.
    /// </summary>
    public static bool IsEnd(string type) => type is nameof(RolloutSucceeded) or nameof(RolledBack) or nameof(RolloutSuperseded);

    private static ReadyOpsException NotUnderstood(JournalLine line, JsonException? cause) => new(
        "JournalNotUnderstood",
        $"Event {line.Sequence} of type '{line.Type}' is not one that this version of ReadyOps understands{(cause is null ? "" : $": {cause.Message}")}.",
        "Use the version that wrote it, or a newer one.", cause);
}
