using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Signals;

public sealed class TrafficSignalSourceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Each_sample_is_given_the_traffic_of_its_moment_and_nothing_counted_is_none()
    {
        SignalBatch batch = await CollectAsync(new Stub((1, 0.5), (2, 0.6), (3, 0.7)), new Stub((1, 200), (2, 90)));

        Assert.Equal([200d, 90d, double.NaN], batch.Samples.Select(sample => sample.Traffic!.Value));
        Assert.Equal([0.5, 0.6, 0.7], batch.Samples.Select(sample => sample.Value));
    }

    [Fact]
    public async Task What_only_one_side_answered_is_asked_for_again_and_an_error_of_either_is_one()
    {
        SignalBatch behind = await CollectAsync(new Stub((1, 0.5), (2, 0.6)), new Stub((1, 200)) { Until = Start.AddMinutes(1) });
        Assert.Equal((Start.AddMinutes(1), 1), (behind.CollectedUntil, behind.Samples.Count));

        SignalBatch down = await CollectAsync(new Stub((1, 0.5)), new Stub { Error = "connection refused", Until = Start });
        Assert.Equal(("connection refused", Start, 0), (down.Error, down.CollectedUntil, down.Samples.Count));
    }

    private static async Task<SignalBatch> CollectAsync(IQuerySource values, IQuerySource traffic) =>
        await new TrafficSignalSource(values, traffic).CollectAsync(new SignalSpan(Start, Start.AddMinutes(5), Start, Start), null, TestContext.Current.CancellationToken);

    private sealed class Stub(params (int Minute, double Value)[] samples) : IQuerySource
    {
        public DateTimeOffset Until { get; init; } = Start.AddMinutes(5);

        public string? Error { get; init; }

        public TimeSpan Reach => TimeSpan.Zero;

        public ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel) => new(new SignalBatch
        {
            CollectedUntil = Until,
            Error = Error,
            Samples = [.. samples.Select(sample => new SignalSample(Start.AddMinutes(sample.Minute), sample.Value, TimeSpan.FromMinutes(1), true))],
        });
    }
}
