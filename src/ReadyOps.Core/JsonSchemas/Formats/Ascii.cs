using System.Buffers;

namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary>Sets of ASCII characters that the grammars of the formats share.</summary>
internal static class Ascii
{
    public static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789ABCDEFabcdef"u8);
    public static readonly SearchValues<byte> LettersDigitsHyphen = SearchValues.Create("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    public static bool IsHex(byte value) => char.IsAsciiHexDigit((char)value);

    public static bool IsDigit(byte value) => char.IsAsciiDigit((char)value);

    public static bool IsLetter(byte value) => char.IsAsciiLetter((char)value);

    public static bool IsLetterOrDigit(byte value) => char.IsAsciiLetterOrDigit((char)value);

    /// <summary>Whether a percent sign at this place is followed by two hexadecimal digits.</summary>
    public static bool IsPercentEncoded(ReadOnlySpan<byte> text, int at) => at + 2 < text.Length && IsHex(text[at + 1]) && IsHex(text[at + 2]);
}
