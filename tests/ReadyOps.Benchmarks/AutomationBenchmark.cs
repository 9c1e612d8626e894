using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReadyOps.Benchmarks;

/// <summary>
/// A job as Azure Automation runs it, beside that service's limits: the built module in a fresh PowerShell ticks all rollouts under way by
/// the script of examples/09-schedules. https://learn.microsoft.com/azure/automation/automation-subscription-limits-faq
/// </summary>
internal static class AutomationBenchmark
{
    private const int Mebibyte = 1 << 20;

    /// <param name="rollouts">How many are under way.</param>
    /// <param name="days">For how long.</param>
    /// <param name="database"><c>env:NAME</c> of the connection string of a PostgreSQL; only the folder without one.</param>
    public static async Task RunAsync(int rollouts, int days, string? database)
    {
        string root = Root();
        string manifest = Directory.GetFiles(Path.Combine(root, "output", "ReadyOps"), "ReadyOps.psd1", SearchOption.AllDirectories).FirstOrDefault()
            ?? throw new InvalidOperationException("The module is not built. Run ./build.ps1 -Task Build");
        using var prometheus = new StubPrometheus();
        using var bed = new AutomationBed(TimeSpan.FromDays(days));
        await bed.FillAsync(prometheus.Url, rollouts);
        double size = Directory.GetFiles(bed.State, "*.jsonl", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) / (double)Mebibyte;
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"### A job of Azure Automation with {rollouts:N0} rollouts that have been under way for {days} days, {size:N0} MiB of journals"));
        Console.WriteLine();
        Console.WriteLine("| job | seconds | resident memory at most, MiB | output, bytes | child processes | said at the end |");
        Console.WriteLine("|---|---:|---:|---:|---:|---|");
        Console.WriteLine("| *limit* | *10,800* | *400* | *1,048,576* | *0* | |");
        string import = $"Import-Module -Name '{manifest}'";
        string tick = $"{import}; & '{Path.Combine(root, "examples", "09-schedules", "tick.ps1")}' -StatePath";
        await RowAsync("PowerShell and the module, and nothing done", import);
        await RowAsync("folder, the first call", $"{tick} '{bed.State}' -TimeBudget 10m");
        await RowAsync("folder, the next call", $"{tick} '{bed.State}' -TimeBudget 10m");
        if (database is not null)
        {
            using BenchmarkSchema schema = await BenchmarkSchema.MakeAsync(database);
            await RowAsync("(copied into PostgreSQL)", $"{import}; Copy-DeploymentJournal -StatePath '{bed.State}' -Destination '{schema.Location}' | Group-Object -Property Outcome -NoElement | Out-String");
            await RowAsync("PostgreSQL, the first call", $"{tick} '{schema.Location}' -TimeBudget 10m");
            await RowAsync("PostgreSQL, the next call", $"{tick} '{schema.Location}' -TimeBudget 10m");
        }

        prometheus.Answers = false;
        await RowAsync("folder, Prometheus does not answer, 60 s to begin in", $"{tick} '{bed.State}' -TimeBudget 60s");
    }

    private static async Task RowAsync(string what, string script)
    {
        var start = new ProcessStartInfo("pwsh", ["-NoProfile", "-NonInteractive", "-Command", $"$ProgressPreference = 'SilentlyContinue'; {script}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        long began = Stopwatch.GetTimestamp();
        using Process job = Process.Start(start)!;
        Task<string> output = job.StandardOutput.ReadToEndAsync(), errors = job.StandardError.ReadToEndAsync();
        long most = 0;
        var children = new HashSet<string>();
        while (!job.HasExited)
        {
            most = Math.Max(most, Resident(job.Id));
            children.UnionWith(Children(job.Id));
            await Task.Delay(20);
        }

        string written = await output + await errors;
        string last = written.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {what} | {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} | {most / 1024.0:0} | {Encoding.UTF8.GetByteCount(written):N0} | {children.Count} | {last} |"));
    }

    /// <summary>The most that was ever resident, in KiB.</summary>
    private static long Resident(int process)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static IEnumerable<string> Children(int process)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{process}/task").SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ReadyOps.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Run it from the sources.");
    }

    /// <summary>Answers like Prometheus on loopback, healthy, or not at all.</summary>
    private sealed class StubPrometheus : IDisposable
    {
        private readonly HttpListener _listener = new();

        public StubPrometheus()
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            Url = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{((IPEndPoint)probe.LocalEndpoint).Port}");
            probe.Stop();
            _listener.Prefixes.Add(Url + "/");
            _listener.Start();
            _ = ServeAsync();
        }

        public string Url { get; }

        public bool Answers { get; set; } = true;

        public void Dispose() => _listener.Close();

        private async Task ServeAsync()
        {
            try
            {
                while (true) _ = AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
            }
        }

        private async Task AnswerAsync(HttpListenerContext context)
        {
            using var reader = new StreamReader(context.Request.InputStream);
            string form = await reader.ReadToEndAsync();
            if (!Answers) return;
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(SamplePage.Of(form)));
            context.Response.Close();
        }
    }
}
