using System.Security.Cryptography;

namespace ReadyOps.Simulation;

/// <summary>A disk that several processes share. What was written is seen by all at once and survives a process; only what was flushed survives a loss of power.</summary>
internal sealed class SimDisk
{
    private readonly Dictionary<string, (SimProcess Process, string Holder)> _locks = new(StringComparer.Ordinal);

    public SortedDictionary<string, SimFile> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>What is kept beside the journals.</summary>
    public SortedDictionary<string, SimSnapshot> Snapshots { get; } = new(StringComparer.Ordinal);

    /// <summary>Bytes that are kept for what cannot wait until a full disk has room again.</summary>
    public long Reserve { get; set; }

    /// <summary>How much of it was given back to a full disk and is still free.</summary>
    public long Room { get; set; }

    /// <summary>How often something was written in that room.</summary>
    public long ReserveUsed { get; set; }

    public long SnapshotsKept { get; set; }

    public long SnapshotsFound { get; set; }

    public bool TryLock(string stream, SimProcess process, string holder) => _locks.TryAdd(stream, (process, holder));

    public void Unlock(string stream, SimProcess process)
    {
        if (HolderOf(stream) == process) _locks.Remove(stream);
    }

    public SimProcess? HolderOf(string stream) => _locks.TryGetValue(stream, out (SimProcess Process, string Holder) held) ? held.Process : null;

    public string? HolderText(string stream) => _locks.TryGetValue(stream, out (SimProcess Process, string Holder) held) ? held.Holder : null;

    /// <summary>The operating system lets go of what a dead process held.</summary>
    public void Release(SimProcess dead)
    {
        foreach (string stream in _locks.Where(held => held.Value.Process == dead).Select(held => held.Key).ToArray()) _locks.Remove(stream);
    }

    public void LosePower(SeedRandom random)
    {
        foreach (SimFile file in Files.Values) file.LosePower(random);
        foreach (SimSnapshot snapshot in Snapshots.Values) snapshot.LosePower(random);
    }

    /// <summary>SHA-256 over the names and bytes of all files.</summary>
    public string Digest()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, SimFile file) in Files)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
            hash.AppendData(file.Content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>One file: what all see, and what a loss of power would leave.</summary>
internal sealed class SimFile
{
    private byte[] _bytes = new byte[4096];
    private byte[] _durable = [];
    private int _durableLength;
    private int _dirtyFrom;
    private readonly List<(int Offset, Look Look)> _writers = [];

    public int Length { get; private set; }

    /// <summary>How many bytes somebody was told are kept.</summary>
    public int Acknowledged { get; private set; }

    public bool IsDamaged { get; private set; }

    /// <summary>The last byte in which a bit was flipped.</summary>
    public int FlippedAt { get; private set; }

    public ReadOnlySpan<byte> Content => _bytes.AsSpan(0, Length);

    /// <summary>What the one that wrote the byte at an offset had seen by then; only of what nobody was told of yet.</summary>
    public Look WriterAt(int offset) => _writers.FindLast(writer => writer.Offset <= offset).Look ?? new Look();

    /// <summary>Somebody was told that all of it is kept.</summary>
    public void Acknowledge()
    {
        Acknowledged = Length;
        _writers.Clear();
    }

    public void Write(int offset, ReadOnlySpan<byte> bytes, Look writer)
    {
        _writers.RemoveAll(before => before.Offset >= offset);
        _writers.Add((offset, writer));
        if (offset + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, offset + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(offset));
        Length = Math.Max(Length, offset + bytes.Length);
        _dirtyFrom = Math.Min(_dirtyFrom, offset);
    }

    public void Cut(int length)
    {
        if (length > Length) _bytes.AsSpan(Length, length - Length).Clear();
        Length = length;
        _dirtyFrom = Math.Min(_dirtyFrom, length);
    }

    public void Flush()
    {
        if (_durable.Length < Length) Array.Resize(ref _durable, _bytes.Length);
        int from = Math.Min(_dirtyFrom, Length);
        _bytes.AsSpan(from, Length - from).CopyTo(_durable.AsSpan(from));
        _dirtyFrom = _durableLength = Length;
    }

    /// <summary>Any part of what was not flushed is gone, or there as zeros, as file systems do that write lengths before contents.</summary>
    public void LosePower(SeedRandom random)
    {
        if (_dirtyFrom == _durableLength && Length == _durableLength) return;
        int whole = Length;
        int arrived = whole > _durableLength ? random.Pick(_durableLength, whole, random.Between(_durableLength, whole)) : random.Pick(whole, _durableLength);
        bool zeros = whole > _durableLength && random.OneIn(3);
        byte[] after = new byte[Math.Max(_bytes.Length, _durable.Length)];
        (arrived > _durableLength ? _bytes : _durable).AsSpan(0, Math.Min(arrived, after.Length)).CopyTo(after);
        _durable.AsSpan(0, Math.Min(_durableLength, arrived)).CopyTo(after);
        (_bytes, Length) = (after, zeros ? whole : arrived);
        Flush();
    }

    public void Flip(int offset, int bit)
    {
        _bytes[offset] ^= (byte)(1 << bit);
        _durable[offset] ^= (byte)(1 << bit);
        (IsDamaged, FlippedAt) = (true, Math.Max(FlippedAt, offset));
    }
}
