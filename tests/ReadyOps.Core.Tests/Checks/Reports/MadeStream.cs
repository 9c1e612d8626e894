using System.Text;

namespace ReadyOps.Core.Tests.Checks.Reports;

/// <summary>A long stream that is made as it is read: a head, one piece many times over, a tail.</summary>
internal sealed class MadeStream(string head, Func<long, string> piece, long pieces, string tail) : Stream
{
    private byte[] _current = Encoding.UTF8.GetBytes(head);
    private int _at;
    private long _next;

    public long Made { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int given = 0;
        while (given < count)
        {
            if (_at == _current.Length)
            {
                if (_next > pieces) break;
                _current = Encoding.UTF8.GetBytes(_next < pieces ? piece(_next) : tail);
                _next++;
                _at = 0;
                continue;
            }

            int length = Math.Min(count - given, _current.Length - _at);
            _current.AsSpan(_at, length).CopyTo(buffer.AsSpan(offset + given));
            _at += length;
            given += length;
        }

        Made += given;
        return given;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
