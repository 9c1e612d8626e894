using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// The state that a journal was folded to, up to one of its lines, as it is kept beside the journal: a line of JSON and a line with its
/// SHA-256 in lower-case hex. It saves a process that was just started reading what lies before that line, and may be thrown away.
/// </summary>
/// <param name="Build">The build that made it: what a state consists of changes with the code.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Place">The line. It counts only while the journal holds it.</param>
/// <param name="State">The state after it.</param>
internal sealed record RolloutSnapshot(string Build, string Stream, JournalPlace Place, RolloutState State)
{
    private const int DigestLength = 64;

    private static readonly string ThisBuild = $"{typeof(RolloutState).Module.ModuleVersionId:n}-{typeof(Verdict).Module.ModuleVersionId:n}";

    private static readonly JsonSerializerOptions Options = new(RolloutEvents.Options) { IncludeFields = true, IgnoreReadOnlyProperties = true };

    /// <summary>The bytes that keep a state; <see langword="null"/> where it cannot be written down.</summary>
    public static byte[]? TryEncode(string stream, JournalPlace place, RolloutState state)
    {
        try
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(new RolloutSnapshot(ThisBuild, stream, place, state), Options);
            return [.. json, (byte)'\n', .. Encoding.ASCII.GetBytes(DigestOf(json)), (byte)'\n'];
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What bytes keep; <see langword="null"/> for what is torn or changed, of another stream or made by another build.</summary>
    public static RolloutSnapshot? TryDecode(ReadOnlySpan<byte> bytes, string stream)
    {
        int end = bytes.Length - DigestLength - 2;
        if (end < 0 || bytes[end] != (byte)'\n' || bytes[^1] != (byte)'\n') return null;
        ReadOnlySpan<byte> json = bytes[..end];
        if (!bytes[(end + 1)..^1].SequenceEqual(Encoding.ASCII.GetBytes(DigestOf(json)))) return null;
        try
        {
            RolloutSnapshot? snapshot = JsonSerializer.Deserialize<RolloutSnapshot>(json, Options);
            bool isWhole = snapshot is { State.Started: not null, Place: { Sequence: > 0, Offset: > 0, Hash: not null, FirstHash: not null } };
            return isWhole && snapshot!.Build == ThisBuild && snapshot.Stream == stream ? snapshot : null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>A state as JSON, to hold one against another.</summary>
    public static JsonElement ToJson(RolloutState state) => JsonSerializer.SerializeToElement(state, Options);

    private static string DigestOf(ReadOnlySpan<byte> json)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(json, digest);
        return Convert.ToHexString(digest).ToLowerInvariant();
    }
}
