using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Tests.Journal;

internal static class JournalTesting
{
    public const string Checkout = "rollouts/checkout-2.4.0";

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static EngineContext Context => new() { Clock = new StandingClock(), HostName = "build-07" };

    public static JournalEntry Entry(string type, string data = "{}", string actor = "readyops") =>
        new(type, actor, JsonDocument.Parse(data, new JsonDocumentOptions { MaxDepth = 1000 }).RootElement);

    public static async Task<IJournalLease> AcquireAsync(IJournalStore store, string stream = Checkout) =>
        await store.TryAcquireAsync(stream, TimeSpan.Zero, Cancel)
        ?? throw new InvalidOperationException("somebody else has the lease");

    public static async Task AppendAsync(IJournalStore store, params string[] types)
    {
        await using IJournalLease lease = await AcquireAsync(store);
        foreach (string type in types)
            await lease.AppendAsync([Entry(type, $$"""{"of":"{{type}}"}""")], Cancel);
    }

    /// <summary>
    /// The documented rule once more, without any of the code under test: the hash of each line over its text before
    /// <c>,"hash":</c>, and its <c>prev</c> the hash of the line before.
    /// </summary>
    public static void AssertChain(byte[] file)
    {
        string before = new('0', 64);
        long sequence = 0;
        Assert.Equal((byte)'\n', file[^1]);
        foreach (string line in Encoding.UTF8.GetString(file).TrimEnd('\n').Split('\n'))
        {
            int cut = line.LastIndexOf(",\"hash\":\"", StringComparison.Ordinal);
            string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(line[..cut]))).ToLower(CultureInfo.InvariantCulture);
            Assert.Equal($",\"hash\":\"{hash}\"}}", line[cut..]);
            using JsonDocument json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 1000 });
            Assert.Equal(["seq", "time", "actor", "host", "type", "data", "prev", "hash"], json.RootElement.EnumerateObject().Select(p => p.Name));
            Assert.Equal(++sequence, json.RootElement.GetProperty("seq").GetInt64());
            Assert.Equal(before, json.RootElement.GetProperty("prev").GetString());
            before = hash;
        }
    }
}

/// <summary>A clock that shows one time; whoever waits by it moves it on.</summary>
internal sealed class StandingClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 21, 10, 15, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
            _now += dueTime;
        return System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
