using System.Globalization;
using System.Text;

namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary>The bidirectional class of a code point of a label; <see cref="None"/> for one that no label may hold.</summary>
internal enum IdnaBidi : byte
{
    None,
    L,
    R,
    AL,
    AN,
    EN,
    ES,
    NSM,
    BN,
    ON,
}

/// <summary>What else the rules for labels ask of a code point.</summary>
[Flags]
internal enum IdnaTraits : ushort
{
    None = 0,
    Contextual = 1,
    Mark = 2,
    Virama = 4,
    Greek = 8,
    Hebrew = 16,
    KanaOrHan = 32,
    Transparent = 64,
    JoinsLeft = 128,
    JoinsRight = 256,
}

/// <summary>What is known of a code point of a label.</summary>
internal readonly record struct IdnaPoint(IdnaBidi Bidi, IdnaTraits Traits)
{
    /// <summary>Of Joining_Type T, which by its derivation is that of all nonspacing marks.</summary>
    public bool IsTransparent => Bidi == IdnaBidi.NSM || Has(IdnaTraits.Transparent);

    public bool Has(IdnaTraits trait) => (Traits & trait) != 0;
}

/// <summary>The code points of labels, read from Idna.txt once.</summary>
internal sealed class IdnaTable
{
    private readonly int[] _starts;
    private readonly (int End, IdnaPoint Point)[] _ranges;

    private IdnaTable(List<(int Start, int End, IdnaPoint Point)> ranges)
    {
        ranges.Sort((a, b) => a.Start.CompareTo(b.Start));
        _starts = [.. ranges.Select(range => range.Start)];
        _ranges = [.. ranges.Select(range => (range.End, range.Point))];
    }

    public static IdnaTable Load()
    {
        using Stream stream = typeof(IdnaTable).Assembly.GetManifestResourceStream("Idna.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var ranges = new List<(int, int, IdnaPoint)>();
        IdnaPoint point = default;
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ');
            if (parts[0] == "=") point = new IdnaPoint(Enum.Parse<IdnaBidi>(parts[1]), Traits(parts.Length > 2 ? parts[2] : ""));
            if (parts[0] is "=" or "#") continue;
            foreach (string range in parts)
            {
                int dash = range.IndexOf('-', StringComparison.Ordinal);
                int start = Hex(dash < 0 ? range : range[..dash]);
                ranges.Add((start, dash < 0 ? start : Hex(range[(dash + 1)..]), point));
            }
        }

        return new IdnaTable(ranges);
    }

    public IdnaPoint Find(int codePoint)
    {
        int at = Array.BinarySearch(_starts, codePoint);
        if (at < 0) at = ~at - 1;
        return at >= 0 && codePoint <= _ranges[at].End ? _ranges[at].Point : default;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static IdnaTraits Traits(string letters)
    {
        IdnaTraits traits = IdnaTraits.None;
        foreach (char letter in letters)
        {
            traits |= letter switch
            {
                'j' or 'o' => IdnaTraits.Contextual,
                'm' => IdnaTraits.Mark,
                'v' => IdnaTraits.Virama,
                'g' => IdnaTraits.Greek,
                'h' => IdnaTraits.Hebrew,
                'k' => IdnaTraits.KanaOrHan,
                't' => IdnaTraits.Transparent,
                'l' => IdnaTraits.JoinsLeft,
                'r' => IdnaTraits.JoinsRight,
                'd' => IdnaTraits.JoinsLeft | IdnaTraits.JoinsRight,
                _ => throw new InvalidDataException($"Idna.txt has a trait '{letter}'."),
            };
        }

        return traits;
    }
}
