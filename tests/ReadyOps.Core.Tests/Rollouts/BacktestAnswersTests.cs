using System.Globalization;
using System.Text;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>Saved answers of query_range, which play as the same samples do as a table.</summary>
public sealed class BacktestAnswersTests : IDisposable
{
    private const string Policy = """
        {"tick":"15s","steps":[{"share":"10%","hold":"10m"},{"share":"100%","hold":"10m"}],"prometheus":"http://prom",
         "target":{"type":"flag","path":"flags.json","flag":"f"},
         "signals":[{"name":"errors","query":"up","bound":"<= 1%","for":"2m"REDUCE}]}
        """;

    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>An hour that breaks after five minutes.</summary>
    private static string Series(string job = "a", double bad = 0.05)
    {
        var values = new StringBuilder();
        for (int i = 0; i <= 240; i++)
            values.Append(CultureInfo.InvariantCulture, $"{(i > 0 ? "," : "")}[{Noon.AddSeconds(15 * i).ToUnixTimeSeconds()},\"{(i >= 20 ? bad : 0)}\"]");
        return $$"""{"metric":{"job":"{{job}}"},"values":[{{values}}]}""";
    }

    private static string Answer(params string[] series) => $$$"""{"status":"success","data":{"resultType":"matrix","result":[{{{string.Join(",", series)}}}]}}""";

    private async Task<BacktestResult> PlayAsync(string reduce, params string[] files) => Assert.Single(await new BacktestService(new EngineContext())
        .RunAsync(RolloutWorld.Document(Policy.Replace("REDUCE", reduce, StringComparison.Ordinal)), new BacktestOptions { SampleFiles = [.. files.Select(file => Path.Combine(_folder.Path, file))] }, TestContext.Current.CancellationToken));

    private async Task<string> FailsAsync(string text, string file = "errors.json", string id = "HistoryUnreadable")
    {
        _folder.Write(file, text);
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAsync("", file));
        Assert.Equal(id, e.Id);
        return e.Message;
    }

    [Fact]
    public async Task A_file_for_each_signal_is_named_after_it()
    {
        _folder.Write("errors.json", Answer(Series()));
        BacktestResult result = await PlayAsync("", "errors.json");
        // As the table of the same samples: two minutes of bad samples are complete at 12:07, and there at 12:07:05.
        Assert.Equal((BacktestOutcome.RolledBack, Noon.AddMinutes(5), Noon.AddMinutes(7.25)), (result.Outcome, result.FirstBadSample, result.RolledBackAt));
        Assert.Equal(241, result.Samples);
    }

    [Fact]
    public async Task One_file_may_hold_an_answer_for_each_name()
    {
        _folder.Write("history.json", $$"""{ "other": {{Answer()}}, "errors": {{Answer(Series())}} }""");
        Assert.Equal(BacktestOutcome.RolledBack, (await PlayAsync("", "history.json")).Outcome);
    }

    [Fact]
    public async Task Several_series_become_one_by_the_reducer_of_the_signal_and_are_an_error_without()
    {
        _folder.Write("errors.json", Answer(Series(), Series("b", bad: 0.005)));
        Assert.Equal(BacktestOutcome.Succeeded, (await PlayAsync(",\"reduce\":\"min\"", "errors.json")).Outcome);
        Assert.Equal(BacktestOutcome.RolledBack, (await PlayAsync(",\"reduce\":\"max\"", "errors.json")).Outcome);
        Assert.Contains("errors.json:1:1: 'errors' has 2 series at 2026-01-01 12:00:00Z", await FailsAsync(Answer(Series(), Series("b"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_whoever_saved_it_was_warned_of_is_told()
    {
        _folder.Write("errors.json", Answer(Series()).Replace("\"data\"", "\"warnings\":[\"a store is down\"],\"data\"", StringComparison.Ordinal));
        Assert.Contains("errors: a store is down", (await PlayAsync("", "errors.json")).Warnings);
    }

    [Theory]
    [InlineData("{\n \"errors\": 7}", "errors.json:2:12: 'errors' is no answer of query_range")]
    [InlineData("[]", "errors.json:1:1: this is no object")]
    [InlineData("{\n \"status\":\"success\",", "errors.json:2:20: this is no JSON")]
    [InlineData("{\n \"status\": \"error\", \"errorType\": \"bad_data\", \"error\": \"no\"}", "errors.json:1:1: 'errors' is no answer but a refusal: bad_data: no")]
    [InlineData("{\n\"errors\": {\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}}", "errors.json:2:11: 'errors' is not what query_range answers: resultType is 'vector'")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[1,\"much\"]]}]}}", "'much' is no number")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"histograms\":[[1,{}]]}]}}", "is a native histogram")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}", "has no sample")]
    public async Task What_cannot_be_read_is_named_at_its_place(string text, string problem) => Assert.Contains(problem, await FailsAsync(text), StringComparison.Ordinal);

    [Fact]
    public async Task A_signal_without_an_answer_is_missing_and_two_answers_for_one_are_refused()
    {
        Assert.Contains("has no answer 'errors'", await FailsAsync(Answer(Series()), "latency.json", "HistoryIncomplete"), StringComparison.Ordinal);
        _folder.Write("errors.json", Answer(Series()));
        _folder.Write("all.json", $$"""{"errors": {{Answer(Series())}}}""");
        Assert.Contains("there is another answer 'errors'", (await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAsync("", "errors.json", "all.json"))).Message, StringComparison.Ordinal);
        _folder.Write("table.csv", "time,errors\n0,1\n15,1\n");
        Assert.Contains("is a table of samples", (await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAsync("", "errors.json", "table.csv"))).Message, StringComparison.Ordinal);
    }
}
