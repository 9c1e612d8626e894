using ReadyOps.Core.Gates;

namespace ReadyOps.Core.Tests.Gates;

public sealed class GateReaderTests
{
    private const string One = """ "checks": [{"name": "plan", "type": "file", "path": "plan.md"}] """;

    [Fact]
    public void A_short_gate_is_one_section_with_everything_by_default()
    {
        GateDefinition gate = Read(One);
        Assert.Equal(("production", 100m, 8, "d1"), (gate.Name, gate.PassScore, gate.Throttle, gate.Digest));
        Assert.Empty(gate.Prerequisites);
        GateSectionDefinition section = Assert.Single(gate.Sections);
        Assert.Equal(("checks", 1m), (section.Name, section.Weight));
        Assert.Equal(TimeSpan.FromSeconds(30), section.Checks.Single().Timeout);
    }

    [Fact]
    public void A_long_gate_reads_whole()
    {
        GateDefinition gate = Read("""
            "release": "2.4.0", "passScore": "97.5%", "throttle": 2, "timeout": "5s", "prometheus": "http://prometheus.test:9090",
            "prerequisites": [{"name": "phase 12", "type": "file", "path": "done"}],
            "sections": [
              {"name": "tests", "weight": 0.3, "checks": [{"name": "unit", "type": "file", "path": "a", "critical": true}, {"name": "load", "type": "file", "path": "b", "timeout": "1m"}]},
              {"name": "docs", "checks": [{"name": "readme", "type": "file", "path": "c", "weight": 2}]}]
            """);
        Assert.Equal(("2.4.0", 97.5m, 2), (gate.Release, gate.PassScore, gate.Throttle));
        Assert.Equal("phase 12", gate.Prerequisites.Single().Name);
        Assert.Equal([("tests", 0.3m), ("docs", 1m)], gate.Sections.Select(s => (s.Name, s.Weight)));
        Assert.Equal([("unit", true, 5.0), ("load", false, 60.0)], gate.Sections[0].Checks.Select(c => (c.Name, c.Critical, c.Timeout.TotalSeconds)));
    }

    [Theory]
    [InlineData("95", 95)]
    [InlineData("\"95%\"", 95)]
    [InlineData("\"95\"", 95)]
    [InlineData("0", 0)]
    [InlineData("\"0.5%\"", 0.5)]
    [InlineData("100", 100)]
    public void A_pass_score_is_a_number_up_to_100(string text, double score) =>
        Assert.Equal((decimal)score, Read($"\"passScore\": {text}, {One}").PassScore);

    [Theory]
    [InlineData(""" "passScore": 0.95, """ + One, "/passScore: '0.95' may mean a share or a score")]
    [InlineData(""" "passScore": 1, """ + One, "/passScore: '1' may mean a share or a score")]
    [InlineData(""" "passScore": 101, """ + One, "/passScore: this is '101'")]
    [InlineData(""" "passScore": -1, """ + One, "/passScore: this is '-1'")]
    [InlineData(""" "passScore": "most", """ + One, "/passScore: this is 'most'")]
    [InlineData(""" "throttle": 0, """ + One, "/throttle: this is '0'")]
    [InlineData(""" "release": "1" """, ": there is nothing to look at")]
    [InlineData(""" "checks": [] """, "/checks: there is nothing to look at")]
    [InlineData(""" "sections": [] """, "/sections: there is nothing to look at")]
    [InlineData(""" "sections": [{"name": "a", "checks": []}] """, "/sections/0/checks: there is nothing to look at")]
    [InlineData(""" "sections": [{"name": "a", "weight": 0, "checks": [{"name": "x", "type": "file", "path": "p"}]}] """, "/sections: no section weighs anything")]
    [InlineData(""" "checks": [{"name": "x", "type": "file", "path": "p", "weight": 0}] """, "/checks: no check weighs anything")]
    [InlineData(""" "sections": [], """ + One, "/checks: there are both 'checks' and 'sections'")]
    [InlineData(""" "prerequisites": [{"name": "plan", "type": "file", "path": "p"}], """ + One, "/checks/0/name: there is another check named 'plan' in line 1")]
    [InlineData(""" "sections": [{"name": "a", "checks": [{"name": "x", "type": "file", "path": "p"}]}, {"name": "a", "checks": [{"name": "y", "type": "file", "path": "p"}]}] """, "/sections/1/name: there are two sections named 'a'")]
    [InlineData(""" "prometheus": "ftp://x", """ + One, "/prometheus: the scheme 'ftp' is neither http nor https")]
    public void A_gate_that_says_nonsense_is_refused(string members, string problem)
    {
        DocumentException wrong = Assert.Throws<DocumentException>(() => Read(members));
        Assert.Contains(wrong.Problems, p => $"{p.Path}: {p.Message}".StartsWith(problem, StringComparison.Ordinal));
    }

    private static GateDefinition Read(string members) => GateReader.Read(GateTesting.Document($$"""{"name": "production", {{members}}}"""));
}
