using System.Text.Json;

namespace ReadyOps.Simulation;

/// <summary>What is kept beside a journal: renamed into its place and never flushed, so that a loss of power leaves any of what was there, also zeros.</summary>
internal sealed class SimSnapshot
{
    private byte[]? _durable;
    private (byte[]? Of, long Reach) _known;

    public byte[]? Bytes { get; private set; }

    /// <summary>How many bytes of the journal it stands for, as far as it can be read.</summary>
    public long Reach
    {
        get
        {
            if (_known.Of == Bytes) return _known.Reach;
            _known = (Bytes, ReadReach());
            return _known.Reach;
        }
    }

    private long ReadReach()
    {
        try
        {
            using var json = JsonDocument.Parse(Bytes.AsMemory(0, Math.Max(0, Array.IndexOf(Bytes!, (byte)'\n'))));
            return json.RootElement.GetProperty("place").GetProperty("offset").GetInt64();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return 0;
        }
    }

    public void Put(byte[]? bytes) => Bytes = bytes is null ? null : [.. bytes];

    public void LosePower(SeedRandom random)
    {
        if (Bytes is { } last && _durable != last)
        {
            int arrived = random.Below(last.Length + 1);
            Bytes = random.Below(4) switch { 0 => last, 1 => _durable, 2 => new byte[last.Length], _ => last[..arrived] };
        }

        _durable = Bytes;
    }

    public void Flip(int offset, int bit)
    {
        // A copy: nothing else that holds these bytes changes with them.
        byte[] flipped = [.. Bytes!];
        flipped[offset] ^= (byte)(1 << bit);
        if (_durable == Bytes) _durable = flipped;
        Bytes = flipped;
    }
}
