using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ReadyOps.Core.Flags.Rules;

/// <summary>
/// Values as deterministic CBOR (RFC 8949, section 4.2.1): the bytes that bucketing v3 hashes. A whole number from -2^63 to 2^64-1 is an
/// integer whether it was written with a point or not, and so is -0; any other number is the shortest float that holds it.
/// </summary>
internal static class DeterministicCbor
{
    public static byte[] Encode(FlagValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(buffer, value);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> buffer, FlagValue value)
    {
        switch (value.Kind)
        {
            case FlagValueKind.Boolean:
                Put(buffer, value.BooleanOf ? (byte)0xF5 : (byte)0xF4);
                break;
            case FlagValueKind.Number:
                WriteNumber(buffer, value.NumberOf);
                break;
            case FlagValueKind.String:
                WriteText(buffer, value.TextOf);
                break;
            case FlagValueKind.List:
                WriteHead(buffer, 4, (ulong)value.ItemsOf.Length);
                foreach (FlagValue item in value.ItemsOf) Write(buffer, item);
                break;
            case FlagValueKind.Object:
                WriteMembers(buffer, value.ObjectOf);
                break;
            default:
                Put(buffer, 0xF6);
                break;
        }
    }

    private static void WriteMembers(ArrayBufferWriter<byte> buffer, FlagObject members)
    {
        WriteHead(buffer, 5, (ulong)members.Count);
        var keys = new byte[members.Count][];
        FlagValue[] values = members.Values.ToArray();
        for (int i = 0; i < keys.Length; i++) keys[i] = Encode(members.Names[i]);
        Array.Sort(keys, values, Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        for (int i = 0; i < keys.Length; i++)
        {
            buffer.Write(keys[i]);
            Write(buffer, values[i]);
        }
    }

    private static void WriteText(ArrayBufferWriter<byte> buffer, string text)
    {
        WriteHead(buffer, 3, (ulong)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, buffer);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> buffer, double value)
    {
        if (value == Math.Truncate(value) && value is >= 0 and < 18446744073709551616.0)
        {
            WriteHead(buffer, 0, (ulong)value);
            return;
        }

        if (value == Math.Truncate(value) && value is >= -9223372036854775808.0 and < 0)
        {
            WriteHead(buffer, 1, (ulong)(-1 - (long)value));
            return;
        }

        Span<byte> bytes = stackalloc byte[9];
        if ((double)(Half)value is var half && (half == value || double.IsNaN(value)))
        {
            bytes[0] = 0xF9;
            BinaryPrimitives.WriteHalfBigEndian(bytes[1..], double.IsNaN(value) ? BitConverter.UInt16BitsToHalf(0x7E00) : (Half)value);
            buffer.Write(bytes[..3]);
        }
        else if ((double)(float)value == value)
        {
            bytes[0] = 0xFA;
            BinaryPrimitives.WriteSingleBigEndian(bytes[1..], (float)value);
            buffer.Write(bytes[..5]);
        }
        else
        {
            bytes[0] = 0xFB;
            BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], value);
            buffer.Write(bytes);
        }
    }

    private static void WriteHead(ArrayBufferWriter<byte> buffer, int type, ulong argument)
    {
        Span<byte> bytes = stackalloc byte[9];
        int size = argument switch { < 24 => 0, <= byte.MaxValue => 1, <= ushort.MaxValue => 2, <= uint.MaxValue => 4, _ => 8 };
        int additional = size switch { 0 => (int)argument, 1 => 24, 2 => 25, 4 => 26, _ => 27 };
        bytes[0] = (byte)((type << 5) | additional);
        for (int i = size; i > 0; i--)
        {
            bytes[i] = (byte)argument;
            argument >>= 8;
        }

        buffer.Write(bytes[..(size + 1)]);
    }

    private static void Put(ArrayBufferWriter<byte> buffer, byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }
}
