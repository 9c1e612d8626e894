using System.Globalization;
using ReadyOps.Simulation;

// dotnet run -c Release --project tests/ReadyOps.Simulation -- [--seeds N] [--from N] [--threads N] [--keep-going]
// dotnet run -c Release --project tests/ReadyOps.Simulation -- --seed N      tells the story of one seed
// dotnet run -c Release --project tests/ReadyOps.Simulation -- --mutate [--seeds N] [--most N] [--threads N] [--only NAME,NAME] [--keep FOLDER]      takes rules out, from the repository's root
if (Number("--seed") is { } one)
{
    SimWorld world = Simulation.Run(one, tells: true);
    foreach (string line in world.Story!) Console.WriteLine(line);
    Console.WriteLine($"seed {one}: {world.Laws.Broken?.Message ?? "every law held"}; the disk: {world.Disk.Digest()}");
    return world.Laws.Broken is null ? 0 : 1;
}

long seeds = (long)(Number("--seeds") ?? 10_000);
ulong from = Number("--from") ?? 0;
// One more than there are cores: while a world hands the turn from one of its agents to another, a core would stand still.
int threads = (int)(Number("--threads") ?? (ulong)Environment.ProcessorCount + 1);
long most = (long)(Number("--most") ?? long.MaxValue);
if (args.Contains("--mutate")) return new MutationRun(Text("--repository") ?? Directory.GetCurrentDirectory(), (long)(Number("--seeds") ?? 100_000), most, threads, Text("--keep")).Run(Text("--only"));

if (args.Contains("--first"))
{
    // For scripts: the first law that a seed breaks, in order of the seeds, and nothing else.
    Mutation? mutation = Text("--in") is { } name ? Mutations.All.First(one => one.Name == name) : null;
    SimulationReport some = Simulation.RunAll(from, seeds, threads, 1, mutation?.In, most);
    foreach ((ulong seed, LawBrokenException broken) in some.Broken.Take(1)) Console.WriteLine($"{broken.Law} | {seed}");
    if (some.Broken.Count == 0) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{some.Seeds} worlds"));
    return some.Broken.Count == 0 ? 0 : 1;
}

SimulationReport report = Simulation.RunAll(from, seeds, threads, args.Contains("--keep-going") ? int.MaxValue : 20);
Console.Write(report);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.CpuUsage.TotalTime.TotalMilliseconds / report.Seeds:0.00} ms of processor time a seed"));
foreach ((ulong seed, LawBrokenException broken) in report.Broken.Take(40)) Console.WriteLine($"seed {seed}: {broken.Message}");
if (report.Broken.Count > 0) Console.WriteLine(Simulation.Describe(report.Broken.Keys.First(), 60));
string[] missing = [.. report.Missing()];
foreach (string what in missing) Console.WriteLine($"nothing was shown: {what}");
Console.WriteLine($"{report.Broken.Count} seeds broke a law");
return report.Broken.Count == 0 && missing.Length == 0 ? 0 : 1;

ulong? Number(string name) => Text(name) is { } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : null;

string? Text(string name) => Array.IndexOf(args, name) is var i && i >= 0 && i + 1 < args.Length ? args[i + 1] : null;
