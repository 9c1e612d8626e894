using System.Globalization;
using System.Runtime.InteropServices;
using ReadyOps.Benchmarks;

const string Usage = """
    dotnet run -c Release --project tests/ReadyOps.Benchmarks -- http|tick|journal|decode|gates|compare|micro|all

    http     1,000 HTTP checks on loopback against a bare HttpClient loop
    tick     what one tick of a rollout costs, and what its journal weighs
    journal  appending to and reading a journal against the disk and SHA-256
    decode   a range answer of a million samples against a bare pass over its tokens
    gates    1,000 file checks; a TRX of 100,000 tests and a SARIF of 200 MB against bare readers
    compare  how often comparisons pass and fail canaries, beside Kayenta's rule
    micro    documents and signals (BenchmarkDotNet)
    all      all of these

    Import time of the module: pwsh tests/ReadyOps.Benchmarks/import.ps1
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string what = args is [var only] ? only : "";
string[] known = ["http", "tick", "journal", "decode", "gates", "compare", "micro", "all"];
if (!known.Contains(what))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription.Split(' ')[0]} {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} cores, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC");
Console.WriteLine($"Load average before: {Machine.LoadAverage()}");
if (what is "http" or "all") await HttpBenchmark.RunAsync();
if (what is "journal" or "all") await JournalBenchmark.RunAsync();
if (what is "tick" or "all") await TickBenchmark.RunAsync();
if (what is "decode" or "all") await DecodeBenchmark.RunAsync();
if (what is "gates" or "all") await GateBenchmark.RunAsync();
if (what is "compare" or "all") ComparisonQuality.Run();
if (what is "micro" or "all") MicroBenchmarks.Run();
Console.WriteLine($"Load average after: {Machine.LoadAverage()}");
return 0;
