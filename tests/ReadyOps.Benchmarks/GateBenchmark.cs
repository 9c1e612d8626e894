using System.Text;
using System.Text.Json;
using System.Xml;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;

namespace ReadyOps.Benchmarks;

/// <summary>Gates over files: many small checks, and reports so large that only streaming reads them.</summary>
internal static class GateBenchmark
{
    private const int Files = 1000;
    private const int Tests = 100_000;
    private const long SarifBytes = 200L * 1000 * 1000;

    public static async Task RunAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("readyops-benchmark-");
        try
        {
            await FilesAsync(folder.FullName);
            await ReportAsync(folder.FullName, $"A TRX of {Tests:N0} tests", "r.trx", WriteTrx, "bare XmlReader pass", ReadXml, "{name: r, type: tests, path: r.trx}");
            await ReportAsync(folder.FullName, "A SARIF of 200 MB", "r.sarif", WriteSarif, "bare Utf8JsonReader pass", ReadJson, "{name: r, type: sarif, path: r.sarif}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task FilesAsync(string folder)
    {
        string[] names = [.. Enumerable.Range(0, Files).Select(i => $"artifact-{i}.bin")];
        foreach (string name in names) File.WriteAllBytes(Path.Combine(folder, name), new byte[512]);
        GateDefinition gate = Gate(folder, [.. names.Select((name, i) => $"{{name: f{i}, type: file, path: {name}, minSize: 1, maxAge: 7d}}")]);
        Result[] results = await Rounds.MeasureAsync(warmUp: 5, rounds: 30,
            new Subject("bare FileInfo loop", () => Run(() => Look(folder, names))),
            new Subject("whole gate", () => PassAsync(gate)));
        Table.Print($"A gate of {Files:N0} file checks", "µs per check", 1000.0 / Files, results, Files);
    }

    private static async Task ReportAsync(string folder, string title, string name, Action<string> write, string peer, Action<string> read, string check)
    {
        string file = Path.Combine(folder, name);
        write(file);
        GateDefinition gate = Gate(folder, check);
        Result[] results = await Rounds.MeasureAsync(warmUp: 2, rounds: 9, new Subject(peer, () => Run(() => read(file))), new Subject("whole gate", () => PassAsync(gate)));
        Table.Print($"{title} ({new FileInfo(file).Length / 1e6:0} MB)", "ms", 1, results);
        long bare = await Peak.MeasureAsync(() => Run(() => read(file))), peak = await Peak.MeasureAsync(() => PassAsync(gate));
        Console.WriteLine();
        Console.WriteLine($"Peak of the managed heap: {bare / 1024.0 / 1024:0.0} MiB for the {peer}, {peak / 1024.0 / 1024:0.0} MiB for the gate.");
        File.Delete(file);
    }

    private static GateDefinition Gate(string folder, params string[] checks)
    {
        string text = "apiVersion: readyops/v1\nkind: Gate\nname: production\nthrottle: 16\nchecks:\n" + string.Concat(checks.Select(check => $"- {check}\n"));
        return GateReader.Read(DocumentLoader.Parse(Encoding.UTF8.GetBytes(text), "gate.yaml", folder, "Gate"));
    }

    private static async Task PassAsync(GateDefinition gate)
    {
        GateResult result = await GateEvaluator.EvaluateAsync(gate, "1", new EngineContext(), null, CancellationToken.None);
        if (result.Status != GateStatus.Passed) throw new InvalidOperationException(result.Reason);
    }

    private static void Look(string folder, string[] names)
    {
        DateTime oldest = DateTime.UtcNow.AddDays(-7);
        int good = 0;
        foreach (string name in names)
        {
            var file = new FileInfo(Path.Combine(folder, name));
            if (file.Exists && file.Length >= 1 && file.LastWriteTimeUtc >= oldest) good++;
        }

        if (good != names.Length) throw new InvalidOperationException($"{good} files are good.");
    }

    private static void WriteTrx(string file)
    {
        using var text = new StreamWriter(file);
        text.Write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<TestRun id=\"1\" xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\">\n<Results>\n");
        for (int i = 0; i < Tests; i++)
        {
            text.Write($"<UnitTestResult executionId=\"{Guid.NewGuid()}\" testId=\"{Guid.NewGuid()}\" testName=\"Shop.Tests.Area{i % 40}.Case{i}\" computerName=\"vm\" duration=\"00:00:00.{i % 9973:0000000}\" "
                + $"startTime=\"2026-11-21T04:02:58.5583810+00:00\" endTime=\"2026-11-21T04:02:58.5584038+00:00\" testType=\"13cdc9d9-ddb5-4fa4-a97d-d965ccfc6d4b\" outcome=\"Passed\" testListId=\"8c84fa94-04c1-424b-9868-57a2d4851a1d\" />\n");
        }

        text.Write("</Results>\n<TestDefinitions>\n");
        for (int i = 0; i < Tests; i++)
            text.Write($"<UnitTest name=\"Shop.Tests.Area{i % 40}.Case{i}\" storage=\"shop.tests.dll\" id=\"{i}\"><Execution id=\"{i}\" /><TestMethod codeBase=\"Shop.Tests.dll\" className=\"Shop.Tests.Area{i % 40}\" name=\"Case{i}\" /></UnitTest>\n");
        text.Write($"</TestDefinitions>\n<ResultSummary outcome=\"Completed\"><Counters total=\"{Tests}\" passed=\"{Tests}\" failed=\"0\" /></ResultSummary>\n</TestRun>\n");
    }

    private static void WriteSarif(string file)
    {
        using FileStream stream = File.Create(file);
        using var json = new StreamWriter(stream);
        json.Write("{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"Lint\",\"rules\":[");
        json.Write(string.Join(',', Enumerable.Range(0, 200).Select(i => $$"""{"id":"R{{i}}","defaultConfiguration":{"level":"note"},"properties":{"security-severity":"3.1"} }""")));
        json.Write("]}},\"results\":[");
        for (int i = 0; stream.Position < SarifBytes; i++)
        {
            json.Write(i == 0 ? "" : ",");
            json.Write($$"""{"ruleId":"R{{i % 200}}","ruleIndex":{{i % 200}},"message":{"text":"The value of item {{i}} is never read, so that writing it is of no use"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/area{{i % 40}}/file{{i % 4000}}.cs"},"region":{"startLine":{{i % 900}},"startColumn":9,"endLine":{{i % 900}},"endColumn":27} } }],"codeFlows":[{"threadFlows":[{"locations":[{"location":{"physicalLocation":{"artifactLocation":{"uri":"src/a.cs"},"region":{"startLine":1} } } },{"location":{"physicalLocation":{"artifactLocation":{"uri":"src/b.cs"},"region":{"startLine":2} } } }]}]}],"partialFingerprints":{"primaryLocationLineHash":"{{i:x16}}:1"},"properties":{"warningLevel":1} }""");
        }

        json.Write("]}]}");
    }

    private static void ReadXml(string file)
    {
        using FileStream stream = File.OpenRead(file);
        using XmlReader xml = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, IgnoreWhitespace = true });
        int results = 0;
        while (xml.Read())
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "UnitTestResult") results++;
        if (results != Tests) throw new InvalidOperationException($"{results} results were read.");
    }

    // The pattern of the documentation of Utf8JsonReader for streams.
    private static void ReadJson(string file)
    {
        using FileStream stream = File.OpenRead(file);
        byte[] buffer = new byte[64 * 1024];
        var state = new JsonReaderState();
        int left = 0;
        long tokens = 0;
        while (true)
        {
            int read = stream.Read(buffer, left, buffer.Length - left);
            var reader = new Utf8JsonReader(buffer.AsSpan(0, left + read), isFinalBlock: read == 0, state);
            while (reader.Read()) tokens++;
            if (read == 0) break;
            state = reader.CurrentState;
            int consumed = (int)reader.BytesConsumed;
            left = left + read - consumed;
            buffer.AsSpan(consumed, left).CopyTo(buffer);
        }

        if (tokens == 0) throw new InvalidOperationException("Nothing was read.");
    }

    private static Task Run(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
