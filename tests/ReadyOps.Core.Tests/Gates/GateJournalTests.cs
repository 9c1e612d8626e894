using ReadyOps.Core.Checks;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Gates;

public sealed class GateJournalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_result_is_written_whole_and_says_where()
    {
        var context = new EngineContext { Actor = "dana" };
        var store = new MemoryJournalStore(context);
        GateResult result = await GateTesting.EvaluateAsync(
            GateTesting.Gate(50, [new GateSectionDefinition("all", 1, [GateTesting.Check("a", Verdict.Pass), Measured("error rate", 0.0231, "< 1%")])],
            GateTesting.Check("phase 12", Verdict.Pass)));
        GateResult first = await GateJournal.AppendAsync(result, store, context, Stop);
        GateResult second = await GateJournal.AppendAsync(result, store, context, Stop);
        Assert.Equal(("gates/production#1", "gates/production#2"), (first.JournalReference, second.JournalReference));
        Assert.Equal(result, first with { JournalReference = "" });

        JournalLine line = (await store.ReadAsync("gates/production", Stop))[0];
        Assert.Equal(("GateEvaluated", "dana"), (line.Type, line.Actor));
        Assert.Equal("Passed", line.Data.GetProperty("status").GetString());
        Assert.Equal(50, line.Data.GetProperty("score").GetDouble());
        Assert.Equal("phase 12", line.Data.GetProperty("prerequisites")[0].GetProperty("check").GetString());
        var evidence = line.Data.GetProperty("sections")[0].GetProperty("evidence")[1];
        Assert.Equal("Fail", evidence.GetProperty("verdict").GetString());
        Assert.Equal(0.0231, evidence.GetProperty("value").GetDouble());
        Assert.Equal("< 1%", evidence.GetProperty("bound").GetString());
        Assert.Equal("Ratio", evidence.GetProperty("unit").GetString());
        Assert.Equal("error rate 2.31% is above the bound < 1% by 1.31%.", evidence.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Values_that_JSON_has_no_number_for_are_written_as_text()
    {
        var gate = GateTesting.Gate(0, Measured("ratio", double.PositiveInfinity, "< 1"), Measured("other", double.NaN, "< 1"));
        var evidence = GateJournal.ToJson(await GateTesting.EvaluateAsync(gate)).GetProperty("sections")[0].GetProperty("evidence");
        Assert.Equal(["Infinity", "NaN"], evidence.EnumerateArray().Select(e => e.GetProperty("value").GetString()));
    }

    [Theory]
    [InlineData("production", "gates/production")]
    [InlineData("prod-2.4_x", "gates/prod-2.4_x")]
    public void A_plain_name_is_its_stream(string name, string stream) => Assert.Equal(stream, GateJournal.StreamOf(name));

    [Theory]
    [InlineData("Production gate / EU")]
    [InlineData("../../etc/passwd")]
    [InlineData("CON")]
    [InlineData("日本")]
    [InlineData("...")]
    [InlineData("a.lock")]
    [InlineData("x.")]
    public async Task Any_name_has_a_stream_of_its_own_that_a_store_accepts(string name)
    {
        string stream = GateJournal.StreamOf(name);
        Assert.StartsWith("gates/", stream, StringComparison.Ordinal);
        Assert.NotEqual(GateJournal.StreamOf(name + " "), stream);
        await using IJournalLease? lease = await new MemoryJournalStore(new EngineContext()).TryAcquireAsync(stream, TimeSpan.Zero, Stop);
        Assert.NotNull(lease);
    }

    private static CheckDefinition Measured(string name, double value, string bound) =>
        GateTesting.Check(name, Verdict.Pass) with { Check = new Fixed(Judge.Number(name, value, CheckTesting.Bound(bound))) };

    private sealed class Fixed(Observation seen) : ICheck
    {
        public ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel) => new(seen);
    }
}
