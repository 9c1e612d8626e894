namespace ReadyOps.Benchmarks.Schemas;

/// <summary>Prints the figures as Markdown.</summary>
internal static class SchemaReport
{
    public static void Print(List<SchemaResult> results, string[] names)
    {
        Rows("Verdict alone, µs per document: median (least)", Work.Verdict, results, names);
        Rows("From the bytes to the verdict, µs per document: median (least)", Work.Bytes, results, names);
        Once(results, names);
        Agreement(results, names);
        Sums(results, names);
    }

    private static void Rows(string title, Work work, List<SchemaResult> results, string[] names)
    {
        Console.WriteLine($"\n### {title}\n");
        bool texts = work == Work.Bytes && names[1] == "ajv";
        Console.WriteLine($"| schema | documents | KB each | ReadyOps, documents a second | ReadyOps | {string.Join(" | ", names.Skip(1))} |{(texts ? " ajv from a string |" : "")} {string.Join(" | ", names.Skip(1).Select(name => $"× {name}"))} | bytes allocated each |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---:|", 4 + (2 * (names.Length - 1)) + (texts ? 1 : 0) + 1))}");
        foreach (SchemaResult result in results.OrderBy(r => Array.IndexOf(SchemaCases.Shown, r.Case.Name) is var at && at < 0 ? 99 : at))
        {
            SchemaFigures ours = result.Figures[0];
            string[] others = [.. result.Figures.Skip(1).Select(figures => Time(figures, work))];
            string[] ratios = [.. result.Figures.Skip(1).Select(figures => Ratio(figures.Median(work) / ours.Median(work)) + " (" + Ratio(figures.Least(work) / ours.Least(work)) + ")")];
            Console.WriteLine($"| {result.Case.Name} | {result.Count:N0} | {result.Kilobytes:0.0} | {1e6 / ours.Median(work):N0} | {Time(ours, work)} | {string.Join(" | ", others)} |{(texts ? $" {Time(result.Figures[1], Work.String)} |" : "")} {string.Join(" | ", ratios)} | {result.Allocated.ElementAtOrDefault((int)work):0.###} |");
        }
    }

    private static void Once(List<SchemaResult> results, string[] names)
    {
        Console.WriteLine("\n### Compiling a schema, and one document from a standing start: ms, the least of seven\n");
        Console.WriteLine($"| schema | KB | {string.Join(" | ", names.Select(name => $"compile, {name}"))} | {string.Join(" | ", names.Select(name => $"own code (whole process), {name}"))} |");
        Console.WriteLine($"|---|---:|{string.Concat(Enumerable.Repeat("---:|", 2 * names.Length))}");
        foreach (SchemaResult result in results.Where(result => SchemaCases.Shown.Contains(result.Case.Name)))
        {
            Console.WriteLine($"| {result.Case.Name} | {new FileInfo(result.Case.Schema).Length / 1024.0:0.0} | {string.Join(" | ", result.Figures.Select(figures => Number(figures.Compile)))} "
                + $"| {string.Join(" | ", result.Figures.Select(figures => $"{Number(figures.Cold.Own)} ({Number(figures.Cold.Process)})"))} |");
        }
    }

    private static void Agreement(List<SchemaResult> results, string[] names)
    {
        Console.WriteLine("\n### Where verdicts differ from ours\n");
        foreach (SchemaResult result in results)
        {
            SchemaFigures ours = result.Figures[0];
            Console.WriteLine($"- {result.Case.Name}: of {result.Count:N0} documents {ours.Verdicts.Count(v => v == '1'):N0} fit, of those changed {ours.Broken.Count(v => v == '1'):N0}."
                + string.Concat(result.Figures.Skip(1).Zip(names.Skip(1), (figures, name) => Differ(ours, figures, name))));
        }
    }

    private static string Differ(SchemaFigures ours, SchemaFigures other, string name)
    {
        if (other.Problem is { } problem) return $" {name} cannot use the schema: {problem}.";
        int[] documents = Places(ours.Verdicts, other.Verdicts), broken = Places(ours.Broken, other.Broken);
        if (documents.Length + broken.Length == 0) return "";
        return $" {name} differs in {documents.Length:N0} and {broken.Length:N0} (lines {string.Join(' ', documents.Take(5).Select(at => at + 1))}; changed {string.Join(' ', broken.Take(5).Select(at => $"{at + 1}:{ours.Broken[at]}/{other.Broken[at]}"))}).";
    }

    private static int[] Places(string ours, string others) => ours.Length != others.Length
        ? throw new InvalidOperationException("A validator left out a document.")
        : [.. Enumerable.Range(0, ours.Length).Where(i => ours[i] != others[i])];

    private static void Sums(List<SchemaResult> results, string[] names)
    {
        Console.WriteLine("\n### Summed over the schemas that both can use, documents a second, of medians (of least)\n");
        Console.WriteLine("| against | schemas | documents | verdict, ReadyOps | verdict, the other | × | with the parse, ReadyOps | with the parse, the other | × | schemas where ours is faster: verdict, with the parse |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        for (int i = 1; i < names.Length; i++)
        {
            SchemaResult[] both = [.. results.Where(result => result.Figures[0].Problem is null && result.Figures[i].Problem is null)];
            double count = both.Sum(result => result.Count);
            string row = $"| {names[i]} | {both.Length} | {count:N0} |";
            foreach (Work work in new[] { Work.Verdict, Work.Bytes })
            {
                (double ours, double oursLeast) = (Total(0, figures => figures.Median(work)), Total(0, figures => figures.Least(work)));
                (double theirs, double theirsLeast) = (Total(i, figures => figures.Median(work)), Total(i, figures => figures.Least(work)));
                row += $" {1e6 * count / ours:N0} ({1e6 * count / oursLeast:N0}) | {1e6 * count / theirs:N0} ({1e6 * count / theirsLeast:N0}) | {Ratio(theirs / ours)} ({Ratio(theirsLeast / oursLeast)}) |";
            }

            Console.WriteLine($"{row} {both.Count(result => Faster(result, i, Work.Verdict))}, {both.Count(result => Faster(result, i, Work.Bytes))} |");

            double Total(int contender, Func<SchemaFigures, double> time) => both.Sum(result => result.Count * time(result.Figures[contender]));
        }
    }

    private static bool Faster(SchemaResult result, int other, Work work) => result.Figures[0].Least(work) <= result.Figures[other].Least(work);

    private static string Time(SchemaFigures figures, Work work) => figures.Problem is null ? $"{Number(figures.Median(work))} ({Number(figures.Least(work))})" : "–";

    private static string Ratio(double value) => double.IsNaN(value) ? "–" : value >= 10 ? value.ToString("N0") : value.ToString("0.00");

    private static string Number(double value) => value switch
    {
        double.NaN => "–",
        >= 100 => value.ToString("N0"),
        >= 10 => value.ToString("0.0"),
        >= 1 => value.ToString("0.00"),
        _ => value.ToString("0.000"),
    };
}
