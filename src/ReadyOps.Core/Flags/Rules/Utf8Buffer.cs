using System.Buffers;
using System.Text;

namespace ReadyOps.Core.Flags.Rules;

/// <summary>Texts one behind the other in UTF-8: on the stack while they are short, in a pooled array once they are not.</summary>
internal ref struct Utf8Buffer(Span<byte> near)
{
    private Span<byte> _bytes = near;
    private byte[]? _rented;
    private int _length;

    public readonly ReadOnlySpan<byte> Written => _bytes[.._length];

    public void Append(string text)
    {
        // Three bytes are the most that one UTF-16 unit takes.
        if (_bytes.Length - _length < text.Length * 3) Grow(text.Length * 3);
        _length += Encoding.UTF8.GetBytes(text, _bytes[_length..]);
    }

    public readonly void Dispose()
    {
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
    }

    private void Grow(int more)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, _bytes.Length * 2));
        Written.CopyTo(larger);
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        _bytes = _rented = larger;
    }
}
