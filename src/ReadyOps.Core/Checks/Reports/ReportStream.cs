namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// A report being read: forwards only, at most <see cref="MaxBytes"/> in all, and at most <see cref="MaxPiece"/> for one piece of it (a
/// tag, a token), so that no input, however it was made, takes more memory than a piece does. Counted as it is read, because a
/// device has no length and a file may grow meanwhile.
/// </summary>
internal sealed class ReportStream : Stream
{
    /// <summary>The largest report that is read.</summary>
    public const long MaxBytes = 1L << 30;

    /// <summary>The largest piece of a report: one tag with its attributes, one text between two tokens.</summary>
    public const int MaxPiece = 8 * 1024 * 1024;

    private const int BufferSize = 64 * 1024;

    private readonly Stream _inner;
    private readonly string _file;
    private readonly CancellationToken _cancel;
    private readonly byte[] _buffer = new byte[BufferSize];
    private int _start;
    private int _end;
    private long _read;
    private long _piece;

    /// <summary>Begins to read.</summary>
    /// <param name="inner">Where the bytes are from; not closed by this.</param>
    /// <param name="file">What to call the report.</param>
    /// <param name="cancel">Stops reading.</param>
    public ReportStream(Stream inner, string file, CancellationToken cancel)
    {
        _inner = inner;
        _file = file;
        _cancel = cancel;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The bytes that come next, at least <paramref name="least"/> of them unless the report ends before; they stay unread.</summary>
    /// <param name="least">At most 64 KiB.</param>
    public ReadOnlySpan<byte> Peek(int least)
    {
        while (_end - _start < least)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            int read = Fetch(_buffer.AsSpan(_end));
            if (read == 0) break;
            _end += read;
        }

        return _buffer.AsSpan(_start, _end - _start);
    }

    /// <summary>The piece so far is done, and the next one begins.</summary>
    public void NextPiece() => _piece = _read;

    public override int Read(Span<byte> buffer)
    {
        if (_start == _end)
        {
            if (buffer.Length >= BufferSize) return Count(Fetch(buffer));
            _start = 0;
            _end = Fetch(_buffer);
        }

        int length = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, length).CopyTo(buffer);
        _start += length;
        return Count(length);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Fetch(Span<byte> buffer)
    {
        _cancel.ThrowIfCancellationRequested();
        return _inner.Read(buffer);
    }

    private int Count(int length)
    {
        _read += length;
        if (_read > MaxBytes)
        {
            throw new ReadyOpsException("ReportTooLarge", $"{_file} has more than {MaxBytes / 1024 / 1024} MiB, too much to read.",
                "Split the report, or leave out of it what is not needed.");
        }

        if (_read - _piece > MaxPiece)
        {
            throw new ReadyOpsException("ReportTooLarge", $"{_file} has one tag, comment or value of more than {MaxPiece / 1024 / 1024} MiB, which no report needs.",
                "Look at what writes it.");
        }

        return length;
    }
}
