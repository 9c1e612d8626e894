using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

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

        return Finish(state, last, length);
    }

    /// <summary>The hash of a state and the up to three bytes behind it, the first one lowest.</summary>
    public static uint Finish(uint state, uint last, int length)
    {
        state ^= Scramble(last) ^ (uint)length;
        state = (state ^ (state >> 16)) * 0x85ebca6b;
        state = (state ^ (state >> 13)) * 0xc2b2ae35;
        return state ^ (state >> 16);
    }

    /// <summary>The state after four more bytes.</summary>
    public static uint MixBlock(uint state, uint block) => (BitOperations.RotateLeft(state ^ Scramble(block), 13) * 5) + 0xe6546b64;

    private static uint Scramble(uint block) => BitOperations.RotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
}
