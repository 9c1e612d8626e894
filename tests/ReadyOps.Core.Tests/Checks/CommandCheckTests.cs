using ReadyOps.Core.Documents;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

/// <summary>Runs small commands of the system's own; they need no network and end at once.</summary>
public sealed class CommandCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_runs_unless_the_caller_allows_commands()
    {
        Evidence seen = await CheckTesting.RunAsync("""{"name": "c", "type": "command", "command": ["touch", "ran"]}""", _folder.Path);
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.Contains("-AllowCommand", seen.NextStep, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "ran")));
    }

    [Theory]
    [InlineData("exit 0", "", Verdict.Pass)]
    [InlineData("exit 3", "", Verdict.Fail)]
    [InlineData("exit 3", """, "exitCode": 3 """, Verdict.Pass)]
    [InlineData("exit 3", """, "exitCode": [0, 3] """, Verdict.Pass)]
    [InlineData("exit 0", """, "exitCode": 3 """, Verdict.Fail)]
    [InlineData("echo all good", """, "contains": "good" """, Verdict.Pass)]
    [InlineData("echo all good", """, "contains": "Good" """, Verdict.Fail)]
    [InlineData("echo good >&2", """, "contains": "good" """, Verdict.Fail)]
    [InlineData("echo v1.2.3", """, "matches": "^v\\d+\\." """, Verdict.Pass)]
    [InlineData("echo 1.2.3", """, "matches": "^v\\d+\\." """, Verdict.Fail)]
    [InlineData("echo '{\"lag\": 5}'", """, "json": [{"pointer": "/lag", "bound": "< 10"}] """, Verdict.Pass)]
    [InlineData("echo '{\"lag\": 50}'", """, "json": [{"pointer": "/lag", "bound": "< 10"}] """, Verdict.Fail)]
    [InlineData("echo '{}'", """, "json": [{"pointer": "/lag", "bound": "< 10"}] """, Verdict.NoData)]
    [InlineData("echo '{\"lag\": '", """, "json": [{"pointer": "/lag", "bound": "< 10"}] """, Verdict.Fail)]
    [InlineData("echo good; exit 1", """, "contains": "good" """, Verdict.Fail)]
    public async Task It_is_judged_by_how_it_ends_and_what_it_prints(string script, string members, Verdict verdict) =>
        Assert.Equal(verdict, (await RunAsync(script, members)).Verdict);

    [Fact]
    public async Task What_it_said_last_is_told_when_it_fails()
    {
        Evidence seen = await RunAsync("echo to output; echo to errors >&2; exit 2");
        Assert.Equal("sh ended with exit code 2, not 0.", seen.Reason);
        Assert.Equal(["Errors: to errors", "Output: to output"], seen.Details);
        Assert.Equal(2d, seen.Value);
    }

    [Fact]
    public async Task It_sees_a_plain_environment_and_what_the_document_gives()
    {
        Environment.SetEnvironmentVariable("READYOPS_TEST_PRIVATE", "private");
        Evidence seen = await RunAsync("test -z \"$READYOPS_TEST_PRIVATE\" && test -n \"$PATH\" && test \"$MODE\" = plain", """, "env": {"MODE": "plain"} """);
        Assert.True(seen.Verdict == Verdict.Pass, string.Join('\n', seen.Details));
    }

    [Fact]
    public async Task A_secret_reaches_it_and_nothing_else()
    {
        var context = new EngineContext { AllowCommand = true, Secrets = new OneSecret() };
        Evidence seen = await RunAsync("echo token is $TOKEN; test \"$TOKEN\" = s3cret-value && exit 9", """, "env": {"TOKEN": "secret:token"} """, context);
        Assert.Equal("sh ended with exit code 9, not 0.", seen.Reason);
        Assert.Equal(["Output: token is ***"], seen.Details);
    }

    [Theory]
    [InlineData("-----BEGIN KEY-----\nMIIfirst\nMIIsecond\n-----END KEY-----\n", "echo \"$TOKEN\"; exit 9")]
    [InlineData("MIIfirstMIIsecond", "printf '%0195d' 7; echo \"$TOKEN\"; exit 9")] // the line is cut within the secret
    public async Task Nothing_of_a_secret_is_told_whatever_its_lines_and_wherever_they_are_cut(string secret, string script)
    {
        var context = new EngineContext { AllowCommand = true, Secrets = new OneSecret(secret) };
        Evidence seen = await RunAsync(script, """, "env": {"TOKEN": "secret:token"} """, context);
        Assert.Equal("sh ended with exit code 9, not 0.", seen.Reason);
        Assert.DoesNotContain("MII", string.Join('\n', seen.Details), StringComparison.Ordinal);
        Assert.Contains("***", string.Join('\n', seen.Details), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_in_a_value_that_is_cut_is_not_told_in_part()
    {
        var context = new EngineContext { AllowCommand = true, Secrets = new OneSecret("MIIfirstMIIsecond") };
        Evidence seen = await RunAsync("printf '{\"v\": \"%0195d%s\"}' 7 \"$TOKEN\"", """, "env": {"TOKEN": "secret:token"}, "json": [{"pointer": "/v", "bound": "== good"}] """, context);
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.DoesNotContain("MII", $"{seen.Value} {seen.Reason} {string.Join('\n', seen.Details)}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_is_no_shell()
    {
        Evidence seen = await CheckTesting.RunAsync("""{"name": "c", "type": "command", "command": ["echo", "$(touch ran); *"], "contains": "$(touch ran); *"}""", _folder.Path, new EngineContext { AllowCommand = true });
        Assert.Equal(Verdict.Pass, seen.Verdict);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task It_runs_in_the_folder_of_the_document_or_the_one_that_is_named()
    {
        _folder.Write("below/there", "x");
        Assert.Equal(Verdict.Pass, (await RunAsync("test -f below/there")).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync("test -f there", """, "folder": "below" """)).Verdict);
    }

    [Fact]
    public async Task More_output_than_can_be_looked_into_is_an_error()
    {
        const string Flood = "i=0; while [ $i -lt 3000 ]; do echo 0123456789; i=$((i+1)); done; echo good";
        Evidence seen = await RunAsync(Flood, """, "contains": "good", "maxOutput": "10kB" """);
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.Contains("more than 10kB", seen.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, (await RunAsync(Flood, """, "maxOutput": "10kB" """)).Verdict);
    }

    [Fact]
    public async Task One_beyond_its_time_is_an_error_and_stopped_with_all_that_it_started()
    {
        var clock = new ManualClock();
        Task<Evidence> run = RunAsync("sleep 1000 & echo $! > child; wait", """, "timeout": "3s" """, new EngineContext { AllowCommand = true, Clock = clock });
        string pidFile = Path.Combine(_folder.Path, "child");
        while (!File.Exists(pidFile) || new FileInfo(pidFile).Length == 0) await Task.Yield();
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(Verdict.Error, (await run).Verdict);
        string child = (await File.ReadAllTextAsync(pidFile, TestContext.Current.CancellationToken)).Trim();
        // The test's own time limit is the assertion. A killed child is a zombie until init collects it.
        while (File.Exists($"/proc/{child}/stat") && !(await ReadStatAsync(child)).Contains(") Z ", StringComparison.Ordinal)) await Task.Yield();
    }

    [Theory]
    [InlineData("no-such-program-of-readyops", "there is no such program on the PATH")]
    [InlineData("./no-such-program", "no-such-program cannot be started")]
    public async Task A_program_that_is_not_there_is_an_error(string program, string reason)
    {
        Evidence seen = await CheckTesting.RunAsync($$"""{"name": "c", "type": "command", "command": ["{{program}}"]}""", _folder.Path, new EngineContext { AllowCommand = true });
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.Contains(reason, seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_in_the_current_folder_is_not_taken_for_one_on_the_PATH()
    {
        // The runtime itself would look there first.
        string planted = Path.Combine(Environment.CurrentDirectory, "readyops-planted");
        await File.WriteAllTextAsync(planted, "#!/bin/sh\nexit 0\n", TestContext.Current.CancellationToken);
        try
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(planted, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Evidence seen = await CheckTesting.RunAsync("""{"name": "c", "type": "command", "command": ["readyops-planted"]}""", _folder.Path, new EngineContext { AllowCommand = true });
            Assert.Equal(Verdict.Error, seen.Verdict);
        }
        finally
        {
            File.Delete(planted);
        }
    }

    [Theory]
    [InlineData(""" "command": [] """, "/command: this names no program")]
    [InlineData(""" "command": ["x"], "exitCode": "zero" """, "/exitCode: 'zero' is no exit code")]
    [InlineData(""" "command": ["x"], "matches": "(" """, "/matches: this is not a regular expression")]
    [InlineData(""" "command": ["x"], "contains": "" """, "/contains: every output contains the empty text")]
    [InlineData(""" "command": ["x"], "env": {"A=B": "c"} """, "/env: 'A=B' cannot name a variable")]
    [InlineData(""" "command": ["x"], "maxOutput": "1GB" """, "/maxOutput")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "c", "type": "command", {{members}}}"""), p => p.StartsWith(problem, StringComparison.Ordinal));

    private static async Task<string> ReadStatAsync(string pid)
    {
        try
        {
            return await File.ReadAllTextAsync($"/proc/{pid}/stat");
        }
        catch (IOException)
        {
            return ") Z ";
        }
    }

    private Task<Evidence> RunAsync(string script, string members = "", EngineContext? context = null) => CheckTesting.RunAsync(
        $$"""{"name": "c", "type": "command", "command": ["sh", "-c", {{System.Text.Json.JsonSerializer.Serialize(script)}}]{{members}}}""", _folder.Path, context ?? new EngineContext { AllowCommand = true });

    private sealed class OneSecret(string value = "s3cret-value") : ISecretSource
    {
        public ValueTask<string> GetSecretAsync(string name, CancellationToken cancel) => new(value);
    }
}
