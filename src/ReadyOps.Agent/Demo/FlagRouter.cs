using System.Text;
using System.Text.Json;

namespace ReadyOps.Agent.Demo;

/// <summary>
/// Decides for each user which version answers, by a flag file in flagd's format. Just enough of it for the demo: one
/// <c>fractional</c> rule with fixed weights and no <c>bucketBy</c>, evaluated as flagd does (bucket = hash of flag key and user,
/// scaled to the sum of the weights), and the file is read again for every decision.
/// </summary>
/// <param name="file">The flag file.</param>
/// <param name="flag">The flag.</param>
internal sealed class FlagRouter(string file, string flag)
{
    private readonly object _gate = new();
    private byte[] _read = [];
    private (string Variant, long Weight)[] _weights = [];

    /// <summary>Whether this user gets the new version.</summary>
    public bool IsOn(string user)
    {
        (string Variant, long Weight)[] weights = Weights();
        long total = weights.Sum(entry => entry.Weight);
        if (total == 0) return false;
        long bucket = (long)((Murmur3.Hash(Encoding.UTF8.GetBytes(flag + user)) * (ulong)total) >> 32);
        foreach ((string variant, long weight) in weights)
        {
            if (bucket < weight) return variant == "on";
            bucket -= weight;
        }

        return false;
    }

    private (string Variant, long Weight)[] Weights()
    {
        try
        {
            byte[] bytes = ReadAll();
            lock (_gate)
            {
                if (!bytes.AsSpan().SequenceEqual(_read)) (_weights, _read) = (Parse(bytes), bytes);
                return _weights;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // As flagd does: what cannot be read leaves the last good state in force.
            lock (_gate) return _weights;
        }
    }

    private byte[] ReadAll()
    {
        // A reader must never stop a writer from replacing the file.
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private (string Variant, long Weight)[] Parse(byte[] bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        JsonElement definition = document.RootElement.GetProperty("flags").GetProperty(flag);
        if (!definition.TryGetProperty("targeting", out JsonElement targeting) || !targeting.TryGetProperty("fractional", out JsonElement fractional))
            return [(definition.GetProperty("defaultVariant").GetString()!, 1)];
        return [.. fractional.EnumerateArray().Select(entry => (entry[0].GetString()!, entry[1].GetInt64()))];
    }
}
