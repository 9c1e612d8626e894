using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace ReadyOps.Core.Targets;

/// <summary>One run of a command: no shell, no input, bounded output, bounded time.</summary>
internal sealed class ScriptRun(IReadOnlyList<string> command, string folder, string? percent, TimeSpan timeout, TimeProvider clock)
{
    private const int MaxOutput = 64 * 1024;
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    /// <summary>Runs it to its end and returns its exit code and the last 64 KiB of its output and its errors.</summary>
    /// <param name="label">What to call it in messages.</param>
    /// <param name="cancel">Stops it, with everything it started.</param>
    /// <exception cref="ReadyOpsException"><c>CommandNotStarted</c>, <c>CommandTimedOut</c>.</exception>
    public async Task<(int ExitCode, string Output, string Errors)> RunAsync(string label, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var late = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        using Process process = Start(label);
        Tail output = Tail.Follow(process.StandardOutput);
        Tail errors = Tail.Follow(process.StandardError);
        try
        {
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            // A background process that the command left behind may hold its output open: wait for the rest, but not for that.
            Task rest = Task.WhenAll(output.Done, errors.Done);
            await Task.WhenAny(rest, Task.Delay(OutputGrace, clock, either.Token)).ConfigureAwait(false);
            return (process.ExitCode, output.Text, errors.Text);
        }
        catch (OperationCanceledException e)
        {
            Kill(process);
            if (cancel.IsCancellationRequested) throw;
            throw new ReadyOpsException("CommandTimedOut", $"{label} {command[0]} did not end within {timeout.TotalSeconds:0.###} s and was stopped.", "Make it faster, or give the target a longer 'timeout'.", e);
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or AggregateException)
        {
            // It ended by itself, or something it started belongs to another account: the caller is told of the time that ran out.
        }
    }

    private Process Start(string label)
    {
        var start = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        if (percent is not null) start.Environment["READYOPS_PERCENT"] = percent;
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new ReadyOpsException("CommandNotStarted", $"{label} {command[0]} cannot be started: {e.Message}", "Check that the program exists, may be run, and that the folder of the document is there.", e);
        }
    }

    /// <summary>Reads a stream to its end and keeps the last of it.</summary>
    private sealed class Tail
    {
        private readonly StringBuilder _text = new();

        public Task Done { get; private set; } = Task.CompletedTask;

        public string Text
        {
            get
            {
                lock (_text) return _text.ToString();
            }
        }

        public static Tail Follow(StreamReader reader)
        {
            var tail = new Tail();
            tail.Done = tail.ReadAsync(reader);
            return tail;
        }

        private async Task ReadAsync(StreamReader reader)
        {
            var buffer = new char[4096];
            try
            {
                while (await reader.ReadAsync(buffer).ConfigureAwait(false) is > 0 and int count)
                {
                    lock (_text)
                    {
                        _text.Append(buffer, 0, count);
                        if (_text.Length > MaxOutput) _text.Remove(0, _text.Length - MaxOutput);
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The process was given up on: nobody waits for the rest.
            }
        }
    }
}
