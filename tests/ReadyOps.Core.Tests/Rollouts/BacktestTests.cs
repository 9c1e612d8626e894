using System.Globalization;
using System.Text;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>Files of samples whose outcome can be worked out by hand: a sample every 15 s, a lag of 5 s, a tick every 15 s.</summary>
public sealed class BacktestTests : IDisposable
{
    private const string TwoSteps = """
        {"tick":"15s","steps":[{"share":"10%","hold":"10m"},{"share":"100%","hold":"10m"}],"prometheus":"http://prom",
         "target":{"type":"flag","path":"flags.json","flag":"f"},
         "signals":[{"name":"errors","query":"up","bound":"<= 1%","for":"2m"}]}
        """;

    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static DateTimeOffset At(double minutes) => Noon.AddMinutes(minutes);

    /// <summary>An hour of samples, 0 where all is well.</summary>
    private void Write(Func<double, string> valueAtMinute, int minutes = 60, string columns = "time,errors")
    {
        var text = new StringBuilder(columns + "\n");
        for (int i = 0; i <= minutes * 4; i++)
            text.Append(CultureInfo.InvariantCulture, $"{Noon.AddSeconds(15 * i).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'},{valueAtMinute(i / 4.0)}\n");
        File.WriteAllText(_file, text.ToString());
    }

    private async Task<BacktestResult> PlayAsync(BacktestOptions? options = null, string json = TwoSteps) =>
        Assert.Single(await PlayAllAsync(options ?? new BacktestOptions(), json));

    private Task<IReadOnlyList<BacktestResult>> PlayAllAsync(BacktestOptions options, string json = TwoSteps) =>
        new BacktestService(new EngineContext()).RunAsync(RolloutWorld.Document(json), options with { SampleFiles = [_file] }, Stop);

    private static BacktestOptions Vary(params (string Name, string[] Values)[] vary) =>
        new() { Vary = [.. vary.Select(setting => KeyValuePair.Create(setting.Name, (IReadOnlyList<string>)setting.Values))] };

    [Fact]
    public async Task A_healthy_hour_lets_the_rollout_through_as_soon_as_its_holds_are_over()
    {
        Write(_ => "0");
        BacktestResult result = await PlayAsync();
        Assert.Equal(BacktestOutcome.Succeeded, result.Outcome);
        Assert.Equal(At(20), result.End);
        Assert.Equal([(At(0), "ShareSet", 10m), (At(10), "StepPassed", 10m), (At(10), "ShareSet", 100m), (At(20), "StepPassed", 100m), (At(20), "RolloutSucceeded", 100m)],
            result.Timeline.Select(entry => (entry.At, entry.Event, entry.SharePercent)));
        Assert.Null(result.RolledBackAt);
        Assert.Equal((0, 241L), (result.Alarms, result.Samples));
    }

    [Fact]
    public async Task The_share_rises_in_the_hours_of_the_document_only()
    {
        Write(_ => "0");
        BacktestResult result = await PlayAsync(json: With(TwoSteps, "\"windows\":{\"allowed\":[{\"from\":\"12:05\",\"to\":\"12:10\"},{\"from\":\"12:30\",\"to\":\"13:00\"}]}"));
        // Held from 12:05 to 12:15, then it waits for 12:30; held until 12:40.
        Assert.Equal([(At(5), 10m), (At(30), 100m)], result.Timeline.Where(entry => entry.Event == "ShareSet").Select(entry => (entry.At, entry.SharePercent)));
        Assert.Equal((BacktestOutcome.Succeeded, At(40)), (result.Outcome, result.End));
        // Watched at a constant share, nothing rises.
        Assert.Equal(BacktestOutcome.Quiet, (await PlayAsync(new BacktestOptions { Watch = true }, With(TwoSteps, "\"windows\":{\"allowed\":[{\"from\":\"01:00\",\"to\":\"02:00\"}]}"))).Outcome);
    }

