using System.Buffers.Binary;
using System.Numerics;

namespace ReadyOps.Agent.Demo;

/// <summary>MurmurHash3 x86 32-bit, seed 0 (Austin Appleby, public domain): the hash that flagd buckets users by.</summary>
internal static class Murmur3
{
    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 0;
        int at = 0;
        for (; at + 4 <= bytes.Length; at += 4)
        {
            hash ^= Scramble(BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]));
            hash = (BitOperations.RotateLeft(hash, 13) * 5) + 0xe6546b64;
        }

        uint tail = 0;
        for (int i = bytes.Length - 1; i >= at; i--) tail = (tail << 8) | bytes[i];
        if (at < bytes.Length) hash ^= Scramble(tail);

        hash ^= (uint)bytes.Length;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }

    private static uint Scramble(uint block) => BitOperations.RotateLeft(block * 0xcc9e2d51, 15) * 0x1b873593;
}
