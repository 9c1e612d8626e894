using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace ReadyOps.Core.Documents;

/// <summary>Bytes to text: UTF-8 only, with or without a byte order mark, and nothing that is not text.</summary>
internal static class SourceText
{
    /// <summary>More than any document that a person writes; checked before a file is read.</summary>
    public const int MostBytes = 4 * 1024 * 1024;

    private static readonly SearchValues<byte> ControlBytes =
        SearchValues.Create([.. Enumerable.Range(0, 32).Append(127).Where(b => b is not ('\t' or '\n' or '\r')).Select(b => (byte)b)]);

    /// <summary>The bytes without a byte order mark, known to be well-formed UTF-8 without control characters.</summary>
    /// <exception cref="DocumentException">They are not.</exception>
    public static ReadOnlyMemory<byte> Check(ReadOnlyMemory<byte> bytes, ProblemList problems)
    {
        if (bytes.Length > MostBytes) throw problems.Fatal(0, 0, TooLarge);
        ReadOnlySpan<byte> span = bytes.Span;
        if (Utf16Or32(span) is { } encoding) throw problems.Fatal(1, 1, $"the file is encoded in {encoding}", "UTF-8");
        if (span.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        span = bytes.Span;
        if (!Utf8.IsValid(span))
        {
            int offset = FirstInvalid(span);
            (int line, int column) = Place(span, offset);
            throw problems.Fatal(line, column, $"the byte 0x{span[offset]:X2} is not UTF-8", "a file in UTF-8");
        }

        int control = span.IndexOfAny(ControlBytes);
        if (control >= 0)
        {
            (int line, int column) = Place(span, control);
            throw problems.Fatal(line, column, $"the control character U+{(int)span[control]:X4} stands here: this is not a text file", "YAML or JSON");
        }

        return bytes;
    }

    public const string TooLarge = "the file is larger than 4 MiB, which is the most that a document may have";

    /// <summary>What keeps a scalar from being a text that can be passed on; empty when nothing does.</summary>
    public static string ProblemOf(string scalar)
    {
        if (scalar.Contains('\0')) return "the text holds the character U+0000";
        for (int i = 0; i < scalar.Length; i++)
        {
            if (!char.IsSurrogate(scalar[i])) continue;
            if (i + 1 == scalar.Length || !char.IsSurrogatePair(scalar[i], scalar[i + 1])) return "the text holds half of a surrogate pair";
            i++;
        }

        return "";
    }

    /// <summary>Line and column, from 1, of a byte; the bytes before it are well-formed.</summary>
    public static (int Line, int Column) Place(ReadOnlySpan<byte> bytes, int offset)
    {
        var place = new SourcePlace();
        place.Advance(bytes, offset);
        return (place.Line, place.Column);
    }

    private static string? Utf16Or32(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xFF, 0xFE, 0, 0, ..] or [0, 0, 0xFE, 0xFF, ..] => "UTF-32",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "UTF-16",
        [0, not 0, 0, not 0, ..] or [not 0, 0, not 0, 0, ..] => "UTF-16",
        _ => null,
    };

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out int length) == OperationStatus.Done) at += length;
        return Math.Min(at, bytes.Length - 1);
    }
}
