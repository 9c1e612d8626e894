using System.Diagnostics;
using System.Globalization;

namespace ReadyOps.Simulation;

/// <summary>
/// Takes the rules out of a copy of the engine's source, one at a time, and lets the simulation find out. All of them are compiled in
/// at once, each behind a switch, because a build takes longer than what it shows; the shipped code has no such switches.
/// </summary>
/// <param name="repository">The folder of the repository.</param>
/// <param name="seeds">Among which seeds it looks, from 0 on.</param>
/// <param name="most">How many of the worlds in which a rule can matter it runs at most.</param>
/// <param name="threads">How many side by side.</param>
/// <param name="folder">Where to build and keep the copy, for whoever wants to see a rule's seed again; a passing folder when it is not said.</param>
internal sealed class MutationRun(string repository, long seeds, long most, int threads, string? folder)
{
    private const string Variable = "READYOPS_MUTANT";

    /// <summary>Runs the mutants that match and writes a table; 0 when each was caught.</summary>
    public int Run(string? only)
    {
        string copy = folder ?? Path.Combine(Path.GetTempPath(), $"readyops-mutants-{Environment.ProcessId}");
        try
        {
            string program = Build(copy);
            if (!Survives(program, "none", out string harmless)) throw new InvalidOperationException($"Without a mutation a law breaks already: {harmless}");
            Console.WriteLine("| rule that was taken out | caught by | at seed |");
            Console.WriteLine("|---|---|---:|");
            int survived = 0;
            foreach (Mutation mutation in Mutations.All.Where(mutation => only is null || only.Split(',').Contains(mutation.Name)))
            {
                bool alive = Survives(program, mutation.Name, out string caught);
                if (alive) survived++;
                Console.WriteLine($"| {mutation.Rule} | {(alive ? $"**survived {caught}** ({mutation.Name}) |" : caught)} |");
            }

            return survived == 0 ? 0 : 1;
        }
        finally
        {
            if (folder is null) Directory.Delete(copy, recursive: true);
        }
    }

    private string Build(string copy)
    {
        foreach (string part in new[] { "src/ReadyOps", "src/ReadyOps.Core", "module/schemas", "tests/ReadyOps.Simulation" }) Copy(Path.Combine(repository, part), Path.Combine(copy, part));
        foreach (string file in Directory.EnumerateFiles(repository, "Directory.*.props")) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        string core = Path.Combine(copy, "src", "ReadyOps.Core");
        foreach (Mutation mutation in Mutations.All) Apply(core, mutation);
        File.WriteAllText(Path.Combine(core, "Mutant.cs"), $$"""
            namespace ReadyOps.Core;
            internal static class Mutant
            {
                private static readonly string? s_name = System.Environment.GetEnvironmentVariable("{{Variable}}");
                public static bool Is(string name) => s_name == name;
            }
            """);
        string output = Path.Combine(copy, "out");
        (int exit, string text) = Dotnet(["build", Path.Combine(copy, "tests", "ReadyOps.Simulation"), "-c", "Release", "-o", output, "--nologo", "-v", "q", "-p:TreatWarningsAsErrors=false"], null);
        return exit == 0 ? Path.Combine(output, "ReadyOps.Simulation.dll") : throw new InvalidOperationException($"The mutants do not compile:\n{text}");
    }

    private static void Apply(string core, Mutation mutation)
    {
        string path = Path.Combine(core, mutation.File.Replace('/', Path.DirectorySeparatorChar));
        File.WriteAllText(path, Without(File.ReadAllText(path), mutation));
    }

    /// <summary>A source without a rule, as long as the mutation is asked for.</summary>
    internal static string Without(string source, Mutation mutation)
    {
        int at = source.IndexOf(mutation.Old, StringComparison.Ordinal);
        if (at < 0 || source.IndexOf(mutation.Old, at + 1, StringComparison.Ordinal) >= 0)
            throw new InvalidOperationException($"'{mutation.Old}' of the mutation {mutation.Name} does not stand once in {mutation.File}: the rule has moved; move the mutation with it.");
        string changed = mutation.New.Replace("$M", $"global::ReadyOps.Core.Mutant.Is(\"{mutation.Name}\")", StringComparison.Ordinal);
        return string.Concat(source.AsSpan(0, at), changed, source.AsSpan(at + mutation.Old.Length));
    }

    private bool Survives(string program, string name, out string caught)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string[] range = name == "none" ? ["--seeds", "300"] : ["--seeds", seeds.ToString(invariant), "--most", most.ToString(invariant), "--in", name];
        (int exit, string text) = Dotnet([program, "--first", "--threads", threads.ToString(invariant), .. range], name);
        caught = text.Trim();
        return exit == 0;
    }

    private static (int Exit, string Text) Dotnet(string[] arguments, string? mutant)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        if (mutant is not null) start.Environment[Variable] = mutant;
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(from, file);
            if (relative.Split(Path.DirectorySeparatorChar)[0] is "bin" or "obj") continue;
            string target = Path.Combine(to, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}
