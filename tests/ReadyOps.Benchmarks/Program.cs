using System.Globalization;
using System.Runtime.InteropServices;
using ReadyOps.Benchmarks;
using ReadyOps.Benchmarks.Flags;
using ReadyOps.Benchmarks.Quality;
using ReadyOps.Benchmarks.Schemas;

const string Usage = """
    dotnet run -c Release --project tests/ReadyOps.Benchmarks -- http|tick|journal|scale|automation|decode|gates|compare|backtest|quality|schemas|flags|micro|all

    http     1,000 HTTP checks on loopback against a bare HttpClient loop
    tick     what one tick of a rollout costs, and what its journal weighs
    journal  appending to and reading a journal against the disk and SHA-256
    scale    many rollouts in one agent, on both stores; a journal of a million events
             [--database env:NAME]  a PostgreSQL by its connection string; without it only the folder
             [--rollouts 100,1000,10000] [--events 1000000]
    automation  a job of Azure Automation beside that service's limits; needs Linux, pwsh and the built module
             [--database env:NAME] [--rollouts 200] [--days 3]
    decode   a range answer of a million samples against a bare pass over its tokens
    gates    1,000 file checks; a TRX of 100,000 tests and a SARIF of 200 MB against bare readers
    compare  how often comparisons pass and fail canaries, beside Kayenta's rule
    schemas  JSON Schema beside ajv, NJsonSchema and Newtonsoft.Json.Schema, which it fetches: needs node and npm
             [--corpus folder]  a clone of https://github.com/sourcemeta-research/jsonschema-benchmark; without it only our own documents
             [--only schema,schema] [--against ajv,NJsonSchema] [--rounds 9]
    flags    flags beside @openfeature/flagd-core and unleash-client, which it fetches if there is npm
             [--rounds 15]
    backtest a week of four metrics played, once and over a grid of 100 variants
    quality  decisions on simulated rollouts, beside the rules of Argo Rollouts and Flagger
             [--rollouts 10000]  of each kind; 200 take a few minutes
             [--full 1000]  of real length
             [--only text]  the kinds whose name has this in it
             [--tune 50]  instead: so many of each kind to find the best settings of the others
    micro    documents and signals (BenchmarkDotNet)
    all      all of these but schemas, flags, quality, scale and automation

    Import time of the module: pwsh tests/ReadyOps.Benchmarks/import.ps1
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["schema-cold", string schema, string document])
{
    ReadyOpsContender.Cold(schema, document);
    return 0;
}

string what = args is [string first, ..] ? first : "";
string[] known = ["http", "tick", "journal", "scale", "automation", "decode", "gates", "compare", "backtest", "quality", "schemas", "flags", "micro", "all"];
if (!known.Contains(what) || (what is not ("schemas" or "quality" or "flags" or "scale" or "automation") && args.Length > 1) || args.Length % 2 == 0)
{
    Console.Error.WriteLine(Usage);
    return 2;
}

Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription.Split(' ')[0]} {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} cores, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC");
Console.WriteLine($"Load average before: {Machine.LoadAverage()}");
if (what is "http" or "all") await HttpBenchmark.RunAsync();
if (what is "journal" or "all") await JournalBenchmark.RunAsync();
if (what is "tick" or "all") await TickBenchmark.RunAsync();
if (what is "scale") await ScaleBenchmark.RunAsync(Option("--database"), [.. (Option("--rollouts") ?? "100,1000,10000").Split(',').Select(int.Parse)], int.Parse(Option("--events") ?? "1000000"));
if (what is "automation") await AutomationBenchmark.RunAsync(int.Parse(Option("--rollouts") ?? "200"), int.Parse(Option("--days") ?? "3"), Option("--database"));
if (what is "decode" or "all") await DecodeBenchmark.RunAsync();
if (what is "gates" or "all") await GateBenchmark.RunAsync();
if (what is "compare" or "all") ComparisonQuality.Run();
if (what is "schemas") SchemaBenchmark.Run(Option("--corpus"), Option("--only")?.Split(',') ?? [], Option("--against")?.Split(',') ?? [], int.Parse(Option("--rounds") ?? "9"));
if (what is "flags") FlagBenchmark.Run(int.Parse(Option("--rounds") ?? "15"));
if (what is "backtest" or "all") await BacktestBenchmark.RunAsync();
if (what is "quality" && Option("--tune") is { } each) await QualityTuning.RunAsync(int.Parse(each));
else if (what is "quality") await QualityBenchmark.RunAsync(int.Parse(Option("--rollouts") ?? "10000"), int.Parse(Option("--full") ?? "1000"), Option("--only"));
if (what is "micro" or "all") MicroBenchmarks.Run();
Console.WriteLine($"Load average after: {Machine.LoadAverage()}");
return 0;

string? Option(string name) => Array.IndexOf(args, name) is var at && at > 0 ? args[at + 1] : null;
