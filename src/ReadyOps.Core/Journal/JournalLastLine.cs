using System.Text;

namespace ReadyOps.Core.Journal;

/// <summary>Looks at lines without reading what is before them.</summary>
internal static class JournalLastLine
{
    private const int FirstLook = 16 * 1024;

    /// <summary>Whether a line with a hash ends at an offset.</summary>
    public static bool EndsAt(IJournalFile file, long offset, string hash)
    {
        Span<byte> end = stackalloc byte[JournalChain.SuffixLength + 1];
        return offset >= end.Length && offset <= file.Length && Fill(file, offset - end.Length, end)
            && end.SequenceEqual(Encoding.ASCII.GetBytes($",\"hash\":\"{hash}\"}}\n"));
    }

    /// <summary>The last line, held against its own hash; <see langword="null"/> where the file ends otherwise.</summary>
    public static JournalLine? Read(IJournalFile file)
    {
        long length = file.Length;
        for (long look = FirstLook; ; look *= 8)
        {
            byte[] end = new byte[Math.Min(look, length)];
            if (end.Length == 0 || !Fill(file, length - end.Length, end) || end[^1] != (byte)'\n')
                return null;
            int begin = end.AsSpan(0, end.Length - 1).LastIndexOf((byte)'\n') + 1;
            if (begin > 0 || end.Length == length)
                return JournalChain.TryReadAlone(end.AsSpan(begin, end.Length - 1 - begin));
            if (look > JournalChain.MaxLineBytes)
                return null;
        }
    }

    /// <summary>Some whole lines from an offset on, without their line feeds; none at the end, or before a line that has no end yet.</summary>
    public static IReadOnlyList<byte[]> ReadSome(IJournalFile file, long offset, int begin = 256 * 1024)
    {
        for (long look = begin; ; look *= 8)
        {
            byte[] bytes = new byte[Math.Min(look, Math.Max(0, file.Length - offset))];
            if (bytes.Length == 0 || !Fill(file, offset, bytes))
                return [];
            List<byte[]> lines = [];
            int start = 0;
            for (int length; (length = bytes.AsSpan(start).IndexOf((byte)'\n')) >= 0; start += length + 1)
                lines.Add(bytes.AsSpan(start, length).ToArray());
            if (lines.Count > 0 || bytes.Length < look)
                return lines;
        }
    }

    private static bool Fill(IJournalFile file, long offset, Span<byte> bytes)
    {
        int filled = 0;
        for (int got; filled < bytes.Length && (got = file.Read(offset + filled, bytes[filled..])) > 0;)
            filled += got;
        return filled == bytes.Length;
    }
}
