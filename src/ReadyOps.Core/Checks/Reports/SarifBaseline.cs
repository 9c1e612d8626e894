using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>The results of an earlier scan, by what makes them the same: how often each was there.</summary>
internal sealed class SarifBaseline
{
    // 4,000 take 43 KiB as text, and a memory may have 64.
    private const int MaxRemembered = 4000;
    private const int MaxResults = 4_000_000;

    private readonly Dictionary<ulong, int> _counts = [];

    /// <summary>How many results it has.</summary>
    public int Count { get; private set; }

    /// <summary>Takes in a result.</summary>
    public void Add(ulong identity)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, identity, out _);
        count++;
        if (++Count > MaxResults) throw new ReadyOpsException("SarifInvalid", $"The scans have more than {MaxResults / 1_000_000} million results, too many to compare.", "Compare fewer of them at once.");
    }

    /// <summary>Whether a result was there; two of the same kind are only as many as there were.</summary>
    public bool Take(ulong identity)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, identity);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref count) || count == 0) return false;
        count--;
        return true;
    }

    /// <summary>As text to be remembered, or <see langword="null"/> when it is too much.</summary>
    public JsonElement? ToJson()
    {
        if (Count > MaxRemembered) return null;
        byte[] bytes = new byte[Count * sizeof(ulong)];
        int at = 0;
        foreach ((ulong identity, int count) in _counts.OrderBy(pair => pair.Key))
        {
            for (int i = 0; i < count; i++, at += sizeof(ulong)) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), identity);
        }

        return JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["results"] = Convert.ToBase64String(bytes) });
    }

    /// <summary>Reads it back; <see langword="null"/> when it is something else.</summary>
    public static SarifBaseline? FromJson(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("results", out JsonElement text) || !text.TryGetBytesFromBase64(out byte[]? bytes)) return null;
        var baseline = new SarifBaseline();
        for (int at = 0; at + sizeof(ulong) <= bytes.Length; at += sizeof(ulong)) baseline.Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
        return baseline;
    }
}
