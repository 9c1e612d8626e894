using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>The hash of names and texts. Its seed is drawn for each process, so that nobody can write a document of which all names collide.</summary>
internal static class NameHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    private static readonly ulong Seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    /// <summary>Never 0, which marks the free slots of tables.</summary>
    public static int Of(ReadOnlySpan<byte> text)
    {
        ulong hash = Seed ^ ((ulong)(uint)text.Length * Multiplier);
        while (text.Length > 8)
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(text));
            text = text[8..];
        }

        hash = Mix(hash ^ Tail(text));
        return (int)(hash >> 32) is var folded && folded != 0 ? folded : 1;
    }

    private static ulong Mix(ulong value)
    {
        ulong high = Math.BigMul(value, Multiplier, out ulong low);
        return high ^ low;
    }

    private static ulong Tail(ReadOnlySpan<byte> text) => text.Length switch
    {
        0 => 0,
        < 4 => text[0] | ((ulong)text[text.Length >> 1] << 8) | ((ulong)text[^1] << 16),
        < 8 => BinaryPrimitives.ReadUInt32LittleEndian(text) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]) << 32),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(text),
    };
}
