using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReadyOps.Core.Signals;

/// <summary>When something happened last, the newest so many times: enough to tell whether it happened that often within a time.</summary>
[JsonConverter(typeof(Json))]
public sealed class RecentTimes : IEquatable<RecentTimes>
{
    private readonly DateTimeOffset[] _times;

    /// <summary>Takes times in their order.</summary>
    public RecentTimes(IEnumerable<DateTimeOffset> times) => _times = [.. times];

    /// <summary>The oldest that is known.</summary>
    public DateTimeOffset Oldest => _times[0];

    /// <summary>The newest.</summary>
    public DateTimeOffset Newest => _times[^1];

    /// <summary>How many happened in the time up to a moment; what is exactly as old as that has left it.</summary>
    public int CountAt(DateTimeOffset now, TimeSpan within) => _times.Count(time => time > now - within && time <= now);

    /// <summary>With one more, as far as they count.</summary>
    internal static RecentTimes Add(RecentTimes? before, DateTimeOffset time, SignalLimit limit)
    {
        IEnumerable<DateTimeOffset> kept = (before?._times ?? []).Where(old => old > time - limit.Within!.Value);
        return new RecentTimes(kept.Append(time).TakeLast(limit.Count));
    }

    /// <summary>Without those that count no more at a moment; nothing when none does.</summary>
    internal static RecentTimes? Prune(RecentTimes? before, DateTimeOffset now, SignalLimit? limit)
    {
        if (before is null || limit?.Within is not { } within || before.Oldest > now - within) return before;
        DateTimeOffset[] kept = [.. before._times.Where(time => time > now - within)];
        return kept.Length == 0 ? null : new RecentTimes(kept);
    }

    /// <summary>Without those after a moment; nothing when none is left.</summary>
    internal static RecentTimes? Until(RecentTimes? before, DateTimeOffset moment)
    {
        if (before is null || before.Newest <= moment) return before;
        DateTimeOffset[] kept = [.. before._times.Where(time => time <= moment)];
        return kept.Length == 0 ? null : new RecentTimes(kept);
    }

    /// <inheritdoc/>
    public bool Equals(RecentTimes? other) => other is not null && _times.AsSpan().SequenceEqual(other._times);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RecentTimes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_times.Length, _times[0], _times[^1]);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _times.Select(time => time.UtcDateTime.ToString("u", System.Globalization.CultureInfo.InvariantCulture)));

    private sealed class Json : JsonConverter<RecentTimes>
    {
        public override RecentTimes? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize<DateTimeOffset[]>(ref reader, options) is { Length: > 0 } times ? new RecentTimes(times) : null;

        public override void Write(Utf8JsonWriter writer, RecentTimes value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value._times, options);
    }
}
