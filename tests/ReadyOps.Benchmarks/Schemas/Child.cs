using System.Diagnostics;

namespace ReadyOps.Benchmarks.Schemas;

/// <summary>A process that answers each line with one.</summary>
internal sealed class Child : IDisposable
{
    private readonly Process _process;

    public Child(string program, IEnumerable<string> arguments, bool tiers = true)
    {
        _process = Process.Start(Start(program, arguments, tiers))!;
    }

    public string Ask(params object[] words)
    {
        _process.StandardInput.WriteLine(string.Join('\t', words));
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended after '{words[0]}'.");
    }

    /// <summary>Runs a process that says its verdict and the milliseconds of its own code in one line.</summary>
    public static (double Process, double Own) RunOnce(string program, IEnumerable<string> arguments)
    {
        long since = Stopwatch.GetTimestamp();
        using Process process = Process.Start(Start(program, arguments, tiers: true))!;
        string[] answer = process.StandardOutput.ReadToEnd().Trim().Split('\t');
        process.WaitForExit();
        double all = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        if (answer is not ["1", _]) throw new InvalidOperationException($"{program} gave no verdict or a wrong one: {string.Join(' ', answer)}");
        return (all, double.Parse(answer[1]));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
    }

    private static ProcessStartInfo Start(string program, IEnumerable<string> arguments, bool tiers)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Where too few documents may be checked for the compiler to notice what is hot, it shall do its best at once.
        if (!tiers) start.Environment["DOTNET_TieredCompilation"] = "0";
        return start;
    }
}
