using System.Buffers;
using System.Text;

namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary>
/// <c>uri</c> and <c>uri-reference</c> by appendix A of RFC 3986, <c>iri</c> and <c>iri-reference</c> by section 2.2 of RFC 3987, whose
/// section 4.1 keeps out the characters that only steer the direction of writing.
/// </summary>
internal static class UriFormats
{
    private static readonly SearchValues<byte> Scheme = SearchValues.Create("+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);
    private static readonly SearchValues<byte> Name = SearchValues.Create("!$&'()*+,-.0123456789;=ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"u8);
    private static readonly SearchValues<byte> NameOrColon = SearchValues.Create("!$&'()*+,-.0123456789:;=ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"u8);
    private static readonly SearchValues<byte> Path = SearchValues.Create("!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"u8);
    private static readonly SearchValues<byte> Query = SearchValues.Create("!$&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"u8);

    public static bool IsUri(ReadOnlySpan<byte> text) => IsReference(text, international: false, needsScheme: true);

    public static bool IsUriReference(ReadOnlySpan<byte> text) => IsReference(text, international: false, needsScheme: false);

    public static bool IsIri(ReadOnlySpan<byte> text) => IsReference(text, international: true, needsScheme: true);

    public static bool IsIriReference(ReadOnlySpan<byte> text) => IsReference(text, international: true, needsScheme: false);

    /// <summary>Whether a code point is a <c>ucschar</c> of RFC 3987.</summary>
    public static bool IsUnicode(int point) => point switch
    {
        < 0xA0 => false,
        <= 0xD7FF or (>= 0xF900 and <= 0xFDCF) or (>= 0xFDF0 and <= 0xFFEF) => true,
        // The end of each plane is no character, and the first of plane 14 are tags.
        >= 0x10000 and <= 0xEFFFD => (point & 0xFFFF) <= 0xFFFD && point is < 0xE0000 or >= 0xE1000,
        _ => false,
    };

    /// <summary>Whether a code point is an <c>iprivate</c> of RFC 3987.</summary>
    public static bool IsPrivate(int point) => point is (>= 0xE000 and <= 0xF8FF) or (>= 0xF0000 and <= 0xFFFFD) or (>= 0x100000 and <= 0x10FFFD);

    private static bool IsReference(ReadOnlySpan<byte> text, bool international, bool needsScheme)
    {
        int scheme = SchemeLength(text);
        if (scheme < 0 && needsScheme) return false;
        text = text[(scheme + 1)..];

        int fragment = text.IndexOf((byte)'#');
        if (fragment >= 0 && !Holds(text[(fragment + 1)..], Query, international)) return false;
        if (fragment >= 0) text = text[..fragment];
        int query = text.IndexOf((byte)'?');
        if (query >= 0 && !Holds(text[(query + 1)..], Query, international, @private: true)) return false;
        if (query >= 0) text = text[..query];

        if (text.StartsWith("//"u8))
        {
            text = text[2..];
            int path = text.IndexOf((byte)'/');
            if (!IsAuthority(path < 0 ? text : text[..path], international)) return false;
            text = path < 0 ? [] : text[path..];
        }
        else if (scheme < 0)
        {
            // What stands before a colon would be a scheme.
            int end = text.IndexOf((byte)'/');
            if ((end < 0 ? text : text[..end]).Contains((byte)':')) return false;
        }

        return Holds(text, Path, international);
    }

    private static int SchemeLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || !Ascii.IsLetter(text[0])) return -1;
        int end = text.IndexOfAnyExcept(Scheme);
        return end > 0 && text[end] == ':' ? end : -1;
    }

    private static bool IsAuthority(ReadOnlySpan<byte> text, bool international)
    {
        int at = text.IndexOf((byte)'@');
        if (at >= 0 && !Holds(text[..at], NameOrColon, international)) return false;
        text = text[(at + 1)..];
        int end;
        if (!text.IsEmpty && text[0] == '[')
        {
            end = text.IndexOf((byte)']');
            if (end < 0 || !IsLiteral(text[1..end])) return false;
            text = text[(end + 1)..];
            if (!text.IsEmpty && text[0] != ':') return false;
            end = 0;
        }
        else
        {
            end = text.IndexOf((byte)':');
            if (end < 0) end = text.Length;
            if (!Holds(text[..end], Name, international)) return false;
        }

        return text[end..].IsEmpty || !text[(end + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    // An IPv6 address or one of a version to come.
    private static bool IsLiteral(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || (text[0] | 0x20) != 'v') return AddressFormats.IsIpv6(text);
        int dot = text.IndexOf((byte)'.');
        return dot > 1 && !text[1..dot].ContainsAnyExcept(Ascii.Hex) && dot + 1 < text.Length && !text[(dot + 1)..].ContainsAnyExcept(NameOrColon);
    }

    private static bool Holds(ReadOnlySpan<byte> text, SearchValues<byte> allowed, bool international, bool @private = false)
    {
        for (int next = text.IndexOfAnyExcept(allowed); next >= 0; next = text.IndexOfAnyExcept(allowed))
        {
            text = text[next..];
            if (text[0] == '%')
            {
                if (!Ascii.IsPercentEncoded(text, 0)) return false;
                text = text[3..];
                continue;
            }

            if (!international || Rune.DecodeFromUtf8(text, out Rune rune, out int bytes) != OperationStatus.Done) return false;
            if (rune.Value is 0x200E or 0x200F or (>= 0x202A and <= 0x202E)) return false;
            if (!IsUnicode(rune.Value) && !(@private && IsPrivate(rune.Value))) return false;
            text = text[bytes..];
        }

        return true;
    }
}
