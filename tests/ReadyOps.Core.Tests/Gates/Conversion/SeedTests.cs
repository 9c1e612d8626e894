using System.Text.RegularExpressions;
using ReadyOps.Core.Checklists;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Gates.Conversion;

namespace ReadyOps.Core.Tests.Gates.Conversion;

/// <summary>
/// Checklists as teams keep them. They are not part of this repository: they are looked for in the folder that READYOPS_SEEDS names and
/// in shared/seeds beside each folder above the tests. Their items are counted here a second time, by plain patterns on lines.
/// </summary>
public sealed partial class SeedTests(ITestOutputHelper output)
{
    public static TheoryData<string> Files()
    {
        string[] files = Folder() is { } folder ? [.. Directory.GetFiles(folder, "*.txt").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)] : [];
        return files.Length > 0 ? [.. files] : ["(none)"];
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_item_is_somewhere_in_a_gate_that_loads(string file)
    {
        string folder = Folder() ?? "";
        if (folder.Length == 0) Assert.Skip("The checklists are not here: set READYOPS_SEEDS to their folder.");
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, file));
        ConvertedGate made = ChecklistConverter.Convert(bytes, file, file);
        GateDefinition gate = ChecklistConverterTests.Load(made.Document, folder);
        output.WriteLine($"{file}: {made}");

        // Nothing that the patterns see is missing, and each line is told of once.
        int[] lines = [.. made.Items.Select(item => item.Line)];
        Assert.Equal(lines.Distinct(), lines);
        SortedSet<int> counted = Count(ChecklistText.Decode(bytes, file).Text.Split('\n'));
        Assert.Empty(counted.Except(lines));

        // What became a check is in the gate, from its line; what became a note is in the document.
        CheckDefinition[] checks = [.. gate.Prerequisites.Concat(gate.Sections.SelectMany(section => section.Checks)).SelectMany(GroupCheck.WithParts)];
        ILookup<string, CheckDefinition> byName = checks.ToLookup(check => check.Name);
        foreach (ConvertedItem item in made.Items)
        {
            if (item.As == ConvertedAs.Note)
            {
                Assert.Contains(item.Text, made.Document.Replace("''", "'", StringComparison.Ordinal), StringComparison.Ordinal);
                continue;
            }

            CheckDefinition check = Assert.Single(byName[item.Check]);
            Assert.Equal(item.Type, check.Type);
            if (item.Remark != "the same as above") Assert.Equal($"{file}:{item.Line}", check.From);
        }

        Assert.Equal(made.Found, made.Understood + made.Guessed + made.People + made.Ticked + made.Notes);
        Assert.All(checks.Where(check => check.Type is "prometheus" or "http" or "alerts" or "tests" or "coverage" or "sarif"), check => Assert.True(check.Guessed));
    }

    // What a person would count with a search: boxes, signs at the beginning, rows of tables, and lists below words such as criteria.
    private static SortedSet<int> Count(string[] lines)
    {
        SortedSet<int> found = [];
        string above = "";
        bool code = false;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.StartsWith("```", StringComparison.Ordinal)) code = !code;
            if (Box().IsMatch(line) || Sign().IsMatch(line)) found.Add(i + 1);
            if (code) continue;
            if (Row().IsMatch(line) && !Ruler().IsMatch(line) && !(i + 1 < lines.Length && Ruler().IsMatch(lines[i + 1]))) found.Add(i + 1);
            if (line.StartsWith('#') || line.TrimEnd('*', ' ').EndsWith(':')) above = line;
            else if (line.StartsWith("---", StringComparison.Ordinal)) above = "";
            else if (ListItem().IsMatch(line) && Criteria().IsMatch(above)) found.Add(i + 1);
        }

        return found;
    }

    private static string? Folder()
    {
        if (Environment.GetEnvironmentVariable("READYOPS_SEEDS") is { Length: > 0 } named) return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string seeds = Path.Combine(folder.FullName, "shared", "seeds");
            if (Directory.Exists(seeds)) return seeds;
        }

        return null;
    }

    [GeneratedRegex(@"^\s*([-*+]|\d+\.)\s+\[[ xX]\]\s")]
    private static partial Regex Box();

    [GeneratedRegex(@"^\s*([-*+]\s+|\d+\.\s+)?(✅|⏳|🟡|❌|🎯)")]
    private static partial Regex Sign();

    [GeneratedRegex(@"^\|.*\|\s*$")]
    private static partial Regex Row();

    [GeneratedRegex(@"^\|[\s:|-]+\|\s*$")]
    private static partial Regex Ruler();

    [GeneratedRegex(@"^\s*([-*+]|\d+\.)\s+\S")]
    private static partial Regex ListItem();

    [GeneratedRegex(@"\b(criteria|prerequisites?|deliverables|outputs|skip conditions|triggers|approvers|checklist|requirements)\b(?!.*\bcreated\b)", RegexOptions.IgnoreCase)]
    private static partial Regex Criteria();
}
