using System.Diagnostics;
using System.Globalization;
using ReadyOps.Benchmarks.Schemas;
using ReadyOps.Core.Flags;

namespace ReadyOps.Benchmarks.Flags;

/// <summary>
/// Evaluating flags beside flagd's own core for JavaScript and the client of Unleash, in turn, round after round; then what it takes to load 10,000
/// flags and to keep them. The others come from npm into the temporary folder; without node, or without them, only we are measured.
/// </summary>
internal static class FlagBenchmark
{
    private const double Milliseconds = 100;

    public static void Run(int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("readyops-flags-").FullName;
        try
        {
            string flagd = Write(folder, "flagd.json", FlagWorkload.Flagd()), unleash = Write(folder, "unleash.json", FlagWorkload.Unleash()), asked = Write(folder, "asked.json", FlagWorkload.Asked());
            var ours = new Subject(FlagSet.Load(File.ReadAllBytes(flagd), flagd), FlagWorkload.Contexts());
            using var peers = new Peers(flagd, unleash, asked);
            foreach (int threads in new[] { 1, 2 }) Evaluations(ours, peers, threads, rounds);
            Loading(flagd, peers, rounds);
            Memory(flagd);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Evaluations(Subject ours, Peers peers, int threads, int rounds)
    {
        Console.WriteLine();
        Console.WriteLine($"### A boolean with 10,000 flags loaded, {threads} {(threads == 1 ? "thread" : "threads (of the others: processes)")}");
        Console.WriteLine();
        Console.WriteLine($"| | ReadyOps: median ns, least, bytes |{string.Concat(peers.Names.Select(name => $" {name}: median ns, least | ratio of medians, of least |"))}");
        Console.WriteLine($"|---|---:|{string.Concat(peers.Names.Select(_ => "---:|---:|"))}");
        foreach (string workload in FlagWorkload.Names)
        {
            var own = new List<double>();
            var others = peers.Names.Select(_ => new List<double>()).ToList();
            _ = ours.Measure(workload, 5 * Milliseconds, threads);
            for (int i = 0; i < peers.Names.Count; i++) _ = peers.Measure(i, workload, 5 * Milliseconds, threads);
            for (int round = 0; round < rounds; round++)
            {
                own.Add(ours.Measure(workload, Milliseconds, threads));
                for (int i = 0; i < others.Count; i++) others[i].Add(peers.Measure(i, workload, Milliseconds, threads));
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Title(workload)} | {Median(own):0.0}, {own.Min():0.0}, {ours.Bytes(workload):0.##} |")
                + string.Concat(others.Select(list => string.Create(CultureInfo.InvariantCulture, $" {Median(list):0}, {list.Min():0} | {Median(list) / Median(own):0.0}, {list.Min() / own.Min():0.0} |"))));
        }
    }

    private static void Loading(string file, Peers peers, int rounds)
    {
        byte[] bytes = File.ReadAllBytes(file);
        List<double> strict = [], lenient = [], core = [];
        for (int round = -3; round < rounds; round++)
        {
            double one = Timed(() => FlagSet.Load(bytes, file)), other = Timed(() => FlagSet.Load(bytes, file, FlagSetOptions.AsFlagd));
            double? peer = peers.Reload(file);
            if (round < 0) continue;
            strict.Add(one);
            lenient.Add(other);
            if (peer is { } value) core.Add(value);
        }

        Console.WriteLine();
        Console.WriteLine($"### Loading {FlagWorkload.Flags:N0} flags ({bytes.Length / 1024.0 / 1024:0.0} MiB of JSON), validated and compiled");
        Console.WriteLine();
        Console.WriteLine("| | median, ms | least |");
        Console.WriteLine("|---|---:|---:|");
        Console.WriteLine($"| ReadyOps, strict | {Median(strict):0.0} | {strict.Min():0.0} |");
        Console.WriteLine($"| ReadyOps, as flagd | {Median(lenient):0.0} | {lenient.Min():0.0} |");
        if (core.Count > 0) Console.WriteLine($"| @openfeature/flagd-core | {Median(core):0.0} | {core.Min():0.0} |");
    }

    private static void Memory(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        FlagSet flags = FlagSet.Load(bytes, file);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine();
        Console.WriteLine($"Memory: {(after - before) / (double)flags.Keys.Count:N0} bytes a flag, of which {bytes.Length / (double)flags.Keys.Count:N0} are its definition as it is written.");
        GC.KeepAlive(bytes);
    }

    private static string Title(string workload) => workload switch
    {
        "static" => "static",
        "half" => "50 % fractional",
        "rules" => "five rules, the last a share",
        _ => "10,000 flags in turn, a share each",
    };

    private static double Timed(Action action)
    {
        GC.Collect();
        long since = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Write(string folder, string name, byte[] bytes)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>We ourselves.</summary>
    private sealed class Subject(FlagSet flags, FlagContext[] contexts)
    {
        private int _sink;

        public double Measure(string workload, double milliseconds, int threads)
        {
            string[] keys = FlagWorkload.Keys(workload);
            if (threads == 1) return Loop(keys, milliseconds);
            double[] times = new double[threads];
            Thread[] all = [.. Enumerable.Range(0, threads).Select(i => new Thread(() => times[i] = Loop(keys, milliseconds)))];
            foreach (Thread thread in all) thread.Start();
            foreach (Thread thread in all) thread.Join();
            return times.Average();
        }

        public double Bytes(string workload)
        {
            string[] keys = FlagWorkload.Keys(workload);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 10_000; i++) _ = flags.EvaluateBoolean(keys[i % keys.Length], contexts[i % contexts.Length], fallback: false);
            return (GC.GetAllocatedBytesForCurrentThread() - before) / 10_000.0;
        }

        // The median of batches: on a busy machine most of them run through undisturbed.
        private double Loop(string[] keys, double milliseconds)
        {
            int key = 0, user = 0, on = 0;
            var batches = new List<double>();
            long until = Stopwatch.GetTimestamp() + (long)(milliseconds * Stopwatch.Frequency / 1000);
            while (Stopwatch.GetTimestamp() < until)
            {
                long since = Stopwatch.GetTimestamp();
                for (int i = 0; i < 1000; i++)
                {
                    if (flags.EvaluateBoolean(keys[key], contexts[user], fallback: false)) on++;
                    if (++key == keys.Length) key = 0;
                    if (++user == contexts.Length) user = 0;
                }

                batches.Add(Stopwatch.GetElapsedTime(since).TotalNanoseconds / 1000);
            }

            Interlocked.Add(ref _sink, on);
            return Median(batches);
        }
    }

    /// <summary>The others, each twice for the sake of two threads.</summary>
    private sealed class Peers : IDisposable
    {
        private readonly List<(string Name, Child[] Children)> _peers = [];

        public Peers(string flagd, string unleash, string asked)
        {
            string modules = Path.Combine(Path.GetTempPath(), "readyops-benchmarks-flags");
            try
            {
                if (!Directory.Exists(Path.Combine(modules, "node_modules", "unleash-client"))) Run("npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", modules, "@openfeature/flagd-core@4.0.1", "unleash-client@6.12.1");
                Console.WriteLine($"@openfeature/flagd-core 4.0.1 and unleash-client 6.12.1 on node {Run("node", "--version").Trim()}");
                Add("@openfeature/flagd-core", modules, "core", flagd, asked);
                Add("unleash-client", modules, "unleash", unleash, asked);
            }
            catch (Exception missing) when (missing is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                Console.WriteLine($"Not all of the others are here: {missing.Message.Split('\n')[0]}");
            }
        }

        public IReadOnlyList<string> Names => [.. _peers.Select(peer => peer.Name)];

        public double Measure(int peer, string workload, double milliseconds, int threads)
        {
            Task<double>[] all = [.. _peers[peer].Children.Take(threads).Select(child => Task.Run(() => double.Parse(child.Ask("measure", workload, milliseconds), CultureInfo.InvariantCulture)))];
            return Task.WhenAll(all).Result.Average();
        }

        public double? Reload(string file) => _peers.Count == 0 ? null : double.Parse(_peers[0].Children[0].Ask("reload", file), CultureInfo.InvariantCulture);

        public void Dispose()
        {
            foreach (Child child in _peers.SelectMany(peer => peer.Children)) child.Dispose();
        }

        private void Add(string name, string modules, string what, string file, string asked)
        {
            Child[] children = [.. Enumerable.Range(0, 2).Select(_ => new Child("node", [Path.Combine(AppContext.BaseDirectory, "Flags", "flags.cjs"), modules, what]))];
            _peers.Add((name, children));
            foreach (Child child in children)
                if (child.Ask("load", file, asked) is var answer && answer != "ok") throw new InvalidOperationException($"{name}: {answer}");
            // Who does not deal out has not done the work.
            Console.WriteLine($"{name}: of {FlagWorkload.Users} contexts, {children[0].Ask("share", "half")} are on by 50 %, {children[0].Ask("share", "rules")} by five rules");
        }

        private static string Run(string program, params string[] arguments)
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed");
        }
    }
}
