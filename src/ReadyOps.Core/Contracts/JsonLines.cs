using System.Buffers;
using System.Runtime.CompilerServices;
using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Contracts;

/// <summary>Files of one JSON document a line, or of one as a whole. Whatever a path leads to, a pipe that nobody writes into too, reading can be stopped.</summary>
internal static class JsonLines
{
    private const int LongestLine = 64 * 1024 * 1024;
    private const int Chunk = 128 * 1024;

    /// <summary>The names of files that hold one document a line.</summary>
    public static bool IsName(string path) => Path.GetExtension(path).ToLowerInvariant() is ".jsonl" or ".ndjson";

    /// <summary>Opens a file to read it from the beginning to the end.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Task<FileStream> OpenAsync(string path, CancellationToken cancel) =>
        Task.Run(() => FileReading.Open(path), CancellationToken.None).WaitAsync(cancel);

    /// <summary>The bytes of a file, counted as they are read.</summary>
    /// <exception cref="ReadyOpsException"><c>FileTooLarge</c></exception>
    public static Task<ArraySegment<byte>> ReadWholeAsync(string path, int most, CancellationToken cancel) =>
        Task.Run(() => FileReading.ReadAsync(path, path, most, cancel), CancellationToken.None).WaitAsync(cancel);

    /// <summary>The lines that are not of white space alone, each with its number from 1. A text is valid until the next one is asked for.</summary>
    /// <exception cref="ReadyOpsException"><c>LineTooLarge</c>: a line has more than 64 MiB.</exception>
    public static async IAsyncEnumerable<(ReadOnlyMemory<byte> Text, long Line)> ReadAsync(Stream stream, string path, [EnumeratorCancellation] CancellationToken cancel)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        Task<int> reading = Task.FromResult(0);
        try
        {
            long line = 0;
            int start = 0, end = 0, scanned = 0;
            bool more = true;
            while (more || start < end)
            {
                int length = Array.IndexOf(buffer, (byte)'\n', scanned, end - scanned) - start;
                if (length < 0 && more)
                {
                    scanned = end - start;
                    (buffer, end) = Room(buffer, start, end, path, line + 1);
                    start = 0;
                    reading = stream.ReadAsync(buffer.AsMemory(end), cancel).AsTask();
                    int read = await reading.WaitAsync(cancel).ConfigureAwait(false);
                    end += read;
                    more = read > 0;
                    continue;
                }

                if (length < 0) length = end - start;
                line++;
                if (buffer.AsSpan(start, length).IndexOfAnyExcept(" \t\r"u8) >= 0) yield return (buffer.AsMemory(start, length), line);
                start = Math.Min(end, start + length + 1);
                scanned = start;
            }
        }
        finally
        {
            // A read that was given up may still write into it.
            if (reading.IsCompleted) ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (byte[] Buffer, int End) Room(byte[] buffer, int start, int end, string path, long line)
    {
        int length = end - start;
        if (length > LongestLine)
            throw new ReadyOpsException("LineTooLarge", FormattableString.Invariant($"Line {line} of {path} has more than 64 MiB."), "One document a line is meant; test a single large document without -JsonLines.");
        byte[] next = buffer;
        if (length > buffer.Length / 2) next = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(start, length).CopyTo(next);
        if (!ReferenceEquals(next, buffer)) ArrayPool<byte>.Shared.Return(buffer);
        return (next, length);
    }
}
