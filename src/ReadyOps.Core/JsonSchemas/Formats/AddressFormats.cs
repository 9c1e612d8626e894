namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary><c>ipv4</c> by section 3.2 of RFC 2673 (dotted quad, decimal, no leading zeros) and <c>ipv6</c> by section 2.2 of RFC 4291.</summary>
internal static class AddressFormats
{
    public static bool IsIpv4(ReadOnlySpan<byte> text)
    {
        for (int part = 0; part < 4; part++)
        {
            int end = part < 3 ? text.IndexOf((byte)'.') : text.Length;
            if (end is < 1 or > 3) return false;
            int value = 0;
            foreach (byte digit in text[..end])
            {
                if (!char.IsAsciiDigit((char)digit)) return false;
                value = (value * 10) + digit - '0';
            }

            if (value > 255 || (end > 1 && text[0] == '0')) return false;
            if (part < 3) text = text[(end + 1)..];
        }

        return true;
    }

    public static bool IsIpv6(ReadOnlySpan<byte> text)
    {
        int groups = 0;
        bool compressed = text.StartsWith("::"u8);
        if (compressed) text = text[2..];
        while (!text.IsEmpty)
        {
            int end = text.IndexOfAnyExcept(Ascii.Hex);
            if (end < 0) end = text.Length;
            if (end < text.Length && text[end] == '.') return (groups += 2) <= 8 && (compressed ? groups < 8 : groups == 8) && IsIpv4(text);
            if (end is < 1 or > 4 || ++groups > 8) return false;
            if (end == text.Length) break;
            if (text[end] != ':' || end + 1 == text.Length) return false;
            text = text[(end + 1)..];
            if (text[0] != ':') continue;
            if (compressed) return false;
            compressed = true;
            text = text[1..];
        }

        return compressed ? groups < 8 : groups == 8;
    }
}
