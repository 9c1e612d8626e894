using System.Globalization;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Gates;

/// <summary>Reads a gate off its document.</summary>
public static class GateReader
{
    /// <summary>What the only section of a gate that has just <c>checks</c> is called.</summary>
    public const string OnlySection = "checks";

    private const string GroupType = "group";
    private const string ScoreExpected = "a score from 0 to 100, written 95 or 95%";

    /// <summary>Reads a gate.</summary>
    /// <exception cref="DocumentException">Everything that is wrong with it.</exception>
    public static GateDefinition Read(Document document)
    {
        var problems = new ProblemList(document.File);
        var reader = ObjectReader.For(document, problems);
        var defaults = new CheckDefaults
        {
            Timeout = CheckReader.Timeout(reader, new CheckDefaults().Timeout),
            Prometheus = reader.Has("prometheus") ? HttpEndpoint.Read(reader, "prometheus") : null,
        };
        var gate = new GateDefinition
        {
            Name = reader.RequiredText("name"),
            Release = reader.OptionalText("release"),
            PassScore = PassScore(reader),
            Throttle = reader.Integer("throttle", 8, 1, 256),
            Prerequisites = Checks(reader, "prerequisites", defaults),
            Sections = Sections(reader, defaults),
            Digest = document.Digest,
        };
        CheckNames(reader);
        problems.ThrowIfAny();
        return gate;
    }

    private static decimal PassScore(ObjectReader reader)
    {
        if (reader.OptionalText("passScore") is not { } text) return 100;
        bool percent = text.EndsWith('%');
        bool read = decimal.TryParse(percent ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal score);
        if (!read || score > 100) reader.Problem("passScore", $"this is '{text}'", ScoreExpected);
        // 0.95 is a slip for 95 %, and 1 may mean either; both would let nearly everything through.
        else if (!percent && score is > 0 and <= 1) reader.Problem("passScore", $"'{text}' may mean a share or a score", ScoreExpected);
        else return score;
        return 100;
    }

    private static List<GateSectionDefinition> Sections(ObjectReader reader, CheckDefaults defaults)
    {
        List<GateSectionDefinition> sections = [];
        bool flat = reader.Has("checks");
        if (flat && reader.Has("sections")) reader.Problem("checks", "there are both 'checks' and 'sections'", "either of the two");
        if (flat) sections.Add(Section(reader, OnlySection, 1, defaults));
        foreach (ObjectReader section in reader.Objects("sections"))
        {
            string name = section.RequiredText("name");
            if (section.Has("name") && sections.Any(other => other.Name == name)) section.Problem("name", $"there are two sections named '{name}'", "a name of its own");
            sections.Add(Section(section, name, CheckReader.Weight(section), defaults));
        }

        if (sections.Count == 0)
            reader.Problem("sections", "there is nothing to look at, and what looks at nothing cannot pass", "'checks' or 'sections' with at least one check");
        else if (sections.All(section => section.Weight == 0))
            reader.Problem("sections", "no section weighs anything, so there is no score", "at least one weight above 0");
        return sections;
    }

    private static GateSectionDefinition Section(ObjectReader reader, string name, decimal weight, CheckDefaults defaults)
    {
        CheckDefinition[] checks = Checks(reader, "checks", defaults);
        if (checks.Length == 0)
            reader.Problem("checks", "there is nothing to look at, and what looks at nothing cannot pass", "at least one check");
        else if (checks.All(check => check.Weight == 0))
            reader.Problem("checks", "no check weighs anything, so there is no score", "at least one weight above 0");
        return new GateSectionDefinition(name, weight, checks);
    }

    private static CheckDefinition[] Checks(ObjectReader reader, string member, CheckDefaults defaults) =>
        [.. reader.Objects(member).Select(check => CheckReader.Read(check, defaults))];

    private static IEnumerable<ObjectReader> WithParts(ObjectReader check) =>
        check.Node["type"]?.Text == GroupType ? check.Objects("checks").SelectMany(WithParts).Prepend(check) : [check];

    private static void CheckNames(ObjectReader reader)
    {
        IEnumerable<ObjectReader> checks = reader.Objects("prerequisites").Concat(reader.Objects("checks"))
            .Concat(reader.Objects("sections").SelectMany(section => section.Objects("checks")));
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ObjectReader check in checks.SelectMany(WithParts))
        {
            if (check.Node["name"] is not { Kind: NodeKind.String or NodeKind.Number or NodeKind.Boolean } name || taken.TryAdd(name.Text, name.Line)) continue;
            check.Problem("name", string.Create(CultureInfo.InvariantCulture, $"there is another check named '{name.Text}' in line {taken[name.Text]}"), "a name of its own");
        }
    }
}
