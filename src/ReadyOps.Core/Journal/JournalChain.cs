using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReadyOps.Core.Journal;

/// <summary>
/// Events to bytes and back. A line is one JSON object without white space, in UTF-8 without a byte order mark, followed by one
/// line feed, with exactly these members in this order: <c>seq</c> (1, 2, 3, …), <c>time</c> (UTC,
/// <c>yyyy-MM-ddTHH:mm:ss.fffffffZ</c>), <c>actor</c>, <c>host</c>, <c>type</c>, <c>data</c> (an object), <c>prev</c> (the
/// <c>hash</c> of the line before, 64 zeros in the first) and <c>hash</c>.
/// <para>
/// <c>hash</c> is the SHA-256, in lower-case hex, of the line's bytes from the opening brace up to and including the closing quote
/// of <c>prev</c>: everything before <c>,"hash":"</c>, which is the line without its last 75 bytes and without the line feed.
/// </para>
/// </summary>
internal static class JournalChain
{
    /// <summary>The <c>prev</c> of a first line.</summary>
    public static readonly string Genesis = new('0', HashLength);

    /// <summary>The longest line there may be, in bytes, so that reading needs a bounded buffer.</summary>
    public const int MaxLineBytes = 16 * 1024 * 1024;

    /// <summary>How deep a line may be nested.</summary>
    public const int MaxDepth = 256;

    /// <summary><c>,"hash":"</c> + 64 digits + <c>"}</c></summary>
    public const int SuffixLength = 9 + HashLength + 2;

    private const int HashLength = 64;
    private const int TimeLength = 28;

