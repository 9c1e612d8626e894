using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace ReadyOps.Core.Flags;

/// <summary>MurmurHash3, x86, 32 bits, seed 0 (Austin Appleby, public domain): what flagd deals out by.</summary>
internal static class Murmur3
{
    /// <summary>The hash of some bytes.</summary>
    public static uint Hash(ReadOnlySpan<byte> bytes) => Finish(0, bytes, bytes.Length);

    /// <summary>The state after bytes whose number is a multiple of four.</summary>
    public static uint Mix(uint state, ReadOnlySpan<byte> blocks)
    {
        if (BitConverter.IsLittleEndian)
        {
            foreach (uint block in MemoryMarshal.Cast<byte, uint>(blocks)) state = MixBlock(state, block);
            return state;
        }

        for (int i = 0; i + 4 <= blocks.Length; i += 4) state = MixBlock(state, BinaryPrimitives.ReadUInt32LittleEndian(blocks[i..]));
        return state;
    }

    /// <summary>The hash of a state and the bytes behind it.</summary>
    /// <param name="state">The state after all bytes before these.</param>
    /// <param name="rest">The last bytes.</param>
    /// <param name="length">The number of all bytes.</param>
    public static uint Finish(uint state, ReadOnlySpan<byte> rest, int length)
    {
        int whole = rest.Length & ~3;
        state = Mix(state, rest[..whole]);
        ReadOnlySpan<byte> tail = rest[whole..];
        uint last = 0;
        switch (tail.Length)
        {
            case 3:
                last = (uint)(tail[2] << 16) | (uint)(tail[1] << 8) | tail[0];
                break;
            case 2:
                last = (uint)(tail[1] << 8) | tail[0];
                break;
            case 1:
                last = tail[0];
                break;
            default:
                break;
        }

        if (last != 0) state ^= Scramble(last);
        state ^= (uint)length;
        state = (state ^ (state >> 16)) * 0x85ebca6b;
        state = (state ^ (state >> 13)) * 0xc2b2ae35;
        return state ^ (state >> 16);
    }

    private static uint MixBlock(uint state, uint block) => (BitOperations.RotateLeft(state ^ Scramble(block), 13) * 5) + 0xe6546b64;

    private static uint Scramble(uint block) => BitOperations.RotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
}

/// <summary>A text that many others begin with, hashed as far as its blocks go.</summary>
internal sealed class HashPrefix
{
    private readonly uint _state;
    private readonly byte[] _tail;
    private readonly int _length;

    public HashPrefix(string text)
    {
        Text = text;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        _length = bytes.Length & ~3;
        _state = Murmur3.Mix(0, bytes.AsSpan(0, _length));
        _tail = bytes[_length..];
    }

    public string Text { get; }

    /// <summary>The hash of this text and another behind it.</summary>
    public uint Hash(string text)
    {
        // Three bytes are the most that one UTF-16 unit takes.
        int most = _tail.Length + (text.Length * 3);
        if (most <= 256)
        {
            Span<byte> near = stackalloc byte[256];
            return Hash(text, near);
        }

        byte[] far = System.Buffers.ArrayPool<byte>.Shared.Rent(most);
        uint hash = Hash(text, far);
        System.Buffers.ArrayPool<byte>.Shared.Return(far);
        return hash;
    }

    private uint Hash(string text, Span<byte> buffer)
    {
        _tail.CopyTo(buffer);
        int length = _tail.Length + Encoding.UTF8.GetBytes(text, buffer[_tail.Length..]);
        return Murmur3.Finish(_state, buffer[..length], _length + length);
    }
}
