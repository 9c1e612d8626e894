using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ReadyOps.Scenario.Tests.Agent;

/// <summary>The agent as a process of its own, as users run it. Disposing kills it.</summary>
internal sealed partial class AgentProcess : IDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private AgentProcess(Process process) => _process = process;

    /// <summary>What it wrote to its output so far.</summary>
    public string Output => Read(_output);

    /// <summary>What it wrote to its error stream so far.</summary>
    public string Errors => Read(_errors);

    /// <summary>Starts it.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Added to its environment.</param>
    public static AgentProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        string executable = Path.Combine(AppContext.BaseDirectory, "ReadyOps.Agent" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        var start = new ProcessStartInfo(executable)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        if (IgnoresInterrupt())
        {
            start.FileName = "env";
            start.ArgumentList.Add("--default-signal=INT");
            start.ArgumentList.Add(executable);
        }

        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        var agent = new AgentProcess(new Process { StartInfo = start });
        agent._process.OutputDataReceived += (_, e) => Keep(agent._output, e.Data);
        agent._process.ErrorDataReceived += (_, e) => Keep(agent._errors, e.Data);
        agent._process.Start();
        agent._process.BeginOutputReadLine();
        agent._process.BeginErrorReadLine();
        return agent;
    }

    /// <summary>Starts it, waits for its end, and gives its exit code.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using AgentProcess agent = Start(arguments);
        int exitCode = await agent.EndAsync(TimeSpan.FromMinutes(4));
        return (exitCode, agent.Output, agent.Errors);
    }

    /// <summary>Starts <c>run</c> on a free port and waits until it says where it listens.</summary>
    public static async Task<(AgentProcess Agent, string Url)> ServeAsync(string state, params string[] more)
    {
        AgentProcess agent = Start(["run", "--state", state, "--listen", "127.0.0.1:0", .. more]);
        try
        {
            string url = await agent.WaitForAsync(() => agent.Errors.Split("status page at ") is [_, { } rest, ..] && rest.Contains('\n', StringComparison.Ordinal)
                ? rest.Split('\n')[0].Trim().TrimEnd('/') : null);
            return (agent, url);
        }
        catch
        {
            agent.Dispose();
            throw;
        }
    }

    /// <summary>Waits until something is there.</summary>
    public async Task<T> WaitForAsync<T>(Func<T?> look, TimeSpan? deadline = null)
        where T : class
    {
        using var timer = new CancellationTokenSource(deadline ?? TimeSpan.FromMinutes(3));
        while (!timer.IsCancellationRequested)
        {
            if (look() is { } found) return found;
            Assert.False(_process.HasExited, $"The agent ended.{Environment.NewLine}{Output}{Errors}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"It never came to that.{Environment.NewLine}{Output}{Errors}");
    }

    /// <summary>Ctrl+C.</summary>
    public void InterruptIt() => _ = SendSignal(_process.Id, Interrupt);

    /// <summary>SIGTERM.</summary>
    public void TerminateIt() => _ = SendSignal(_process.Id, Terminate);

    /// <summary>SIGKILL, or what comes nearest.</summary>
    public void KillIt() => _process.Kill();

    /// <summary>Waits for its end and for all that it wrote.</summary>
    public async Task<int> EndAsync(TimeSpan deadline)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timer.CancelAfter(deadline);
        try
        {
            await _process.WaitForExitAsync(timer.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The agent had not ended after {deadline}.{Environment.NewLine}{Output}{Errors}");
        }

        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>
    /// Whether this process ignores Ctrl+C, as everything does that a shell started in the background; what it starts would inherit that.
    /// </summary>
    private static bool IgnoresInterrupt()
    {
        if (!OperatingSystem.IsLinux()) return false;
        string ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim();
        return (ulong.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Interrupt - 1))) != 0;
    }

    private static void Keep(StringBuilder all, string? line)
    {
        if (line is null) return;
        lock (all) all.Append(line).Append('\n');
    }

    private static string Read(StringBuilder all)
    {
        lock (all) return all.ToString();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
