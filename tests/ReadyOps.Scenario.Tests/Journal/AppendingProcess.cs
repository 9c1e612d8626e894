using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ReadyOps.Core;
using ReadyOps.Core.Journal;

namespace ReadyOps.Scenario.Tests.Journal;

/// <summary>
/// A process that appends to a journal until it is killed and tells each event once it is acknowledged. It is this test executable
/// once more, which turns into the appender before xunit starts when the environment names a folder.
/// </summary>
internal sealed class AppendingProcess : IDisposable
{
    public const string Stream = "rollouts/killed";

    private const string FolderVariable = "READYOPS_TEST_APPEND_TO";

    private readonly Process _process;

    public AppendingProcess(string folder)
    {
        string executable = Path.Combine(AppContext.BaseDirectory, "ReadyOps.Scenario.Tests" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        ProcessStartInfo start = new(executable) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment[FolderVariable] = folder;
        _process = Process.Start(start)!;
    }

    /// <summary>Sequence and hash of the next event that was acknowledged to it; <see langword="null"/> when it has ended.</summary>
    public async Task<(long Sequence, string Hash)?> NextAsync(CancellationToken cancel)
    {
        string? told = await _process.StandardOutput.ReadLineAsync(cancel);
        // What is told is told as a whole line: a line that the kill cut off was not told.
        if (told is null || !told.EndsWith('.'))
            return null;
        string[] words = told.TrimEnd('.').Split(' ');
        return (long.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
    }

    /// <summary>SIGKILL, or what comes nearest.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [ModuleInitializer]
    internal static void AppendWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not string folder)
            return;
        AppendAsync(folder).GetAwaiter().GetResult();
        Environment.Exit(0);
    }

    private static async Task AppendAsync(string folder)
    {
        FolderJournalStore store = new(folder, new EngineContext());
        await using IJournalLease lease = await store.TryAcquireAsync(Stream, TimeSpan.FromSeconds(20), CancellationToken.None)
            ?? throw new InvalidOperationException($"held by {store.DescribeHolder(Stream)}");
        await using Stream output = Console.OpenStandardOutput();
        for (int n = 0; ; n++)
        {
            JsonElement data = JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["n"] = n, ["filler"] = new string('x', n * 997 % 9000) });
            JournalEntry[] entries = [.. Enumerable.Repeat(new JournalEntry("Appended", "child", data), 1 + n % 3)];
            foreach (JournalLine line in await lease.AppendAsync(entries, CancellationToken.None))
                output.Write(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{line.Sequence} {line.Hash}.\n")));
        }
    }
}
