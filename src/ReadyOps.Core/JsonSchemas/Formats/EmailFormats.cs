using System.Buffers;
using System.Text;

namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary><c>email</c>: Mailbox of section 4.1.2 of RFC 5321. <c>idn-email</c>: the same with the extensions of section 3.3 of RFC 6531.</summary>
internal static class EmailFormats
{
    // Section 4.5.3.1.1 of RFC 5321.
    private const int LongestLocalPart = 64;

    private static readonly SearchValues<byte> AtomText =
        SearchValues.Create("!#$%&'*+-/0123456789=?ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    public static bool IsEmail(ReadOnlySpan<byte> text) => IsMailbox(text, international: false);

    public static bool IsIdnEmail(ReadOnlySpan<byte> text) => IsMailbox(text, international: true);

    private static bool IsMailbox(ReadOnlySpan<byte> text, bool international)
    {
        int end = !text.IsEmpty && text[0] == '"' ? QuotedEnd(text, international) : text.IndexOf((byte)'@');
        if (end is < 1 or > LongestLocalPart || end >= text.Length || text[end] != '@') return false;
        if (text[0] != '"' && !IsDotString(text[..end], international)) return false;
        ReadOnlySpan<byte> domain = text[(end + 1)..];
        if (domain.Length > 2 && domain[0] == '[' && domain[^1] == ']') return IsAddressLiteral(domain[1..^1]);
        return international ? HostFormats.IsIdnHostname(domain) : HostFormats.IsPlainHostname(domain);
    }

    private static bool IsDotString(ReadOnlySpan<byte> local, bool international)
    {
        bool afterDot = true;
        for (int i = 0; i < local.Length; i++)
        {
            if (local[i] == '.')
            {
                if (afterDot) return false;
                afterDot = true;
                continue;
            }

            afterDot = false;
            if (AtomText.Contains(local[i])) continue;
            if (!international || !IsCharacter(local, ref i)) return false;
        }

        return !afterDot;
    }

    // Where the text behind the closing quote begins; -1 if there is no quoted string.
    private static int QuotedEnd(ReadOnlySpan<byte> text, bool international)
    {
        for (int i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case (byte)'"':
                    return i + 1;
                case (byte)'\\':
                    if (++i >= text.Length || text[i] is < 32 or > 126) return -1;
                    break;
                case >= 32 and <= 126:
                    break;
                default:
                    if (!international || !IsCharacter(text, ref i)) return -1;
                    break;
            }
        }

        return -1;
    }

    // Steps to the last byte of a character beyond ASCII.
    private static bool IsCharacter(ReadOnlySpan<byte> text, ref int at)
    {
        if (text[at] < 0x80 || Rune.DecodeFromUtf8(text[at..], out _, out int length) != OperationStatus.Done) return false;
        at += length - 1;
        return true;
    }

    private static bool IsAddressLiteral(ReadOnlySpan<byte> text)
    {
        // Of the tagged ones only IPv6 is registered.
        bool tagged = text.Length > 5 && System.Text.Ascii.EqualsIgnoreCase(text[..5], "IPv6:"u8);
        return tagged ? AddressFormats.IsIpv6(text[5..]) : AddressFormats.IsIpv4(text);
    }
}
