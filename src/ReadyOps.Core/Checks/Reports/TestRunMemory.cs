using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>What is kept of a test run to compare later ones with. Tests are known by 48 bits of a hash of their names.</summary>
internal sealed record TestRunMemory
{
    /// <summary>How many failed tests are remembered; the next run takes any others for new failures.</summary>
    public const int MaxFailed = 1500;

    /// <summary>Of how many tests the time is remembered, the slowest first. With the failed ones 52 KiB as text, and a memory may have 64.</summary>
    public const int MaxTimes = 3000;

    private const int HashSize = 6;
    private const int TimeSize = HashSize + sizeof(float);

    /// <summary>How many tests ran.</summary>
    public required int Executed { get; init; }

    /// <summary>Those that failed.</summary>
    public required IReadOnlySet<ulong> Failed { get; init; }

    /// <summary>How long tests took, in seconds.</summary>
    public required IReadOnlyDictionary<ulong, double> Times { get; init; }

    /// <summary>What a test is known by.</summary>
    public static ulong HashOf(string name) => StableHash.Of(name) & 0xFFFF_FFFF_FFFF;

    public JsonElement ToJson()
    {
        byte[] failed = new byte[Math.Min(Failed.Count, MaxFailed) * HashSize];
        int at = 0;
        foreach (ulong test in Failed.Order().Take(MaxFailed)) at = Write(failed, at, test);
        byte[] times = new byte[Math.Min(Times.Count, MaxTimes) * TimeSize];
        at = 0;
        foreach ((ulong test, double seconds) in Times.OrderByDescending(time => time.Value).Take(MaxTimes))
        {
            at = Write(times, at, test);
            BinaryPrimitives.WriteSingleLittleEndian(times.AsSpan(at), (float)seconds);
            at += sizeof(float);
        }

        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["executed"] = Executed,
            ["failed"] = Convert.ToBase64String(failed),
            ["times"] = Convert.ToBase64String(times),
        });
    }

    /// <summary>Reads it back; <see langword="null"/> when it is something else.</summary>
    public static TestRunMemory? FromJson(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("executed", out JsonElement executed)
            || !json.GetProperty("failed").TryGetBytesFromBase64(out byte[]? failed) || !json.GetProperty("times").TryGetBytesFromBase64(out byte[]? times))
        {
            return null;
        }

        var failures = new HashSet<ulong>();
        for (int at = 0; at + HashSize <= failed.Length; at += HashSize) failures.Add(Read(failed, at));
        var seconds = new Dictionary<ulong, double>();
        for (int at = 0; at + TimeSize <= times.Length; at += TimeSize) seconds[Read(times, at)] = BinaryPrimitives.ReadSingleLittleEndian(times.AsSpan(at + HashSize));
        return new TestRunMemory { Executed = int.Parse(executed.GetRawText(), CultureInfo.InvariantCulture), Failed = failures, Times = seconds };
    }

    private static int Write(byte[] bytes, int at, ulong hash)
    {
        for (int i = 0; i < HashSize; i++) bytes[at + i] = (byte)(hash >> (8 * i));
        return at + HashSize;
    }

    private static ulong Read(byte[] bytes, int at)
    {
        ulong hash = 0;
        for (int i = 0; i < HashSize; i++) hash |= (ulong)bytes[at + i] << (8 * i);
        return hash;
    }
}
