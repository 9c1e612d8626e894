using System.Text.RegularExpressions;

namespace ReadyOps.Core.Tests.Flags;

/// <summary>A scenario of a .feature file, with the values of its row put in.</summary>
internal sealed record GherkinCase(string Name, IReadOnlySet<string> Tags, IReadOnlyList<GherkinStep> Steps);

/// <summary>A step without its keyword, and its table.</summary>
internal sealed record GherkinStep(string Text, List<string[]> Table);

/// <summary>As much of Gherkin as flagd's test bed uses: backgrounds, outlines with several tables of examples, tags on all of them.</summary>
internal static class Gherkin
{
    public static List<GherkinCase> Read(string text)
    {
        var cases = new List<GherkinCase>();
        List<string> pending = [], feature = [], scenario = [];
        List<GherkinStep> background = [], steps = [];
        string name = "";
        string[]? header = null;
        List<string>? examples = null;
        List<GherkinStep>? target = null;
        bool outline = false, open = false;
        foreach (string line in text.Split('\n').Select(l => l.Trim()).Append("Scenario: end"))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line[0] == '@')
            {
                pending.AddRange(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
            else if (line.StartsWith("Feature:", StringComparison.Ordinal))
            {
                (feature, pending) = (pending, []);
            }
            else if (line.StartsWith("Background:", StringComparison.Ordinal))
            {
                target = background;
            }
            else if (line.StartsWith("Scenario", StringComparison.Ordinal))
            {
                if (open && !outline) cases.Add(new GherkinCase(name, new HashSet<string>([.. feature, .. scenario]), [.. background, .. steps]));
                (scenario, pending, steps, name, open, outline) = (pending, [], [], line[(line.IndexOf(':') + 1)..].Trim(), true, line.StartsWith("Scenario Outline", StringComparison.Ordinal));
                (target, examples) = (steps, null);
            }
            else if (line.StartsWith("Examples", StringComparison.Ordinal))
            {
                (examples, pending, header, target) = (pending, [], null, null);
            }
            else if (line[0] == '|')
            {
                string[] cells = [.. Regex.Split(line.Trim('|'), @"(?<!\\)\|").Select(cell => cell.Trim().Replace("\\|", "|", StringComparison.Ordinal))];
                if (examples is null) target![^1].Table.Add(cells);
                else if (header is null) header = cells;
                else cases.Add(Row(name, feature, scenario, examples, background, steps, header, cells));
            }
            else if (target is not null)
            {
                target.Add(new GherkinStep(line[(line.IndexOf(' ') + 1)..], []));
            }
        }

        return cases;
    }

    private static GherkinCase Row(string name, List<string> feature, List<string> scenario, List<string> examples, List<GherkinStep> background, List<GherkinStep> steps, string[] header, string[] cells)
    {
        string Fill(string text) => header.Zip(cells).Aggregate(text, (filled, cell) => filled.Replace($"<{cell.First}>", cell.Second, StringComparison.Ordinal));
        return new GherkinCase(
            $"{name} ({string.Join(", ", cells)})",
            new HashSet<string>([.. feature, .. scenario, .. examples]),
            [.. background.Concat(steps).Select(step => new GherkinStep(Fill(step.Text), [.. step.Table.Select(row => row.Select(Fill).ToArray())]))]);
    }
}
