using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ReadyOps.Core.Rollouts;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Rollouts;

/// <summary>Real programs that are to call a person.</summary>
public sealed class EscalationScriptScenarios
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);

    public EscalationScriptScenarios() => Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs are scripts of sh.");

    [Fact]
    public async Task It_gets_its_arguments_as_they_are_written_what_it_is_about_in_its_environment_and_no_input()
    {
        using EscalationStage stage = await EscalationStage.SetAsync("""{script: [./page.sh, "two words", "", '*', '$HOME `id` "quoted"', "line\nbreak", Zürich]}""",
            ("page.sh", """
                #!/bin/sh
                for argument in "$@"; do printf '<%s>' "$argument"; done > got
                pwd > folder
                cat > input
                env | grep ^READYOPS_ > environment
                tr '\0' '\n' < /proc/$$/cmdline > line
                """));
        RolloutStatus status = await stage.TickAsync();
        Assert.Equal((RolloutPhase.Paused, 0), (status.Phase, status.EscalationsPending));
        Assert.Equal("<two words><><*><$HOME `id` \"quoted\"><line\nbreak><Zürich>", Read("got"));
        Assert.Equal(Path.GetDirectoryName(stage.File("x")), Read("folder").Trim());
        Assert.Empty(Read("input"));
        string reason = Assert.Single(await stage.EventsAsync<RolloutEscalated>()).Reason;
        Assert.Equal(
            [$"READYOPS_KEY={stage.Id}#1", "READYOPS_PERCENT=10", "READYOPS_PHASE=Paused", $"READYOPS_REASON={reason}", "READYOPS_RELEASE=2.0", $"READYOPS_ROLLOUT={stage.Id}", $"READYOPS_TARGET={status.Target}"],
            Read("environment").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => Environment.GetEnvironmentVariable(line.Split('=')[0]) is null).Order(StringComparer.Ordinal));
        // What it is about may be long and is nobody else's business: everybody on the machine can read a command line.
        Assert.DoesNotContain(stage.Id, Read("line"), StringComparison.Ordinal);
        Assert.Equal((1, "script", 1), Told(Assert.Single(await stage.EventsAsync<EscalationSent>())));

        string Read(string name) => File.ReadAllText(stage.File(name));
    }

    [Fact]
    public async Task What_ends_with_an_error_is_run_again_after_half_a_minute_and_not_before()
    {
        using EscalationStage stage = await EscalationStage.SetAsync("{script: [./page.sh]}", ("page.sh", """
            #!/bin/sh
            echo "$READYOPS_KEY" >> tries
            echo 'token hunter2' >&2
            test -e mended || exit 3
            """));
        Assert.Equal(1, (await stage.TickAsync()).EscalationsPending);
        EscalationNotSent failed = Assert.Single(await stage.EventsAsync<EscalationNotSent>());
        Assert.Equal(($"The command {stage.File("page.sh")} ended with exit code 3.", stage.Clock.GetUtcNow() + FirstPause), (failed.Error, failed.RetryAt));

        await File.WriteAllTextAsync(stage.File("mended"), "", TestContext.Current.CancellationToken);
        Assert.Equal(1, (await stage.TickAfterAsync(FirstPause - TimeSpan.FromSeconds(1))).EscalationsPending);
        Assert.Equal(0, (await stage.TickAfterAsync(TimeSpan.FromSeconds(1))).EscalationsPending);
        await stage.TickAfterAsync(TimeSpan.FromHours(1));
        Assert.Equal([$"{stage.Id}#1", $"{stage.Id}#1"], await File.ReadAllLinesAsync(stage.File("tries"), TestContext.Current.CancellationToken));
        Assert.Equal((1, "script", 2), Told(Assert.Single(await stage.EventsAsync<EscalationSent>())));
        // What it prints may hold anything, and journals are read by many.
        Assert.DoesNotContain("hunter2", await stage.JournalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_hangs_is_stopped_with_all_that_it_started()
    {
        using EscalationStage stage = await EscalationStage.SetAsync("{script: [./page.sh], timeout: 20s}", ("page.sh", """
            #!/bin/sh
            sh -c 'echo $$ > child.new; mv child.new child; exec sleep 600' &
            echo $$ > parent.new; mv parent.new parent
            wait
            """));
        await stage.TickUntilAsync(() => File.Exists(stage.File("parent")) && File.Exists(stage.File("child")), TimeSpan.FromSeconds(20));
        EscalationNotSent failed = Assert.Single(await stage.EventsAsync<EscalationNotSent>());
        Assert.Equal($"The escalation's command {stage.File("page.sh")} did not end within 20 s and was stopped.", failed.Error);
        foreach (string who in new[] { "parent", "child" })
        {
            int id = int.Parse(await File.ReadAllTextAsync(stage.File(who), TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
            Assert.True(SpinWait.SpinUntil(() => IsGone(id), TimeSpan.FromMinutes(1)), $"the {who} still runs");
        }
    }

    [Fact]
    public async Task What_leaves_something_running_behind_it_has_ended_all_the_same()
    {
        using EscalationStage stage = await EscalationStage.SetAsync("{script: [./page.sh]}", ("page.sh", """
            #!/bin/sh
            sleep 600 &
            echo $! > child.new; mv child.new child
            """));
        Task<RolloutStatus> tick = stage.TickAsync();
        try
        {
            // The rest of its output is waited for, but not for as long as what it left behind holds it open.
            await stage.Clock.WhenWaitingAsync(TimeSpan.FromSeconds(2)).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            stage.Clock.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(0, (await tick).EscalationsPending);
        }
        finally
        {
            using Process left = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(stage.File("child"), TestContext.Current.CancellationToken), CultureInfo.InvariantCulture));
            left.Kill();
        }
    }

    [Fact]
    public async Task However_much_it_prints_it_is_heard_out()
    {
        using EscalationStage stage = await EscalationStage.SetAsync("{script: [./page.sh]}", ("page.sh", """
            #!/bin/sh
            head -c 30000000 /dev/zero | tr '\0' 'x'
            head -c 30000000 /dev/zero | tr '\0' 'y' >&2
            echo done > ended
            """));
        Assert.Equal(0, (await stage.TickAsync()).EscalationsPending);
        Assert.True(File.Exists(stage.File("ended")));
        Assert.True((await stage.JournalAsync()).Length < 20_000);
    }

    [Theory]
    [InlineData("[./nowhere.sh]", "nowhere.sh cannot be started: ")]
    [InlineData("[no-such-program-anywhere]", "no-such-program-anywhere cannot be started: there is no such program on the PATH")]
    [InlineData("[./plain.txt]", "plain.txt cannot be started: ")]
    public async Task A_program_that_is_not_there_is_said_and_tried_again(string script, string error)
    {
        using EscalationStage stage = await EscalationStage.SetAsync($"{{script: {script}, attempts: 2}}", ("plain.txt", "no program"));
        Assert.Equal(1, (await stage.TickAsync()).EscalationsPending);
        Assert.Equal(0, (await stage.TickAfterAsync(FirstPause)).EscalationsPending);
        EscalationNotSent[] failed = await stage.EventsAsync<EscalationNotSent>();
        Assert.All(failed, one => Assert.Contains(error, one.Error, StringComparison.Ordinal));
        Assert.Equal([true, false], failed.Select(one => one.RetryAt is not null));
    }

    [Fact]
    public async Task The_script_of_the_documentation_tells_a_real_alertmanager()
    {
        Required.Server("jq");
        Required.Server("curl");
        await using AlertmanagerServer alertmanager = await AlertmanagerServer.StartAsync();
        using EscalationStage stage = await EscalationStage.SetAsync("{script: [./page.sh]}", ("page.sh", $$$"""
            #!/bin/sh
            jq -n '[{labels: {alertname: "RolloutNeedsYou", rollout: env.READYOPS_ROLLOUT}, annotations: {summary: env.READYOPS_REASON}}]' |
              curl -fsS -H 'Content-Type: application/json' --data @- {{{alertmanager.Url}}}/api/v2/alerts
            """));
        Assert.Equal(0, (await stage.TickAsync()).EscalationsPending);
        using var client = new HttpClient();
        JsonElement alert = Assert.Single(JsonDocument.Parse(await client.GetStringAsync($"{alertmanager.Url}/api/v2/alerts", TestContext.Current.CancellationToken)).RootElement.EnumerateArray());
        Assert.Equal((stage.Id, Assert.Single(await stage.EventsAsync<RolloutEscalated>()).Reason),
            (alert.GetProperty("labels").GetProperty("rollout").GetString(), alert.GetProperty("annotations").GetProperty("summary").GetString()));
    }

    private static (int, string, int) Told(EscalationSent sent) => (sent.Number, sent.Hook, sent.Attempt);

    // One that has ended and that nobody has asked for yet is still listed.
    private static bool IsGone(int id)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..][0] is 'Z' or 'X';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