    private static ReadOnlySpan<byte> HashMember => ",\"hash\":\""u8;

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        // The journal is read by people: "< 1%" must not become "\u003C 1%". It is never embedded in HTML as it stands.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaxDepth,
    };

    /// <summary>Composes a line, with its line feed, and reads it back, so that nothing is written that could not be read.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalEntryInvalid</c></exception>
    public static JournalLine Write(
        ArrayBufferWriter<byte> output, JournalEntry entry, long sequence, string previousHash, DateTimeOffset time, string host)
    {
        if (entry.Compact is null && entry.Data.ValueKind != JsonValueKind.Object)
            throw Invalid(entry, $"its data is {entry.Data.ValueKind}, not an object");
        int start = output.WrittenCount;
        try
        {
            WriteBody(output, entry, sequence, previousHash, time, host);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw Invalid(entry, e.Message, e);
        }
        Span<byte> hash = stackalloc byte[HashLength];
        HashOf(output.WrittenSpan[start..], hash);
        output.Write(HashMember);
        output.Write(hash);
        output.Write("\"}"u8);
        ReadOnlySpan<byte> line = output.WrittenSpan[start..];
        string? problem = line.Length > MaxLineBytes ? $"its line would be longer than {MaxLineBytes} bytes" : null;
        JournalLine? written = null;
        problem ??= TryReadMembers(line, sequence, previousHash, null, withData: true, out written);
        if (problem is not null)
            throw Invalid(entry, problem);
        output.Write("\n"u8);
        return written!;
    }

    /// <summary>Reads a line (without its line feed) and holds it against its place in the chain.</summary>
    /// <param name="line">The bytes.</param>
    /// <param name="sequence">The number that it must have.</param>
    /// <param name="previousHash">The hash that it must continue.</param>
    /// <param name="before">The line before, whose texts are used again where they are the same.</param>
    /// <param name="withData">Whether <see cref="JournalLine.DataUtf8"/> is wanted; left empty otherwise.</param>
    /// <param name="read">The event.</param>
    /// <returns>What does not fit; <see langword="null"/> when all does.</returns>
    public static string? TryRead(
        ReadOnlySpan<byte> line, long sequence, string previousHash, JournalLine? before, bool withData, out JournalLine? read)
    {
        read = null;
        if (line.Length < SuffixLength || !line[^SuffixLength..].StartsWith(HashMember) || !line.EndsWith("\"}"u8))
            return NotALine(line);
        Span<byte> hash = stackalloc byte[HashLength];
        HashOf(line[..^SuffixLength], hash);
        if (!hash.SequenceEqual(line[^(HashLength + 2)..^2]))
            return "its hash does not fit its content";
        return TryReadMembers(line, sequence, previousHash, before, withData, out read);
    }

    private static string? TryReadMembers(
        ReadOnlySpan<byte> line, long sequence, string previousHash, JournalLine? before, bool withData, out JournalLine? read)
    {
        read = null;
        try
        {
            return ReadMembers(line, sequence, previousHash, before, withData, out read);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return $"it is not an event: {e.Message}";
        }
    }

    /// <summary>Reads a line apart from its chain: it fits its own hash, and nothing is said of its place; <see langword="null"/> where it does not.</summary>
    public static JournalLine? TryReadAlone(ReadOnlySpan<byte> line)
    {
        try
        {
            Utf8JsonReader json = new(line, new JsonReaderOptions { MaxDepth = MaxDepth });
            json.Read();
            Member(ref json, "seq"u8, JsonTokenType.Number);
            long sequence = json.GetInt64();
            ReadOnlySpan<byte> prev = ",\"prev\":\""u8;
            int at = line.Length - SuffixLength - HashLength - 1;
            if (at < prev.Length || !line[..at].EndsWith(prev))
                return null;
            string previousHash = System.Text.Encoding.ASCII.GetString(line.Slice(at, HashLength));
            return TryRead(line, sequence, previousHash, null, withData: true, out JournalLine? read) is null ? read : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether bytes begin with a whole line that fits its hash and go on with something else.</summary>
    public static bool HoldsWholeLineAndMore(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[HashLength];
        for (int at = 0; ;)
        {
            int found = bytes[at..].IndexOf(HashMember);
            at += found;
            if (found < 0 || at + SuffixLength >= bytes.Length)
                return false;
            if (bytes[at..(at + SuffixLength)].EndsWith("\"}"u8))
            {
                HashOf(bytes[..at], hash);
                if (hash.SequenceEqual(bytes.Slice(at + HashMember.Length, HashLength)))
                    return true;
            }
            at++;
        }
    }

    /// <summary>SHA-256 in lower-case hex.</summary>
    public static string HashText(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[HashLength];
        HashOf(bytes, hash);
        return System.Text.Encoding.ASCII.GetString(hash);
    }

    private static void WriteBody(
        ArrayBufferWriter<byte> output, JournalEntry entry, long sequence, string previousHash, DateTimeOffset time, string host)
    {
        int start = output.WrittenCount;
        using Utf8JsonWriter writer = new(output, WriterOptions);
        writer.WriteStartObject();
        writer.WriteNumber("seq"u8, sequence);
        writer.WriteString("time"u8, time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture));
        writer.WriteString("actor"u8, entry.Actor);
        writer.WriteString("host"u8, host);
        writer.WriteString("type"u8, entry.Type);
        writer.WritePropertyName("data"u8);
        if (entry.Compact is { } compact)
            writer.WriteRawValue(compact, skipInputValidation: true);
        else
            JournalJson.WriteCompact(writer, entry.Data);
        writer.WriteString("prev"u8, previousHash);
        writer.Flush();
        // The closing brace belongs behind the hash, so the object is left open here.
        System.Diagnostics.Debug.Assert(output.WrittenSpan[start] == (byte)'{');
    }

    private static string? ReadMembers(
        ReadOnlySpan<byte> line, long sequence, string previousHash, JournalLine? before, bool withData, out JournalLine? read)
    {
        read = null;
        Utf8JsonReader json = new(line, new JsonReaderOptions { MaxDepth = MaxDepth });
        json.Read();
        Member(ref json, "seq"u8, JsonTokenType.Number);
        long number = json.GetInt64();
        if (number != sequence)
            return $"its sequence is {number} where {sequence} belongs: a line is missing, repeated or out of place";
        Member(ref json, "time"u8, JsonTokenType.String);
        if (json.ValueSpan.Length != TimeLength || json.ValueSpan[^1] != 'Z' || !json.TryGetDateTimeOffset(out DateTimeOffset time))
            return "its time is not UTC with seven decimals";
        string actor = Text(ref json, "actor"u8, before?.Actor);
        string host = Text(ref json, "host"u8, before?.Host);
        string type = Text(ref json, "type"u8, before?.Type);
        Member(ref json, "data"u8, JsonTokenType.StartObject);
        int dataStart = (int)json.TokenStartIndex;
        json.Skip();
        byte[] data = withData ? line[dataStart..(int)json.BytesConsumed].ToArray() : [];
        Member(ref json, "prev"u8, JsonTokenType.String);
        if (!json.ValueTextEquals(previousHash))
            return sequence == 1
                ? "it is the first line but continues another"
                : "it does not continue the line before: a line was changed, removed or put in";
        Member(ref json, "hash"u8, JsonTokenType.String);
        string hash = json.GetString()!;
        if (!json.Read() || json.TokenType != JsonTokenType.EndObject || json.Read())
            throw new FormatException("there is more behind its hash");
        read = new JournalLine
        {
            Sequence = sequence,
            Time = time,
            Actor = actor,
            Host = host,
            Type = type,
            DataUtf8 = data,
            PreviousHash = previousHash,
            Hash = hash,
        };
        return null;
    }

    private static string NotALine(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
            return "it is empty";
        return line.IndexOfAnyExcept((byte)0) < 0 ? "it is nothing but zero bytes" : "it does not end with a hash";
    }

    private static void Member(ref Utf8JsonReader json, ReadOnlySpan<byte> name, JsonTokenType type)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals(name)
            || !json.Read() || json.TokenType != type)
        {
            throw new FormatException($"'{System.Text.Encoding.ASCII.GetString(name)}' is not where it belongs");
        }
    }

    private static string Text(ref Utf8JsonReader json, ReadOnlySpan<byte> name, string? before)
    {
        Member(ref json, name, JsonTokenType.String);
        return before is not null && json.ValueTextEquals(before) ? before : json.GetString()!;
    }

    private static void HashOf(ReadOnlySpan<byte> bytes, Span<byte> hex)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        ReadOnlySpan<byte> digits = "0123456789abcdef"u8;
        for (int i = 0; i < digest.Length; i++)
        {
            hex[2 * i] = digits[digest[i] >> 4];
            hex[2 * i + 1] = digits[digest[i] & 15];
        }
    }

    private static ReadyOpsException Invalid(JournalEntry entry, string why, Exception? inner = null) =>
        new("JournalEntryInvalid", $"The event {entry.Type} cannot be written to a journal: {why}.", "", inner);
}
