using System.Text.Json;
using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Tests.Targets;

/// <summary>Runs small commands of the system's own; they need no network and end at once.</summary>
public sealed class ScriptTargetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_was_set_is_what_is_read()
    {
        ITarget target = Target("printf %s \"$1\" > share; printf ' %s' \"$READYOPS_PERCENT\" > environment", "cat share");
        foreach (decimal percent in (decimal[])[0, 12.5m, 33.333m, 100])
        {
            await target.SetAsync(percent, Cancel);
            Assert.Equal(percent, await target.ReadAsync(Cancel));
        }

        Assert.Equal(" 100", await File.ReadAllTextAsync(Path.Combine(_folder, "environment"), Cancel)); // In the document's folder.
    }

    [Theory]
    [InlineData("25", 25)]
    [InlineData("25%", 25)]
    [InlineData(" 25 % ", 25)]
    [InlineData("0.25", 0.25)]
    [InlineData("100", 100)]
    [InlineData("0", 0)]
    public async Task A_number_is_in_per_cent_with_or_without_the_sign(string printed, double expected) =>
        Assert.Equal((decimal)expected, await Target("true", $"echo '{printed}'").ReadAsync(Cancel));

    [Theory]
    [InlineData("")]
    [InlineData("101")]
    [InlineData("-1")]
    [InlineData("1e1")]
    [InlineData("25 50")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    [InlineData("about 25%")]
    public async Task What_is_no_share_is_an_error(string printed)
    {
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Target("true", $"echo '{printed}'").ReadAsync(Cancel));
        Assert.Equal("TargetUnreadable", e.Id);
    }

    [Fact]
    public async Task Nothing_runs_unless_the_caller_allows_commands()
    {
        ITarget target = Target("touch ran", "touch ran", new EngineContext());
        ReadyOpsException set = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.SetAsync(5, Cancel));
        ReadyOpsException read = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.ReadAsync(Cancel));
        Assert.Equal(("CommandNotAllowed", "CommandNotAllowed"), (set.Id, read.Id));
        Assert.Contains("-AllowCommand", set.NextStep, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "ran")));
    }

    [Fact]
    public async Task A_failure_tells_the_exit_code_and_the_last_lines_but_no_arguments()
    {
        ITarget target = Target("for i in 1 2 3 4 5 6 7; do echo line$i >&2; done; exit 3 # hunter2", "true");
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.SetAsync(5, Cancel));
        Assert.Equal("CommandFailed", e.Id);
        Assert.Contains("exit code 3", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("line3 | line4 | line5 | line6 | line7", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_is_no_shell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "uses echo of Unix");
        var target = TargetDocument.Read("""{"type":"script","set":["true"],"read":["echo","$(echo 25)"]}""", _folder, new EngineContext { AllowCommand = true });
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.ReadAsync(Cancel));
        Assert.Contains("$(echo 25)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_beyond_its_time_is_stopped_with_all_that_it_started()
    {
        var clock = new Http.ManualClock();
        ITarget target = Target("sleep 1000 & echo $! > child; wait", "true", new EngineContext { AllowCommand = true, Clock = clock });
        Task set = target.SetAsync(5, Cancel).AsTask();
        string pidFile = Path.Combine(_folder, "child");
        while (!File.Exists(pidFile) || new FileInfo(pidFile).Length == 0) await Task.Yield();
        clock.Advance(TimeSpan.FromSeconds(30));
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => set);
        Assert.Equal("CommandTimedOut", e.Id);
        int child = int.Parse(await File.ReadAllTextAsync(pidFile, Cancel), System.Globalization.CultureInfo.InvariantCulture);
        while (IsAlive(child)) await Task.Yield(); // The test's own time limit is the assertion.
    }

    [Fact]
    public async Task A_flood_of_output_is_cut_and_does_not_block()
    {
        ITarget target = Target("true", "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done");
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.ReadAsync(Cancel));
        Assert.True(e.Message.Length < 1000);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        ITarget target = TargetDocument.Read("""{"type":"script","set":["./no-such-program"],"read":["x"]}""", _folder, new EngineContext { AllowCommand = true });
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await target.SetAsync(5, Cancel));
        Assert.Equal("CommandNotStarted", e.Id);
        Assert.Contains("no-such-program", e.Message, StringComparison.Ordinal);
    }

    private static bool IsAlive(int pid)
    {
        // A killed child is a zombie until init collects it.
        string stat = $"/proc/{pid}/stat";
        try
        {
            return File.Exists(stat) && !File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private ITarget Target(string set, string read, EngineContext? context = null)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "uses sh");
        string json = JsonSerializer.Serialize(new { type = "script", set = new[] { "sh", "-c", set, "sh", "{percent}" }, read = new[] { "sh", "-c", read } });
        return TargetDocument.Read(json, _folder, context ?? new EngineContext { AllowCommand = true });
    }
}
