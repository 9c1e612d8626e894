namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary><c>date-time</c>, <c>date</c> and <c>time</c> by section 5.6 of RFC 3339, <c>duration</c> by its appendix A.</summary>
internal static class TimeFormats
{
    private const int MinutesADay = 24 * 60;

    public static bool IsDate(ReadOnlySpan<byte> text) => ReadDate(text, out _, out _, out _);

    public static bool IsTime(ReadOnlySpan<byte> text) => ReadTime(text, out _, out _);

    public static bool IsDateTime(ReadOnlySpan<byte> text)
    {
        if (text.Length < 20 || (text[10] | 0x20) != 't' || !ReadDate(text[..10], out int year, out int month, out int day)) return false;
        if (!ReadTime(text[11..], out bool leap, out int daysToUtc)) return false;
        // A leap second ends a month of UTC (section 5.7), and the local day may be the one before or after that.
        return !leap || daysToUtc switch
        {
            0 => day == DaysIn(year, month),
            1 => day == DaysIn(year, month) - 1,
            _ => day == 1,
        };
    }

    /// <summary>Larger units first, none left out between two that stand there, weeks by themselves.</summary>
    public static bool IsDuration(ReadOnlySpan<byte> text)
    {
        if (text.Length < 3 || (text[0] | 0x20) != 'p') return false;
        text = text[1..];
        if (!Units(ref text, "ymd"u8, out int dates)) return false;
        if (text.IsEmpty) return dates > 0;
        if ((text[0] | 0x20) == 't')
        {
            text = text[1..];
            return Units(ref text, "hms"u8, out int times) && times > 0 && text.IsEmpty;
        }

        return dates == 0 && Units(ref text, "w"u8, out int weeks) && weeks == 1 && text.IsEmpty;
    }

    // Reads amounts with their units as long as they come in the order given; stops before anything else.
    private static bool Units(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> units, out int count)
    {
        count = 0;
        int last = -1;
        while (!text.IsEmpty && char.IsAsciiDigit((char)text[0]))
        {
            int digits = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits < 0) return false;
            int unit = units.IndexOf((byte)(text[digits] | 0x20));
            if (unit < 0) return count == 0; // Perhaps weeks, if nothing else is there.
            if (count > 0 && unit != last + 1) return false;
            last = unit;
            count++;
            text = text[(digits + 1)..];
        }

        return true;
    }

    private static bool ReadDate(ReadOnlySpan<byte> text, out int year, out int month, out int day)
    {
        year = month = day = 0;
        return text.Length == 10 && text[4] == '-' && text[7] == '-'
            && Digits(text[..2], out int century) && Digits(text[2..4], out year) && Digits(text[5..7], out month) && Digits(text[8..], out day)
            && month is >= 1 and <= 12 && day >= 1 && day <= DaysIn(year += century * 100, month);
    }

    // A leap second is the last one of a day of UTC; daysToUtc is 1 where that day is the one after the local day, -1 where it is the one before.
    private static bool ReadTime(ReadOnlySpan<byte> text, out bool leap, out int daysToUtc)
    {
        (leap, daysToUtc) = (false, 0);
        if (text.Length < 9 || text[2] != ':' || text[5] != ':') return false;
        if (!Digits(text[..2], out int hour) || !Digits(text[3..5], out int minute) || !Digits(text[6..8], out int second)) return false;
        if (hour > 23 || minute > 59 || second > 60) return false;
        text = text[8..];
        if (text[0] == '.')
        {
            int digits = text[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits < 1) return false;
            text = text[(1 + digits)..];
        }

        if (!ReadOffset(text, out int offset)) return false;
        int utc = (hour * 60) + minute - offset;
        leap = second == 60;
        daysToUtc = utc < 0 ? -1 : utc >= MinutesADay ? 1 : 0;
        return !leap || utc - (daysToUtc * MinutesADay) == MinutesADay - 1;
    }

    private static bool ReadOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1) return (text[0] | 0x20) == 'z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':') return false;
        if (!Digits(text[1..3], out int hour) || !Digits(text[4..], out int minute) || hour > 23 || minute > 59) return false;
        minutes = ((hour * 60) + minute) * (text[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Digits(ReadOnlySpan<byte> two, out int value)
    {
        (int tens, int ones) = (two[0] - '0', two[1] - '0');
        value = (tens * 10) + ones;
        return tens is >= 0 and <= 9 && ones is >= 0 and <= 9;
    }

    private static int DaysIn(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };
}
