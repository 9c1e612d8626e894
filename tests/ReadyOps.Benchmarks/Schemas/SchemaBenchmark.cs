using System.Diagnostics;

namespace ReadyOps.Benchmarks.Schemas;

/// <summary>Our JSON Schema validator beside ajv, NJsonSchema and Newtonsoft.Json.Schema: the same schemas and documents, in turn, round after round.</summary>
internal static class SchemaBenchmark
{
    private static readonly Work[] Works = [Work.Verdict, Work.Bytes];

    public static void Run(string? corpus, string[] only, string[] against, int rounds)
    {
        string repository = Repository();
        string folder = Directory.CreateTempSubdirectory("readyops-schemas-").FullName;
        try
        {
            SchemaCase[] cases = [.. SchemaCases.Write(corpus, repository, folder).Where(c => only.Length == 0 || only.Contains(c.Name))];
            if (corpus is null) Console.WriteLine($"Only our own documents: clone {SchemaCases.Source} and give its folder by --corpus for all the others.");
            string modules = Ajv(), opponents = Opponents(repository);
            string[] script = [Path.Combine(AppContext.BaseDirectory, "Schemas", "ajv.cjs"), modules];
            using var ours = new ReadyOpsContender();
            using var ajv = new ChildContender("ajv", "node", script);
            using var njson = new ChildContender("NJsonSchema", opponents, ["njsonschema"]);
            using var newtonsoft = new QuotaContender(opponents, ["newtonsoft"]);
            Contender[] contenders = [ours, .. new Contender[] { ajv, njson, newtonsoft }.Where(contender => against.Length == 0 || against.Contains(contender.Name))];
            var results = new List<SchemaResult>();
            foreach (SchemaCase one in cases)
            {
                Console.Error.WriteLine($"{DateTime.UtcNow:HH:mm:ss} {one.Name}");
                results.Add(Measure(one, contenders, SchemaCases.Shown.Contains(one.Name) ? rounds : Math.Min(rounds, 3)));
            }

            SchemaReport.Print(results, [.. contenders.Select(contender => contender.Name)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static SchemaResult Measure(SchemaCase one, Contender[] contenders, int rounds)
    {
        var result = new SchemaResult(one, [.. contenders.Select(_ => new SchemaFigures())]);
        bool shown = SchemaCases.Shown.Contains(one.Name);
        for (int i = 0; i < contenders.Length; i++)
        {
            SchemaFigures figures = result.Figures[i];
            figures.Problem = contenders[i].Load(one);
            if (figures.Problem is not null) continue;
            figures.Broken = contenders[i].Verdicts(one, one.Broken);
            figures.Verdicts = contenders[i].Verdicts(one, one.Documents);
            int without = figures.Verdicts.Count(verdict => verdict == 'E');
            if (without > 0) figures.Problem = $"it throws instead of giving a verdict on {without:N0} documents";
            if (figures.Problem is not null) continue;
            int wrong = figures.Verdicts.Zip(result.Figures[0].Verdicts).Count(pair => pair.First != pair.Second);
            // Who stops at a failure that is none has not done the work.
            if (wrong > figures.Verdicts.Length / 10) figures.Problem = $"it gives another verdict on {wrong:N0} documents";
            if (figures.Problem is not null) continue;
            foreach (Work work in Of(contenders[i])) contenders[i].Measure(work, warmUp: true);
        }

        if (contenders[0] is ReadyOpsContender ours && result.Figures[0].Problem is null)
            result.Allocated = [.. Works.Select(work => ours.Allocated(work, result.Figures[0].Verdicts))];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                if (result.Figures[i].Problem is not null) continue;
                // The two slow ones need no more than three rounds to be told apart from the others.
                if (contenders[i].Name is not ("ReadyOps" or "ajv") && round >= 3) continue;
                foreach (Work work in Of(contenders[i])) result.Figures[i].Add(work, contenders[i].Measure(work, warmUp: false));
            }
        }

        if (shown) Once(one, contenders, result);
        return result;
    }

    private static Work[] Of(Contender contender) => contender.Name == "ajv" ? [.. Works, Work.String] : Works;

    // How long it takes to compile, and to come from nothing to one verdict.
    private static void Once(SchemaCase one, Contender[] contenders, SchemaResult result)
    {
        int first = result.Figures[0].Verdicts.IndexOf('1', StringComparison.Ordinal);
        string document = $"{one.Documents}.first.json";
        File.WriteAllBytes(document, one.Read(one.Documents)[first]);
        foreach (int round in Enumerable.Range(0, 7))
        {
            for (int i = 0; i < contenders.Length; i++)
            {
                SchemaFigures figures = result.Figures[i];
                if (figures.Problem is not null || figures.Verdicts[first] != '1') continue;
                if (contenders[i] is not QuotaContender || round == 0) figures.Compile = double.MinNumber(figures.Compile, contenders[i].Compile());
                (double process, double own) = contenders[i].Cold(one, document);
                figures.Cold = (double.MinNumber(figures.Cold.Process, process), double.MinNumber(figures.Cold.Own, own));
            }
        }
    }

    private static string Repository()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ReadyOps.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The benchmarks are not inside the repository.");
    }

    // Outside the repository: nothing of npm belongs into it.
    private static string Ajv()
    {
        string folder = Path.Combine(Path.GetTempPath(), "readyops-benchmarks-ajv");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "ajv"))) Run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, "ajv@8");
        using var package = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "node_modules", "ajv", "package.json")));
        Console.WriteLine($"ajv {package.RootElement.GetProperty("version").GetString()} on node {Run("node", "--version").Trim()}; NJsonSchema 10.7.2; Newtonsoft.Json.Schema 4.0.2");
        return folder;
    }

    private static string Opponents(string repository)
    {
        string project = Path.Combine(repository, "tests", "ReadyOps.Benchmarks", "Opponents");
        Run("dotnet", "build", project, "-c", "Release", "-v", "q", "--nologo");
        string program = Path.Combine(project, "bin", "Release", "net10.0", "ReadyOps.Benchmarks.Opponents");
        return OperatingSystem.IsWindows() ? $"{program}.exe" : program;
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed:\n{output}");
    }
}
