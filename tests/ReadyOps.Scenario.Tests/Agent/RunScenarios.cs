using System.Net;
using System.Text.Json;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Scenario.Tests.Agent;

public sealed class RunScenarios
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    [Fact]
    public async Task Once_ticks_what_another_process_started_and_ends()
    {
        await using AgentStage stage = await AgentStage.SetAsync();
        RolloutStatus started = await stage.StartAsync("once", hold: "0s");
        Assert.Equal(10, started.SharePercent);

        // Two good samples a step are asked for, and the first look of a step only begins one: three ticks a step.
        (int exitCode, string output, string errors) = (0, "", "");
        for (int tick = 0; tick < 15 && !(await stage.LookAsync(started.Id)).Ended; tick++)
        {
            (exitCode, output, errors) = await AgentProcess.RunAsync("run", "--state", stage.State, "--once");
            Assert.True(exitCode == 0, errors);
            Assert.Contains(started.Id, output, StringComparison.Ordinal);
        }

        RolloutStatus ended = await stage.LookAsync(started.Id);
        Assert.Equal((RolloutPhase.Succeeded, 100m), (ended.Phase, ended.SharePercent));
        Assert.Contains("Succeeded", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_that_cannot_be_ticked_fails_the_run_and_keeps_no_other_from_its_tick()
    {
        await using AgentStage stage = await AgentStage.SetAsync();
        RolloutStatus damaged = await stage.StartAsync("damaged", hold: "0s");
        RolloutStatus sound = await stage.StartAsync("sound", hold: "0s");
        string journal = Path.Combine(stage.State, RolloutService.Prefix, $"{damaged.Id}.jsonl");
        string text = await File.ReadAllTextAsync(journal, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(journal, text.Replace("tester", "nobody", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        (int exitCode, string output, string errors) = await AgentProcess.RunAsync("run", "--state", stage.State, "--once", "--log", "json");

        Assert.Equal(1, exitCode);
        Assert.Contains(sound.Id, output, StringComparison.Ordinal);
        string[] lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        Assert.Single(lines, line => line.Contains(damaged.Id, StringComparison.Ordinal) && line.Contains("does not fit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_started_elsewhere_while_it_runs_is_brought_to_its_end_and_SIGTERM_stops_it_cleanly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using AgentStage stage = await AgentStage.SetAsync();
        (AgentProcess agent, string url) = await AgentProcess.ServeAsync(stage.State);
        using (agent)
        {
            RolloutStatus started = await stage.StartAsync("elsewhere", hold: "300ms");
            RolloutStatus ended = await stage.WaitForAsync(started.Id, status => status.Ended, agent);
            Assert.Equal((RolloutPhase.Succeeded, 100m), (ended.Phase, ended.SharePercent));
            Assert.Equal("""{"status":"ok","reasons":[]}""", (await Client.GetStringAsync($"{url}/healthz", TestContext.Current.CancellationToken)).Trim());

            agent.TerminateIt();
            Assert.Equal(0, await agent.EndAsync(TimeSpan.FromMinutes(1)));
            Assert.Contains("Stopped.", agent.Errors, StringComparison.Ordinal);
            Assert.Equal("", agent.Output);
        }
    }

    [Fact]
    public async Task An_act_under_way_is_finished_and_journalled_before_it_stops()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has neither SIGTERM nor /bin/sh.");
        await using AgentStage stage = await AgentStage.SetAsync();
        RolloutStatus started = await stage.StartScriptAsync("slow", slowShare: 50);
        (AgentProcess agent, _) = await AgentProcess.ServeAsync(stage.State, "--allow-command");
        using (agent)
        {
            await agent.WaitForAsync(() => File.Exists(stage.File("begun")) ? agent : null);
            agent.TerminateIt();
            Assert.Equal(0, await agent.EndAsync(TimeSpan.FromMinutes(1)));
        }

        Assert.Equal("50", (await File.ReadAllTextAsync(stage.File("share"), TestContext.Current.CancellationToken)).Trim());
        JournalLine last = (await stage.Journals.ReadAsync(RolloutService.Prefix + started.Id, TestContext.Current.CancellationToken))[^1];
        Assert.Equal(("ShareSet", "50"), (last.Type, last.Data.GetProperty("percent").GetRawText()));
    }

    [Fact]
    public async Task Commands_of_documents_do_not_run_unless_allowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no /bin/sh.");
        await using AgentStage stage = await AgentStage.SetAsync();
        await stage.StartScriptAsync("forbidden", slowShare: 50);
        (int exitCode, string output, _) = await AgentProcess.RunAsync("run", "--state", stage.State, "--once");
        Assert.Equal(0, exitCode);
        Assert.Contains("may not run", output, StringComparison.Ordinal);
        Assert.False(File.Exists(stage.File("begun")));
    }

    [Fact]
    public async Task Killed_in_the_middle_the_next_run_brings_the_rollout_to_the_same_end()
    {
        await using AgentStage stage = await AgentStage.SetAsync();
        RolloutStatus started = await stage.StartAsync("killed", hold: "500ms");
        (AgentProcess first, _) = await AgentProcess.ServeAsync(stage.State);
        using (first)
        {
            await stage.WaitForAsync(started.Id, status => status.SharePercent >= 50, first);
            first.KillIt();
            await first.EndAsync(TimeSpan.FromMinutes(1));
        }

        (AgentProcess second, _) = await AgentProcess.ServeAsync(stage.State);
        using (second)
        {
            RolloutStatus ended = await stage.WaitForAsync(started.Id, status => status.Ended, second);
            Assert.Equal((RolloutPhase.Succeeded, 100m), (ended.Phase, ended.SharePercent));
        }

        await AssertSoundAsync(stage, started.Id);
    }

    [Fact]
    public async Task Two_agents_on_one_store_do_the_work_of_one()
    {
        await using AgentStage stage = await AgentStage.SetAsync();
        RolloutStatus started = await stage.StartAsync("shared", hold: "500ms");
        (AgentProcess first, _) = await AgentProcess.ServeAsync(stage.State);
        using AgentProcess one = first;
        (AgentProcess second, string url) = await AgentProcess.ServeAsync(stage.State);
        using AgentProcess two = second;
        await stage.WaitForAsync(started.Id, status => status.Ended, one);

        // The other one learns of it too, and neither has anything to complain of.
        await two.WaitForAsync(() => Client.GetStringAsync($"{url}/metrics").GetAwaiter().GetResult()
            .Contains("release=\"2.0\",phase=\"Succeeded\"} 1", StringComparison.Ordinal) ? two : null);
        Assert.DoesNotContain("fail:", one.Errors + two.Errors, StringComparison.Ordinal);
        await AssertSoundAsync(stage, started.Id);
    }

    [Theory]
    [InlineData("--listen", "0.0.0.0:8765", "not on loopback")]
    [InlineData("--listen", "8765", "write '127.0.0.1:8765'")]
    [InlineData("--lisen", "127.0.0.1:1", "Did you mean '--listen'?")]
    [InlineData("--log", "xml", "'plain'")]
    public async Task What_is_not_understood_is_refused_with_a_hint(string option, string value, string hint)
    {
        (int exitCode, string output, string errors) = await AgentProcess.RunAsync("run", option, value);
        Assert.Equal(2, exitCode);
        Assert.Equal("", output);
        Assert.Contains(hint, errors, StringComparison.Ordinal);
        Assert.Contains("'readyops run --help'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_lists_what_is_under_way_as_a_table_and_as_JSON()
    {
        await using AgentStage stage = await AgentStage.SetAsync();
        RolloutStatus started = await stage.StartAsync("listed", hold: "1h");

        (int exitCode, string table, _) = await AgentProcess.RunAsync("status", "--state", stage.State);
        Assert.Equal(0, exitCode);
        Assert.Contains("Progressing", table, StringComparison.Ordinal);

        (_, string json, _) = await AgentProcess.RunAsync("status", "--state", stage.State, "--json");
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement only = Assert.Single(document.RootElement.EnumerateArray());
        Assert.Equal(started.Id, only.GetProperty("id").GetString());
        Assert.Equal(10, only.GetProperty("sharePercent").GetDecimal());
    }

    [Fact]
    public async Task A_port_in_use_is_told_and_ends_the_run()
    {
        await using AgentStage stage = await AgentStage.SetAsync();
        (AgentProcess first, string url) = await AgentProcess.ServeAsync(stage.State);
        using AgentProcess holder = first;
        (int exitCode, _, string errors) = await AgentProcess.RunAsync("run", "--state", stage.State, "--listen", new Uri(url).Authority);
        Assert.Equal(1, exitCode);
        Assert.Contains("in use", errors, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync($"{url}/healthz", TestContext.Current.CancellationToken)).StatusCode);
    }

    private static async Task AssertSoundAsync(AgentStage stage, string id)
    {
        JournalVerification journal = await stage.Journals.VerifyAsync(RolloutService.Prefix + id, TestContext.Current.CancellationToken);
        Assert.True(journal.Valid, journal.Reason);
        string[] shares = [.. (await stage.Journals.ReadAsync(RolloutService.Prefix + id, TestContext.Current.CancellationToken))
            .Where(line => line.Type == "ShareSet").Select(line => line.Data.GetProperty("percent").GetRawText())];
        Assert.Equal(["10", "50", "100"], shares);
    }
}
