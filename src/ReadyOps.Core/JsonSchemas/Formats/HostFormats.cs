using System.Buffers;
using System.Text;

namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary>
/// <c>hostname</c>: section 2.1 of RFC 1123, in which a label that begins with <c>xn--</c> has to be an A-label. <c>idn-hostname</c>: the same,
/// and labels may be U-labels of IDNA 2008 (RFC 5890 to 5893); the full stops of other scripts separate labels too (section 3.1 of RFC 3490).
/// </summary>
internal static class HostFormats
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    public static bool IsHostname(ReadOnlySpan<byte> text)
    {
        if (!IsPlainHostname(text)) return false;
        // Hardly any name holds an A-label; for the others the grammar is all.
        return text.IndexOf("--"u8) < 0 || IsName(text, international: false);
    }

    public static bool IsIdnHostname(ReadOnlySpan<byte> text) => IsName(text, international: true);

    /// <summary>Labels of letters, digits and inner hyphens; what <c>xn--</c> labels mean is not looked at.</summary>
    public static bool IsPlainHostname(ReadOnlySpan<byte> text)
    {
        if (text.Length > LongestName) return false;
        while (true)
        {
            int end = text.IndexOf((byte)'.');
            if (!IsPlainLabel(end < 0 ? text : text[..end])) return false;
            if (end < 0) return true;
            text = text[(end + 1)..];
        }
    }

    private static bool IsPlainLabel(ReadOnlySpan<byte> label) =>
        label.Length is > 0 and <= LongestLabel && label[0] != '-' && label[^1] != '-' && !label.ContainsAnyExcept(Ascii.LettersDigitsHyphen);

    private static bool IsName(ReadOnlySpan<byte> text, bool international)
    {
        Span<int> label = stackalloc int[LongestLabel];
        (int count, int length, bool anyRightToLeft, bool allFitBidi) = (0, 0, false, true);
        for (bool ended = false; !ended;)
        {
            ended = text.IsEmpty;
            int point = '.';
            if (!ended)
            {
                if (Rune.DecodeFromUtf8(text, out Rune rune, out int bytes) != OperationStatus.Done) return false;
                point = rune.Value;
                text = text[bytes..];
            }

            if (!(point == '.' || (international && point is 0x3002 or 0xFF0E or 0xFF61)))
            {
                if (count == LongestLabel) return false;
                label[count++] = point;
                continue;
            }

            if (!IsLabel(label[..count], international, out int encoded, out bool rightToLeft, out bool fitsBidi)) return false;
            anyRightToLeft |= rightToLeft;
            allFitBidi &= fitsBidi;
            length += encoded + (ended ? 0 : 1);
            count = 0;
        }

        // Section 1.4 of RFC 5893: one label from right to left puts all of the name under the rule.
        return length <= LongestName && (!anyRightToLeft || allFitBidi);
    }

    private static bool IsLabel(ReadOnlySpan<int> label, bool international, out int encoded, out bool rightToLeft, out bool fitsBidi)
    {
        (encoded, rightToLeft, fitsBidi) = (label.Length, false, true);
        Span<byte> ascii = stackalloc byte[LongestLabel];
        if (label.ContainsAnyExceptInRange(0, 0x7F))
        {
            bool fits = international && Punycode.TryEncode(label, ascii[4..], out encoded);
            encoded += 4;
            return fits && Idna.IsLabel(label, out rightToLeft, out fitsBidi);
        }

        for (int i = 0; i < label.Length; i++) ascii[i] = (byte)char.ToLowerInvariant((char)label[i]);
        ascii = ascii[..label.Length];
        if (!IsPlainLabel(ascii)) return false;
        fitsBidi = Ascii.IsLetter(ascii[0]);
        if (ascii.StartsWith("xn--"u8)) return IsALabel(ascii[4..], out rightToLeft, out fitsBidi);
        // Other labels with hyphens there are reserved (section 2.3.1 of RFC 5890), which RFC 1123 did not know.
        return !international || ascii.Length < 4 || ascii[2] != '-' || ascii[3] != '-';
    }

    private static bool IsALabel(ReadOnlySpan<byte> punycode, out bool rightToLeft, out bool fitsBidi)
    {
        (rightToLeft, fitsBidi) = (false, false);
        Span<int> label = stackalloc int[LongestLabel];
        Span<byte> again = stackalloc byte[LongestLabel];
        if (!Punycode.TryDecode(punycode, label, out int count)) return false;
        label = label[..count];
        return label.ContainsAnyExceptInRange(0, 0x7F)
            && Punycode.TryEncode(label, again, out int length) && punycode.SequenceEqual(again[..length])
            && Idna.IsLabel(label, out rightToLeft, out fitsBidi);
    }
}
