using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>What a metric was over a span, as Prometheus tells it.</summary>
internal sealed record BaselineSamples
{
    /// <summary>The samples in order of time; NaN is none.</summary>
    public IReadOnlyList<(DateTimeOffset Time, double Value)> Numbers { get; init; } = [];

    /// <summary>How many there would be without gaps.</summary>
    public int Expected { get; init; }

    /// <summary>How many were not a number.</summary>
    public int Empty { get; init; }

    /// <summary>How many stretches without a number there are.</summary>
    public int Gaps { get; init; }

    /// <summary>The longest of them.</summary>
    public TimeSpan LongestGap { get; init; }

    /// <summary>They are from after this moment.</summary>
    public DateTimeOffset Start { get; init; }

    /// <summary>What Prometheus warned of.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why it could not be asked; empty when it could.</summary>
    public string Error { get; init; } = "";

    /// <summary>What to do about that.</summary>
    public string NextStep { get; init; } = "";

    /// <summary>SHA-256 over the samples: Unix milliseconds and value of each, little-endian.</summary>
    public string Digest()
    {
        byte[] bytes = new byte[Numbers.Count * 16];
        for (int i = 0; i < Numbers.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 16), Numbers[i].Time.ToUnixTimeMilliseconds());
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan((i * 16) + 8), Numbers[i].Value);
        }

        return Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();
    }
}
