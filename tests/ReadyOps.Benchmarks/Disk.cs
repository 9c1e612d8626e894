using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace ReadyOps.Benchmarks;

/// <summary>What the machine itself needs: the limits that the engine is held against.</summary>
internal static class Disk
{
    /// <summary>Reads a file and computes one SHA-256 over it.</summary>
    public static void ReadAndHash(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
    }

    /// <summary>Appends bytes and returns once they are on the disk.</summary>
    public static void Append(string file, ReadOnlySpan<byte> bytes)
    {
        using SafeFileHandle handle = File.OpenHandle(file, FileMode.OpenOrCreate, FileAccess.Write);
        RandomAccess.Write(handle, bytes, RandomAccess.GetLength(handle));
        RandomAccess.FlushToDisk(handle);
    }
}
