using System.Collections;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace ReadyOps.Core.Processes;

/// <summary>One run of a program: no shell, no input, bounded output, bounded time.</summary>
internal sealed class ProcessRun
{
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    // What programs need to find themselves, their user's files and their language; everything else may hold a secret.
    private static readonly string[] Plain =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "SystemRoot", "SystemDrive", "windir", "ComSpec",
        "PATHEXT", "USERNAME", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "ProgramData", "ProgramFiles", "ProgramFiles(x86)",
        "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "OS", "DOTNET_ROOT", "SSL_CERT_FILE", "SSL_CERT_DIR",
    ];

    /// <summary>The program and its arguments. A program without a folder is looked for on the PATH only, never in the current folder.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The folder it runs in.</summary>
    public required string Folder { get; init; }

    /// <summary>What measures the time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>What to call it in messages, as a sentence begins with it: <c>The target's read command</c>.</summary>
    public required string Label { get; init; }

    /// <summary>How long it may take; without an end when not given.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Environment variables to set, or to take away where the value is <see langword="null"/>.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Whether it sees only the few variables that every program needs, and <see cref="Environment"/>.</summary>
    public bool PlainEnvironment { get; init; }

    /// <summary>How many characters of its output and of its errors are kept: the last ones.</summary>
    public int MaxOutput { get; init; } = 64 * 1024;

    /// <summary>Runs it to its end.</summary>
    /// <param name="cancel">Stops it, with everything it started.</param>
    /// <exception cref="ReadyOpsException"><c>CommandNotStarted</c>, <c>CommandTimedOut</c>.</exception>
    public async Task<ProcessResult> RunAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var late = new CancellationTokenSource(Timeout, Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        using Process process = Start();
        Tail output = Tail.Follow(process.StandardOutput, MaxOutput);
        Tail errors = Tail.Follow(process.StandardError, MaxOutput);
        try
        {
            await process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            // A background process that the command left behind may hold its output open: wait for the rest, but not for that.
            Task rest = Task.WhenAll(output.Done, errors.Done);
            await Task.WhenAny(rest, Task.Delay(OutputGrace, Clock, either.Token)).ConfigureAwait(false);
            return new ProcessResult(process.ExitCode, output.Text, errors.Text, output.Cut || !output.Done.IsCompleted);
        }
        catch (OperationCanceledException e)
        {
            Kill(process);
            if (cancel.IsCancellationRequested) throw;
            throw new ReadyOpsException("CommandTimedOut", $"{Label} {Command[0]} did not end within {Timeout.TotalSeconds:0.###} s and was stopped.", "Make it faster, or give it a longer 'timeout'.", e);
        }
    }

    /// <summary>The file that a program's name stands for: itself when it names a folder, else the first on the PATH; <see langword="null"/> when there is none.</summary>
    /// <param name="program">A path, or a name.</param>
    public static string? Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal) || program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal)) return program;
        // .NET and Windows look into the current folder first: a file of that name in a checked-out repository would run.
        IEnumerable<string> folders = (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified);
        string[] names = OperatingSystem.IsWindows() && !Path.HasExtension(program) ? [program + ".exe", program + ".com"] : [program];
        return folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(Runs);
    }

    private static bool Runs(string file)
    {
        if (!File.Exists(file)) return false;
        return OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
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

    private Process Start()
    {
        string program = Find(Command[0]) ?? throw NotStarted("there is no such program on the PATH", null);
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            StandardErrorEncoding = new UTF8Encoding(false),
        };
        foreach (string argument in Command.Skip(1)) start.ArgumentList.Add(argument);
        if (PlainEnvironment)
        {
            start.Environment.Clear();
            foreach (DictionaryEntry one in System.Environment.GetEnvironmentVariables())
                if (Plain.Contains((string)one.Key, OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal)) start.Environment[(string)one.Key] = (string?)one.Value;
        }

        foreach ((string name, string? value) in Environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw NotStarted(e.Message, e);
        }
    }

    private ReadyOpsException NotStarted(string why, Exception? cause) => new("CommandNotStarted", $"{Label} {Command[0]} cannot be started: {why.TrimEnd('.')}.",
        "Check that the program exists, may be run, and that the folder of the document is there.", cause);

    /// <summary>Reads a stream to its end and keeps the last of it.</summary>
    private sealed class Tail(int max)
    {
        private readonly StringBuilder _text = new();
        private bool _cut;

        public Task Done { get; private set; } = Task.CompletedTask;

        /// <summary>Whether there was more than is kept.</summary>
        public bool Cut
        {
            get
            {
                lock (_text) return _cut || _text.Length > max;
            }
        }

        public string Text
        {
            get
            {
                lock (_text) return _text.Length <= max ? _text.ToString() : _text.ToString(_text.Length - max, max);
            }
        }

        public static Tail Follow(StreamReader reader, int max)
        {
            var tail = new Tail(max);
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
                        // At twice the size only, so that the front is not moved for every few bytes.
                        if (_text.Length < 2 * max) continue;
                        _text.Remove(0, _text.Length - max);
                        _cut = true;
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

/// <summary>How a run ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">The last of its output.</param>
/// <param name="Errors">The last of its errors.</param>
/// <param name="Partial">Whether it wrote more output than is kept, or something it left behind may still write.</param>
internal sealed record ProcessResult(int ExitCode, string Output, string Errors, bool Partial);
