using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace ReadyOps.Core.Flags;

/// <summary>A text that many others begin with, hashed as far as its blocks go.</summary>
internal readonly struct HashPrefix
{
    // A bit that is set in none of four characters of ASCII.
    private const ulong BeyondAscii = 0xFF80_FF80_FF80_FF80;

    private readonly uint _state;
    private readonly uint _tail;
    private readonly int _length;

    public HashPrefix(string text)
    {
        Text = text;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        _length = bytes.Length;
        int whole = bytes.Length & ~3;
        _state = Murmur3.Mix(0, bytes.AsSpan(0, whole));
        for (int i = bytes.Length - 1; i >= whole; i--) _tail = (_tail << 8) | bytes[i];
    }

    public string Text { get; }

    /// <summary>The hash of this text and another behind it.</summary>
    public uint Hash(string text) => BitConverter.IsLittleEndian && TryHashAscii(text, out uint hash) ? hash : HashAny(text);

    // Four characters become one block without being written anywhere.
    private bool TryHashAscii(string text, out uint hash)
    {
        hash = 0;
        uint state = _state;
        int bits = (_length & 3) * 8;
        ulong pending = _tail;
        foreach (ulong characters in MemoryMarshal.Cast<char, ulong>(text.AsSpan()))
        {
            if ((characters & BeyondAscii) != 0) return false;
            ulong pairs = characters | (characters >> 8);
            pending |= (ulong)(uint)((pairs & 0xFFFF) | ((pairs >> 16) & 0xFFFF0000)) << bits;
            state = Murmur3.MixBlock(state, (uint)pending);
            pending >>= 32;
        }

        foreach (char character in text.AsSpan(text.Length & ~3))
        {
            if (character >= 0x80) return false;
            pending |= (ulong)character << bits;
            bits += 8;
        }

        if (bits >= 32)
        {
            state = Murmur3.MixBlock(state, (uint)pending);
            pending >>= 32;
        }

        hash = Murmur3.Finish(state, (uint)pending, _length + text.Length);
        return true;
    }

    private uint HashAny(string text)
    {
        // Three bytes are the most that one UTF-16 unit takes.
        int most = 3 + (text.Length * 3);
        if (most <= 256) return HashAny(text, stackalloc byte[256]);
        byte[] far = ArrayPool<byte>.Shared.Rent(most);
        uint hash = HashAny(text, far);
        ArrayPool<byte>.Shared.Return(far);
        return hash;
    }

    private uint HashAny(string text, Span<byte> buffer)
    {
        int tail = _length & 3;
        for (int i = 0; i < tail; i++) buffer[i] = (byte)(_tail >> (8 * i));
        int more = Encoding.UTF8.GetBytes(text, buffer[tail..]);
        return Murmur3.Finish(_state, buffer[..(tail + more)], _length + more);
    }
}
