using System.Buffers;
using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Journal;

/// <summary>What going over a stream from its first byte found.</summary>
internal sealed record JournalScan
{
    /// <summary>How many lines fit.</summary>
    public long Events { get; private init; }

    /// <summary>Length of the lines that fit, in bytes.</summary>
    public long Length { get; private init; }

    /// <summary>Hash of the last line that fits.</summary>
    public string LastHash { get; private init; } = JournalChain.Genesis;

    /// <summary>Length in bytes of a last line that was begun and never acknowledged; 0 when there is none.</summary>
    public int TornBytes { get; private init; }

    /// <summary>SHA-256 of those bytes.</summary>
    public string TornHash { get; private init; } = "";

    /// <summary>What does not fit in line <see cref="Events"/> + 1; <see langword="null"/> when nothing is wrong.</summary>
    public string? Problem { get; private init; }

    /// <summary>A scan that goes on behind a line that was verified before; from the beginning without one.</summary>
    public static JournalScan After(JournalPlace? place) =>
        place is null ? new JournalScan() : new JournalScan { Events = place.Sequence, Length = place.Offset, LastHash = place.Hash };

    /// <summary>Takes one more line, without its line feed.</summary>
    /// <param name="line">The bytes.</param>
    /// <param name="withData">Whether <see cref="JournalLine.DataUtf8"/> is wanted.</param>
    /// <param name="before">The line before, if it was read; then the line.</param>
    /// <returns>The scan with it, or with the <see cref="Problem"/> that it does not fit.</returns>
    public JournalScan Take(ReadOnlySpan<byte> line, bool withData, ref JournalLine? before)
    {
        string? problem = JournalChain.TryRead(line, Events + 1, LastHash, before, withData, out JournalLine? read);
        if (problem is not null)
            return Broken(problem);
        before = read;
        return this with { Events = Events + 1, Length = Length + line.Length + 1, LastHash = read!.Hash };
    }

    /// <summary>The scan, ended by something that does not fit in the next line.</summary>
    public JournalScan Broken(string problem) => this with { Problem = problem };

    /// <summary>The scan without its last line, which does not fit after all.</summary>
    public JournalScan LastBroken(string problem) => this with { Events = Events - 1, LastHash = "", Problem = problem };

    /// <summary>The place that a stream gets to with further lines.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalDiverged</c>: they do not continue it.</exception>
    public static JournalPlace Continue(string stream, string location, JournalPlace? end, IReadOnlyList<byte[]> lines)
    {
        JournalScan scan = After(end);
        JournalLine? before = null;
        string? first = end?.FirstHash;
        foreach (byte[] line in lines)
        {
            scan = scan.Take(line, withData: false, ref before);
            if (scan.Problem is not null)
            {
                throw new ReadyOpsException(
                    "JournalDiverged",
                    string.Create(CultureInfo.InvariantCulture, $"Line {scan.Events + 1} does not continue the journal {stream} in {location}: {scan.Problem}."),
                    "Nothing was overwritten.");
            }
            first ??= scan.LastHash;
        }
        return new JournalPlace(scan.Events, scan.LastHash, first!, scan.Length);
    }

    /// <summary>Reads until the end or the first line that does not fit, in memory that does not grow with the stream.</summary>
    /// <param name="file">The bytes, up to their length at this moment.</param>
    /// <param name="place">Where to begin; it must be known to fit.</param>
    /// <param name="withData">Whether <paramref name="take"/> needs <see cref="JournalLine.DataUtf8"/>.</param>
    /// <param name="take">Gets every line that fits.</param>
    /// <param name="cancel">Stops it.</param>
    public static JournalScan Run(IJournalFile file, JournalPlace? place, bool withData, Action<JournalLine> take, CancellationToken cancel)
    {
        long end = file.Length;
        JournalScan scan = After(place);
        JournalLine? before = null;
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(end - scan.Length, 4096, 128 * 1024));
        try
        {
            int start = 0, filled = 0;
            for (long next = scan.Length; ;)
            {
                cancel.ThrowIfCancellationRequested();
                for (int length; (length = buffer.AsSpan(start, filled - start).IndexOf((byte)'\n')) >= 0; start += length + 1)
                {
                    scan = scan.Take(buffer.AsSpan(start, length), withData, ref before);
                    if (scan.Problem is not null)
                        return scan;
                    take(before!);
                }
                if (filled - start > JournalChain.MaxLineBytes)
                    return scan.Broken($"it is longer than {JournalChain.MaxLineBytes} bytes");
                (start, filled, buffer) = MakeRoom(start, filled, buffer);
                int wanted = (int)Math.Min(end - next, buffer.Length - filled);
                int got = wanted == 0 ? 0 : file.Read(next, buffer.AsSpan(filled, wanted));
                if (got == 0)
                    return scan.WithTail(buffer.AsSpan(start, filled - start));
                next += got;
                filled += got;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (int Start, int Filled, byte[] Buffer) MakeRoom(int start, int filled, byte[] buffer)
    {
        byte[] target = buffer;
        if (start == 0 && filled == buffer.Length)
            target = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.AsSpan(start, filled - start).CopyTo(target);
        if (target != buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        return (0, filled - start, target);
    }

    /// <summary>
    /// Bytes behind the last line feed were never acknowledged when they are the beginning of the next line, or zero bytes, which
    /// some file systems leave behind after a loss of power. Anything else did not come from an append that broke off.
    /// </summary>
    private JournalScan WithTail(ReadOnlySpan<byte> tail)
    {
        if (tail.IsEmpty)
            return this;
        ReadOnlySpan<byte> text = tail.TrimEnd((byte)0);
        ReadOnlySpan<byte> opening = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{Events + 1},\"time\":\""));
        int common = Math.Min(text.Length, opening.Length);
        if (!text[..common].SequenceEqual(opening[..common]) || text.IndexOfAnyInRange((byte)0, (byte)0x1f) >= 0)
            return this with { Problem = "it has no end and is not the beginning of an event either" };
        if (JournalChain.HoldsWholeLineAndMore(text))
            return this with { Problem = "it is an event that is followed by something other than the end of a line" };
        return this with { TornBytes = tail.Length, TornHash = JournalChain.HashText(tail) };
    }
}
