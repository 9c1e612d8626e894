using System.Globalization;
using System.Text;

namespace ReadyOps.Core.JsonSchemas.Patterns;

/// <summary>The sets behind <c>\p{…}</c>, by the names of ECMA-262, table 66 to 68, and of PropertyValueAliases.txt.</summary>
internal static class UnicodeProperties
{
    // In the order of UnicodeCategory.
    private static readonly string[] Short =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static readonly Dictionary<string, string> Long = new(StringComparer.Ordinal)
    {
        ["Letter"] = "L", ["Cased_Letter"] = "LC", ["Lowercase_Letter"] = "Ll", ["Uppercase_Letter"] = "Lu", ["Titlecase_Letter"] = "Lt", ["Modifier_Letter"] = "Lm", ["Other_Letter"] = "Lo",
        ["Mark"] = "M", ["Combining_Mark"] = "M", ["Nonspacing_Mark"] = "Mn", ["Spacing_Mark"] = "Mc", ["Enclosing_Mark"] = "Me",
        ["Number"] = "N", ["Decimal_Number"] = "Nd", ["digit"] = "Nd", ["Letter_Number"] = "Nl", ["Other_Number"] = "No",
        ["Punctuation"] = "P", ["punct"] = "P", ["Connector_Punctuation"] = "Pc", ["Dash_Punctuation"] = "Pd", ["Open_Punctuation"] = "Ps", ["Close_Punctuation"] = "Pe",
        ["Initial_Punctuation"] = "Pi", ["Final_Punctuation"] = "Pf", ["Other_Punctuation"] = "Po",
        ["Symbol"] = "S", ["Math_Symbol"] = "Sm", ["Currency_Symbol"] = "Sc", ["Modifier_Symbol"] = "Sk", ["Other_Symbol"] = "So",
        ["Separator"] = "Z", ["Space_Separator"] = "Zs", ["Line_Separator"] = "Zl", ["Paragraph_Separator"] = "Zp",
        ["Other"] = "C", ["Control"] = "Cc", ["cntrl"] = "Cc", ["Format"] = "Cf", ["Surrogate"] = "Cs", ["Private_Use"] = "Co", ["Unassigned"] = "Cn",
    };

    private static readonly Lazy<Dictionary<string, CodePointSet>> Categories = new(ReadCategories);
    private static readonly Lazy<Dictionary<string, string>> Named = new(ReadNamed);

    /// <summary>The set of a property; <see langword="null"/> for one that ECMA-262 or this table does not have.</summary>
    public static CodePointSet? Find(string property)
    {
        int equals = property.IndexOf('=', StringComparison.Ordinal);
        string value = property[(equals + 1)..];
        switch (equals < 0 ? "" : property[..equals])
        {
            case "":
                return value switch
                {
                    "Any" => CodePointSet.Of([(0, CodePointSet.Last)]),
                    "ASCII" => CodePointSet.Of([(0, 0x7F)]),
                    "Assigned" => Categories.Value["Cn"].Complement(),
                    _ => Category(value) ?? Table(value),
                };
            case "gc" or "General_Category":
                return Category(value);
            case "sc" or "Script":
                return Table($"sc={value}");
            case "scx" or "Script_Extensions":
                return Table($"scx={value}") ?? Table($"sc={value}");
            default:
                return null;
        }
    }

    private static CodePointSet? Category(string name)
    {
        name = Long.GetValueOrDefault(name, name);
        return name.Length is 1 or 2 ? Categories.Value.GetValueOrDefault(name) : null;
    }

    private static CodePointSet? Table(string name) => Named.Value.TryGetValue(name, out string? ranges) ? CodePointSet.Of(ranges.Split(' ').Select(Range)) : null;

    private static (int, int) Range(string range)
    {
        int dash = range.IndexOf('-', StringComparison.Ordinal);
        int first = Hex(dash < 0 ? range : range[..dash]);
        return (first, dash < 0 ? first : Hex(range[(dash + 1)..]));
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static Dictionary<string, CodePointSet> ReadCategories()
    {
        var ranges = Short.ToDictionary(name => name, _ => new List<(int, int)>(), StringComparer.Ordinal);
        int first = 0;
        for (int point = 1; point <= CodePointSet.Last + 1; point++)
        {
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(first);
            if (point <= CodePointSet.Last && CharUnicodeInfo.GetUnicodeCategory(point) == category) continue;
            ranges[Short[(int)category]].Add((first, point - 1));
            first = point;
        }

        foreach (IGrouping<char, string> group in Short.GroupBy(name => name[0]).ToList()) ranges[group.Key.ToString()] = [.. group.SelectMany(name => ranges[name])];
        ranges["LC"] = [.. ranges["Lu"], .. ranges["Ll"], .. ranges["Lt"]];
        return ranges.ToDictionary(pair => pair.Key, pair => CodePointSet.Of(pair.Value), StringComparer.Ordinal);
    }

    // By each of its names, the ranges as they are written: few of them are ever asked for.
    private static Dictionary<string, string> ReadNamed()
    {
        using Stream stream = typeof(UnicodeProperties).Assembly.GetManifestResourceStream("UnicodeProperties.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string block in reader.ReadToEnd().Split("\n= ").Skip(1))
        {
            string[] lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            string[] names = lines[0].Split(' ');
            string prefix = names[0][..(names[0].IndexOf('=', StringComparison.Ordinal) + 1)];
            string ranges = string.Join(' ', lines.Skip(1));
            foreach (string name in names) named[name == names[0] ? name : prefix + name] = ranges;
        }

        return named;
    }
}
