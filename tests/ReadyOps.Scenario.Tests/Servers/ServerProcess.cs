using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>A server that a test runs as a process of its own. Disposing kills it with everything that it started.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private const int MaxLines = 200;
    private readonly Process _process;
    private readonly Queue<string> _lines = new();

    private ServerProcess(Process process) => _process = process;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The last lines that it wrote to its output and error streams.</summary>
    public string Output
    {
        get
        {
            lock (_lines) return string.Join(Environment.NewLine, _lines);
        }
    }

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="executable">From <see cref="Required.Server"/>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="isReady">Asked again and again until it says yes; an HTTP or socket failure is a no.</param>
    /// <param name="environment">Added to its environment.</param>
    /// <param name="deadline">How long it may take; 30 s when not given.</param>
    public static async Task<ServerProcess> StartAsync(
        string executable, IEnumerable<string> arguments, Func<CancellationToken, Task<bool>> isReady,
        IReadOnlyDictionary<string, string>? environment = null, TimeSpan? deadline = null)
    {
        var start = new ProcessStartInfo(executable)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        var server = new ServerProcess(new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, e) => server.Keep(e.Data);
        server._process.ErrorDataReceived += (_, e) => server.Keep(e.Data);
        await LastingThread.RunAsync(server._process.Start);
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        try
        {
            await server.WaitUntilReadyAsync(isReady, deadline ?? TimeSpan.FromMinutes(2));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a URL answers with a status of 200 to 299: the usual <c>isReady</c>.</summary>
    public static Func<CancellationToken, Task<bool>> Answers(string url) => async cancel =>
    {
        using HttpResponseMessage response = await Client.GetAsync(url, cancel);
        return response.IsSuccessStatusCode;
    };

    /// <summary>Asks it to end (SIGTERM), waits, and kills it if it does not.</summary>
    public async Task StopAsync()
    {
        if (!OperatingSystem.IsWindows() && !_process.HasExited)
        {
            _ = Kill(_process.Id, 15);
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
                return;
            }
            catch (OperationCanceledException)
            {
            }
        }

        await KillAsync();
    }

    /// <summary>Ends it at once, as a crash would, with everything that it started.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Freezes it (SIGSTOP): connections are still accepted by the system, and nobody answers.</summary>
    public void Freeze()
    {
        _ = Kill(_process.Id, 19);
        // The signal is only sent: each thread stops when it gets to it, and may answer a question before.
        Assert.True(SpinWait.SpinUntil(() => Directory.GetDirectories($"/proc/{_process.Id}/task").All(IsStopped), TimeSpan.FromMinutes(1)), "the server does not stop");
    }

    // The state stands behind the name, which is in brackets and may hold anything.
    private static bool IsStopped(string thread)
    {
        string text = File.ReadAllText(Path.Combine(thread, "stat"));
        return text[(text.LastIndexOf(')') + 2)..][0] is 'T' or 't';
    }

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Thaw() => _ = Kill(_process.Id, 18);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(5) };

    private async Task WaitUntilReadyAsync(Func<CancellationToken, Task<bool>> isReady, TimeSpan deadline)
    {
        using var timer = new CancellationTokenSource(deadline);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, TestContext.Current.CancellationToken);
        Exception? last = null;
        while (true)
        {
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync(CancellationToken.None);
                throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {_process.ExitCode} before it was ready:{Environment.NewLine}{Output}");
            }

            try
            {
                if (await isReady(either.Token)) return;
                await Task.Delay(50, either.Token);
            }
            catch (Exception e) when (e is HttpRequestException or System.Net.Sockets.SocketException or IOException or OperationCanceledException && !either.IsCancellationRequested)
            {
                last = e;
                await Task.Delay(50, CancellationToken.None);
            }
            catch (OperationCanceledException) when (timer.IsCancellationRequested)
            {
            }

            if (timer.IsCancellationRequested)
                throw new InvalidOperationException($"{_process.StartInfo.FileName} was not ready within {deadline}:{Environment.NewLine}{Output}", last);
        }
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines) _lines.Dequeue();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
