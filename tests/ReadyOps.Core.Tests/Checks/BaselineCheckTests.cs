using ReadyOps.Core.Signals.Baselines;
using ReadyOps.Core.Tests.Signals.Baselines;

namespace ReadyOps.Core.Tests.Checks;

public sealed class BaselineCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly BaselineStage _stage = new() { Value = (_, _) => 100 };

    public void Dispose() => _folder.Dispose();

    private async Task CaptureAsync()
    {
        _folder.Write("b.yaml", BaselineWriter.Write(await _stage.CaptureAsync(), "b.yaml"));
        _stage.Now = BaselineStage.Noon.AddHours(1);
    }

    private Task<Evidence> RunAsync(string members = "", EngineContext? context = null) =>
        CheckTesting.RunAsync($$"""{"name": "as ever", "type": "baseline", "path": "b.yaml"{{members}}}""", _folder.Path, context ?? _stage.Context);

    [Fact]
    public async Task It_asks_the_Prometheus_of_the_baseline_and_says_what_differs_most()
    {
        await CaptureAsync();
        Evidence same = await RunAsync();
        Assert.Equal(Verdict.Pass, same.Verdict);
        Assert.StartsWith("2 metric(s) are as in baseline 'checkout' of 2027-01-12 12:00Z", same.Reason, StringComparison.Ordinal);
        _stage.Value = (query, _) => query == "rate" ? 100 : 150;
        Evidence off = await RunAsync();
        Assert.Equal((Verdict.Fail, (object)150.0, Unit.Seconds), (off.Verdict, off.Value, off.Unit));
        Assert.Equal(-40, off.Margin!.Value, 1e-9);
        Assert.StartsWith("1 of 2 metric(s) differ from baseline 'checkout'", off.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_own_terms_go_before_those_of_the_baseline()
    {
        await CaptureAsync();
        _stage.Value = (_, _) => 150;
        Assert.Equal(Verdict.Fail, (await RunAsync()).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync(""", "tolerance": "60%" """)).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync(""", "direction": "decrease" """)).Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync(""", "metrics": "rate", "statistics": ["mean"] """)).Verdict);
        Assert.Equal(Verdict.Inconclusive, (await RunAsync(""", "minimum": 1000 """)).Verdict);
    }

    [Fact]
    public async Task In_a_step_that_has_only_begun_it_is_no_pass()
    {
        await CaptureAsync();
        Evidence evidence = await RunAsync(context: _stage.Context with { Since = _stage.Now.AddSeconds(-30) });
        Assert.Equal(Verdict.Inconclusive, evidence.Verdict);
    }

    [Fact]
    public async Task Without_a_baseline_or_with_a_damaged_one_it_does_not_pass()
    {
        Evidence missing = await RunAsync();
        Assert.Equal(Verdict.NoData, missing.Verdict);
        Assert.Contains("New-PerformanceBaseline", missing.NextStep, StringComparison.Ordinal);
        await CaptureAsync();
        string file = Path.Combine(_folder.Path, "b.yaml");
        _folder.Write("b.yaml", (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Replace("p50: 100", "p50: 500", StringComparison.Ordinal));
        Evidence changed = await RunAsync();
        Assert.Equal(Verdict.Error, changed.Verdict);
        Assert.Contains("not those that were captured", changed.Reason, StringComparison.Ordinal);
        _folder.Write("b.yaml", BaselineStage.Plan);
        Assert.Equal(Verdict.Error, (await RunAsync()).Verdict);
    }

    [Theory]
    [InlineData(""", "tolerance": "10" """, "/tolerance: this is '10'")]
    [InlineData(""", "span": "0s" """, "/span: 0s is too short")]
    [InlineData(""", "statistics": ["p97"] """, "/statistics: there is no figure 'p97'")]
    [InlineData(""", "direction": "up" """, "/direction: this is 'up'")]
    [InlineData(""", "minimum": 1 """, "/minimum: this is '1'")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "b", "type": "baseline", "path": "b.yaml"{{members}}}"""), told => told.Contains(problem, StringComparison.Ordinal));
}
