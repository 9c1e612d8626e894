using BenchmarkDotNet.Attributes;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Benchmarks;

/// <summary>A day of samples through the tracker against a bare loop that compares each with the bound.</summary>
[MemoryDiagnoser]
public class SignalBenchmarks
{
    private const int Samples = 5760;
    private static readonly DateTimeOffset Start = new(2027, 1, 4, 8, 0, 0, TimeSpan.Zero);
    private SignalBatch _batch = null!;
    private SignalDefinition _signal = null!;

    [GlobalSetup]
    public void Fill()
    {
        TimeSpan interval = TimeSpan.FromSeconds(15);
        _signal = new SignalDefinition
        {
            Name = "error-rate",
            Type = "prometheus",
            Bound = Quantities.TryParseBound("<= 1%", out Bound? bound, out _) ? bound : throw new InvalidOperationException(),
            For = TimeSpan.FromMinutes(5),
            Node = new DocumentNode { Kind = NodeKind.Object },
            Path = "",
        };
        _batch = new SignalBatch
        {
            CollectedUntil = Start.AddDays(1),
            // One in ten breaks the bound, never for five minutes.
            Samples = [.. Enumerable.Range(1, Samples).Select(i => new SignalSample(Start + (i * interval), i % 10 == 0 ? 0.02 : 0.004, interval, true))],
        };
    }

    [Benchmark(Baseline = true, Description = "compare with the bound", OperationsPerInvoke = Samples)]
    public int Peer()
    {
        int good = 0;
        foreach (SignalSample sample in _batch.Samples)
            if (_signal.Bound.Holds(sample.Value)) good++;
        return good;
    }

    [Benchmark(Description = "SignalTracker", OperationsPerInvoke = Samples)]
    public SignalTrack Track() => SignalTracker.Advance(_signal, new SignalTrack { CollectedUntil = Start }, _batch, null, Start, Start.AddDays(1));
}