    [Theory]
    [InlineData("pause", BacktestOutcome.Paused)]
    [InlineData("rollback", BacktestOutcome.RolledBack)]
    [InlineData("hold", BacktestOutcome.Unfinished)]
    public async Task A_step_that_a_freeze_keeps_too_long_comes_to_its_deadline(string action, BacktestOutcome outcome)
    {
        Write(_ => "0");
        string document = With(TwoSteps.Replace("\"hold\":\"10m\"},", $"\"hold\":\"10m\",\"deadline\":{{\"after\":\"15m\",\"action\":\"{action}\"}}}},", StringComparison.Ordinal),
            "\"windows\":{\"freezes\":[{\"from\":\"2026-01-01T12:08\",\"to\":\"2026-01-02\",\"reason\":\"sale\"}]}");
        BacktestResult result = await PlayAsync(json: document);
        Assert.Equal(outcome, result.Outcome);
        BacktestEntry told = result.Timeline.First(entry => entry.Event == (action == "rollback" ? "RollbackStarted" : "RolloutEscalated"));
        Assert.Equal(At(15), told.At);
        Assert.Contains("not done after 15m", told.Reason, StringComparison.Ordinal);
        Assert.Equal(action == "pause" ? At(15) : null, result.PausedAt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_deadline_of_the_whole_rollout_is_seen_at_its_tick_within_a_quiet_hold(bool everyTick)
    {
        Write(_ => "0");
        // The second step is held from 12:30 to 12:40, and a tick every 15 s sees 12:33:17 at 12:33:30.
        BacktestResult result = await PlayAsync(new BacktestOptions { EveryTick = everyTick },
            With(TwoSteps, "\"windows\":{\"freezes\":[{\"from\":\"2026-01-01T12:05\",\"to\":\"2026-01-01T12:30\"}]},\"deadline\":{\"after\":\"1997s\",\"action\":\"pause\"}"));
        Assert.Equal((BacktestOutcome.Paused, At(33.5)), (result.Outcome, result.PausedAt));
    }

    [Fact]
    public async Task What_is_asked_before_a_step_passes_and_the_result_says_so()
    {
        Write(_ => "0");
        string document = TwoSteps.Replace("\"share\":\"100%\",", "\"share\":\"100%\",\"before\":[{\"name\":\"lead\",\"type\":\"approval\",\"role\":\"sre\"}],", StringComparison.Ordinal);
        BacktestResult result = await PlayAsync(json: document);
        Assert.Equal((BacktestOutcome.Succeeded, At(20)), (result.Outcome, result.End));
        Assert.Contains("What is asked before steps has no history, and is taken to pass at once: lead.", result.Warnings);
        Assert.DoesNotContain((await PlayAsync(new BacktestOptions { Watch = true }, document)).Warnings, warning => warning.Contains("before steps", StringComparison.Ordinal));
    }

    private static string With(string document, string member) => string.Concat("{", member, ",", document.TrimStart().AsSpan(1));

    [Fact]
    public async Task A_total_is_tried_like_any_other_setting()
    {
        // Every fifth minute has one bad sample: three within 11 minutes at 12:10, and never four.
        Write(minute => minute % 5 == 0 ? "0.05" : "0");
        IReadOnlyList<BacktestResult> results = await PlayAllAsync(Vary(("errors.failureLimit", ["3 within 11m", "4 within 11m"]), ("errors.critical", ["True", "false"])) with { Watch = true });

        Assert.Equal(["errors.failureLimit 3 within 11m, errors.critical True", "errors.failureLimit 3 within 11m, errors.critical false"], results.Take(2).Select(result => result.Variant));
        // 12:00:00 itself lies before the start.
        Assert.Equal((At(15), BacktestOutcome.Alarmed), (results[0].BreachedAt, results[0].Outcome));
        Assert.Equal([BacktestOutcome.Quiet, BacktestOutcome.Quiet, BacktestOutcome.Quiet], results.Skip(1).Select(result => result.Outcome));
        Assert.Contains(results[1].Timeline, entry => entry.Event == "RolloutPaused");
    }

    [Fact]
    public async Task Traffic_is_a_column_of_its_own_and_without_enough_of_it_nothing_is_decided()
    {
        string document = TwoSteps.Replace("\"for\":\"2m\"", "\"for\":\"2m\",\"traffic\":\"t\",\"minTraffic\":100", StringComparison.Ordinal);
        Write(minute => minute >= 5 ? "0.5,99" : "0,100", columns: "time,errors,errors.traffic");
        Assert.Equal(BacktestOutcome.Unfinished, (await PlayAsync(json: document)).Outcome);
        Write(minute => minute >= 5 ? "0.5,100" : "0,100", columns: "time,errors,errors.traffic");
        Assert.Equal((BacktestOutcome.RolledBack, At(7)), await PlayAsync(json: document) is { } bad ? (bad.Outcome, bad.BreachedAt!.Value) : default);
        Write(_ => "0");
        Assert.Equal("HistoryIncomplete", (await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAsync(json: document))).Id);
    }

    [Fact]
    public async Task A_breach_is_dated_by_its_samples_and_decided_at_the_first_tick_that_can_see_them()
    {
        // Bad from 12:05:00; two minutes of it are complete with the sample of 12:07:00, which is there at 12:07:05.
        Write(minute => minute >= 5 ? "0.05" : "0");
        BacktestResult result = await PlayAsync();
        Assert.Equal(BacktestOutcome.RolledBack, result.Outcome);
        Assert.Equal(("errors", At(5), At(7), At(7.25)), (result.Signal, result.FirstBadSample, result.BreachedAt, result.RolledBackAt));
        Assert.Equal(TimeSpan.FromMinutes(2.25), result.Delay);
        Assert.Equal(At(7.25), result.End);
        Assert.Null(result.FalseAlarms);
        Assert.Contains("errors was 5%", result.Reason, StringComparison.Ordinal);
        Assert.Equal("RollbackStarted", result.Timeline[^1].Event);
    }

    [Fact]
    public async Task An_incident_tells_how_late_it_was_found_and_that_an_alarm_before_it_was_false()
    {
        Write(minute => minute >= 5 ? "0.05" : "0");
        BacktestResult found = await PlayAsync(new BacktestOptions { IncidentAt = At(4) });
        Assert.Equal((TimeSpan.FromMinutes(3.25), 0), (found.Delay, found.FalseAlarms));

        BacktestResult early = await PlayAsync(new BacktestOptions { IncidentAt = At(30) });
        Assert.Equal((null, 1, BacktestOutcome.RolledBack), (early.Delay, early.FalseAlarms, early.Outcome));
        Assert.Contains("was not found", early.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_samples_it_would_have_been_paused_and_never_promoted()
    {
        // No sample after 12:03:00: stale, by more than a minute, at 12:04:15, and the policy gives it ten minutes from the last sample.
        Write(minute => minute > 3 ? "" : "0");
        BacktestResult result = await PlayAsync();
        Assert.Equal((BacktestOutcome.Paused, At(13)), (result.Outcome, result.PausedAt));
        Assert.Equal((At(60), 1, 0), (result.End, result.Pauses, result.Alarms));
        Assert.DoesNotContain(result.Timeline, entry => entry.Event == "StepPassed");
    }

    [Fact]
    public async Task A_history_that_ends_before_the_rollout_says_so()
    {
        Write(_ => "0", minutes: 15);
        BacktestResult result = await PlayAsync();
        Assert.Equal((BacktestOutcome.Unfinished, At(15)), (result.Outcome, result.End));
        Assert.Contains("step 2 at 100%", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watching_counts_each_run_of_bad_samples_once_and_goes_on()
    {
        // Three runs: too short, just long enough, and long enough for many.
        Write(minute => minute is (>= 5 and <= 6) or (>= 10 and <= 12) or (>= 20 and <= 40) ? "0.05" : "0");
        BacktestResult result = await PlayAsync(new BacktestOptions { Watch = true });
        Assert.Equal((BacktestOutcome.Alarmed, 2, 2), (result.Outcome, result.Alarms, result.FalseAlarms));
        Assert.Equal(["ShareSet", "RollbackStarted", "RollbackStarted"], result.Timeline.Select(entry => entry.Event));
        BacktestEntry[] alarms = [.. result.Timeline.Where(entry => entry.Event == "RollbackStarted")];
        Assert.Equal([(At(10), At(12)), (At(20), At(22))], alarms.Select(alarm => (alarm.FirstBadSample!.Value, alarm.BreachedAt!.Value)));
        Assert.Equal(At(60), result.End);

        BacktestResult incident = await PlayAsync(new BacktestOptions { Watch = true, IncidentAt = At(20) });
        Assert.Equal((1, At(22.25), TimeSpan.FromMinutes(2.25)), (incident.FalseAlarms, incident.RolledBackAt, incident.Delay));
    }

    [Fact]
    public async Task Watching_tells_every_signal_that_alarms_also_in_the_same_tick()
    {
        Write(minute => minute >= 5 ? "0.05,0.05" : "0,0", columns: "time,errors,late");
        string both = TwoSteps.Replace("\"for\":\"2m\"}]", "\"for\":\"2m\"},{\"name\":\"late\",\"query\":\"up\",\"bound\":\"<= 1%\",\"for\":\"2m\"}]", StringComparison.Ordinal);
        BacktestResult result = await PlayAsync(new BacktestOptions { Watch = true }, both);
        Assert.Equal(["errors", "late"], result.Timeline.Where(entry => entry.Event == "RollbackStarted").Select(entry => entry.Signal).Order());
    }

    [Fact]
    public async Task Watching_a_quiet_period_finds_nothing()
    {
        Write(_ => "0");
        BacktestResult result = await PlayAsync(new BacktestOptions { Watch = true });
        Assert.Equal((BacktestOutcome.Quiet, 0, 0, At(60)), (result.Outcome, result.Alarms, result.FalseAlarms, result.End));
        Assert.Equal("No alarm in 1h.", result.Reason);
    }

    [Fact]
    public async Task A_grid_plays_every_combination_in_order()
    {
        // 5% for three minutes.
        Write(minute => minute is >= 5 and <= 8 ? "0.05" : "0");
        IReadOnlyList<BacktestResult> results = await PlayAllAsync(Vary(("errors.bound", ["<= 1%", "<= 6%"]), ("errors.for", ["2m", "4m"])));
        Assert.Equal(
            [
                ("errors.bound <= 1%, errors.for 2m", BacktestOutcome.RolledBack), ("errors.bound <= 1%, errors.for 4m", BacktestOutcome.Succeeded),
                ("errors.bound <= 6%, errors.for 2m", BacktestOutcome.Succeeded), ("errors.bound <= 6%, errors.for 4m", BacktestOutcome.Succeeded),
            ],
            results.Select(result => (result.Variant, result.Outcome)));
        Assert.Equal("<= 1%", results[0].Settings["errors.bound"]);
    }

    [Fact]
    public async Task Trying_a_count_ends_the_time()
    {
        Write(minute => minute >= 5 ? "0.05" : "0");
        BacktestResult result = Assert.Single(await PlayAllAsync(Vary(("errors.consecutive", ["3"]))));
        Assert.Equal(At(5.5), result.BreachedAt);
    }

    [Theory]
    [InlineData("latency.bound", "< 1", "errors")]
    [InlineData("errors.query", "up", "bound, for, consecutive")]
    [InlineData("errors", "1", "SIGNAL.MEMBER")]
    public async Task A_setting_that_cannot_be_varied_is_refused_with_what_can_be(string name, string value, string hint)
    {
        Write(_ => "0");
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAllAsync(Vary((name, [value]))));
        Assert.Equal("VariationInvalid", e.Id);
        Assert.Contains(hint, e.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_the_document_could_not_have_is_refused_as_there()
    {
        Write(_ => "0");
        DocumentException e = await Assert.ThrowsAsync<DocumentException>(() => PlayAllAsync(Vary(("errors.for", ["5 parsecs"]))));
        Assert.Contains("5 parsecs", Assert.Single(e.Problems).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("time,latency\n2026-01-01T12:00:00Z,1\n2026-01-01T12:01:00Z,1\n", "HistoryIncomplete")]
    [InlineData("time,errors\n", "HistoryUnreadable")]
    [InlineData("errors\n1\n", "HistoryUnreadable")]
    [InlineData("time,errors\n2026-01-01T12:00:00,1\n", "HistoryUnreadable")]
    [InlineData("time,errors\n2026-01-01T12:00:00Z,1\n2026-01-01T12:00:00Z,1\n", "HistoryUnreadable")]
    [InlineData("time,errors\n2026-01-01T12:00:00Z,high\n2026-01-01T12:01:00Z,1\n", "HistoryUnreadable")]
    [InlineData("time,errors\n2026-01-01T12:00:00Z,1,2\n", "HistoryUnreadable")]
    [InlineData("time,errors\n2026-01-01T12:00:00Z,1\n", "HistoryRangeInvalid")]
    [InlineData("time,errors\n2026-01-01T12:00:00Z,\n2026-01-01T12:01:00Z,\n", "HistoryEmpty")]
    public async Task A_file_that_is_no_history_is_refused(string text, string id)
    {
        await File.WriteAllTextAsync(_file, text, Stop);
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAsync());
        Assert.Equal(id, e.Id);
    }

    [Fact]
    public async Task A_signal_without_a_history_is_left_out_and_that_is_said()
    {
        Write(_ => "0");
        string json = TwoSteps.Replace("\"for\":\"2m\"}]", "\"for\":\"2m\"},{\"name\":\"health\",\"type\":\"http\",\"url\":\"http://127.0.0.1:1/\"}]", StringComparison.Ordinal);
        BacktestResult result = await PlayAsync(null, json);
        Assert.Equal(BacktestOutcome.Succeeded, result.Outcome);
        Assert.Contains("health", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sample_of_a_file_whose_window_reaches_back_before_the_step_does_not_help_to_leave_it()
    {
        Write(_ => "0");
        // Whole windows of 5 minutes begin at 12:05, so a hold of a minute lasts until three samples of them are in: 12:05:30, seen at 12:05:45.
        string json = TwoSteps.Replace("\"up\"", "\"rate(e[${window}])\", \"window\": \"5m\"", StringComparison.Ordinal).Replace("10m", "1m", StringComparison.Ordinal);
        BacktestResult result = await PlayAsync(null, json);
        Assert.Equal(At(5.75), result.Timeline.First(entry => entry.Event == "StepPassed").At);
        Assert.Contains(result.Warnings, warning => warning.Contains("looks back 5m", StringComparison.Ordinal));
    }
}
