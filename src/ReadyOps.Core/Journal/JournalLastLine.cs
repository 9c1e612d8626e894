using System.Text;

namespace ReadyOps.Core.Journal;

/// <summary>Looks at the end of a line without reading what is before it.</summary>
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

    private static bool Fill(IJournalFile file, long offset, Span<byte> bytes)
    {
        int filled = 0;
        for (int got; filled < bytes.Length && (got = file.Read(offset + filled, bytes[filled..])) > 0;)
            filled += got;
        return filled == bytes.Length;
    }
}
