namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary>Punycode, RFC 3492, with the parameters of its section 5.</summary>
internal static class Punycode
{
    private const int Base = 36;
    private const int Least = 1;
    private const int Most = 26;
    private const int FirstPoint = 0x80;
    private const int FirstBias = 72;

    /// <summary>Decodes a text in lower case; <see langword="false"/> if it is none or does not fit.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<int> points, out int count)
    {
        count = Math.Max(text.LastIndexOf((byte)'-'), 0);
        if (count > points.Length) return false;
        for (int i = 0; i < count; i++) points[i] = text[i];
        if (count > 0) text = text[(count + 1)..];

        (long point, long index, int bias) = (FirstPoint, 0, FirstBias);
        while (!text.IsEmpty)
        {
            long before = index, weight = 1;
            for (int k = Base; ; k += Base)
            {
                if (text.IsEmpty || Digit(text[0]) is not (>= 0 and int digit)) return false;
                text = text[1..];
                index += digit * weight;
                int threshold = Threshold(k, bias);
                if (digit < threshold) break;
                weight *= Base - threshold;
                if (index > int.MaxValue || weight > int.MaxValue) return false;
            }

            if (count == points.Length) return false;
            bias = Adapt(index - before, ++count, first: before == 0);
            point += index / count;
            index %= count;
            if (point > 0x10FFFF || point is >= 0xD800 and <= 0xDFFF) return false;
            points[(int)index..(count - 1)].CopyTo(points[((int)index + 1)..]);
            points[(int)index++] = (int)point;
        }

        return true;
    }

    /// <summary>Encodes code points; <see langword="false"/> if they do not fit.</summary>
    public static bool TryEncode(ReadOnlySpan<int> points, Span<byte> text, out int length)
    {
        length = 0;
        foreach (int point in points)
        {
            if (point >= FirstPoint) continue;
            if (length == text.Length) return false;
            text[length++] = (byte)point;
        }

        (int done, int basic, int bias, int last) = (length, length, FirstBias, FirstPoint);
        long delta = 0;
        if (basic > 0 && !Append(text, ref length, '-')) return false;
        for (; done < points.Length; last++)
        {
            int next = int.MaxValue;
            foreach (int point in points)
                if (point >= last) next = Math.Min(next, point);
            delta += (long)(next - last) * (done + 1);
            last = next;
            foreach (int point in points)
            {
                if (point < last) delta++;
                if (point != last) continue;
                if (!AppendNumber(text, ref length, delta, bias)) return false;
                bias = Adapt(delta, done + 1, first: done == basic);
                delta = 0;
                done++;
            }

            delta++;
        }

        return true;
    }

    private static bool AppendNumber(Span<byte> text, ref int length, long number, int bias)
    {
        for (int k = Base; ; k += Base)
        {
            int threshold = Threshold(k, bias);
            if (number < threshold) return Append(text, ref length, Character((int)number));
            if (!Append(text, ref length, Character((int)(threshold + ((number - threshold) % (Base - threshold)))))) return false;
            number = (number - threshold) / (Base - threshold);
        }
    }

    private static bool Append(Span<byte> text, ref int length, int character)
    {
        if (length == text.Length) return false;
        text[length++] = (byte)character;
        return true;
    }

    private static int Threshold(int k, int bias) => Math.Clamp(k - bias, Least, Most);

    private static int Adapt(long delta, int count, bool first)
    {
        const int Skew = 38, Damp = 700;
        delta = first ? delta / Damp : delta / 2;
        delta += delta / count;
        int k = 0;
        for (; delta > (Base - Least) * Most / 2; k += Base) delta /= Base - Least;
        return (int)(k + ((Base - Least + 1) * delta / (delta + Skew)));
    }

    private static int Digit(byte character) => character switch
    {
        >= (byte)'a' and <= (byte)'z' => character - 'a',
        >= (byte)'0' and <= (byte)'9' => character - '0' + 26,
        _ => -1,
    };

    private static int Character(int digit) => digit < 26 ? 'a' + digit : '0' + digit - 26;
}
