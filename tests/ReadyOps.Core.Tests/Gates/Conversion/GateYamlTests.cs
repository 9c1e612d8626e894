using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates.Conversion;

namespace ReadyOps.Core.Tests.Gates.Conversion;

public sealed class GateYamlTests
{
    private static readonly string[] Pieces =
    [
        "a", "Z", " ", "  ", ": ", " #", "- ", "'", "\"", "\\", "${x}", "$${x}", "${", "$", "{", "}", "[", "]", "|", ">", "&a", "*b", "!c", "@", "`", "%", "yes", "null",
        "~", "0x1F", "1e3", "secret:NAME", "env:PATH", "✅", "→", "é", "\u2028", "\u0085", "\uFEFF", "\u200B", "\t", "\n", "🚀", ",", "?", "...", "---", "<<",
    ];

    [Theory]
    [InlineData("${release}")]
    [InlineData("costs $${x} and ${y}")]
    [InlineData("secret:TOKEN")]
    [InlineData("true")]
    [InlineData("012")]
    [InlineData("yes")]
    [InlineData("it's \"so\": # no comment")]
    [InlineData("- [ ] item")]
    [InlineData(" leading and trailing ")]
    [InlineData("line\u2028separator\u0085next")]
    public void A_text_reads_back_as_it_was(string text) => Assert.Equal(text, RoundTrip(text));

    [Fact]
    public void Any_text_reads_back_as_it_was()
    {
        Gen<string> texts = Gen.OneOf(
            Gen.Elements(Pieces).ArrayOf().Select(parts => string.Concat(parts)),
            ArbMap.Default.GeneratorFor<string>().Select(text => text ?? "").Where(text => SourceText.ProblemOf(text).Length == 0));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(texts.Where(text => text.Length > 0).ToArbitrary(), text => RoundTrip(text) == text));
    }

    [Fact]
    public void A_comment_stays_in_its_line()
    {
        string yaml = new GateYaml().Comment(0, "one\ntwo\u2028three\u0085four").Member(0, "kind", "Gate").Text;
        Assert.Equal("# one two three four\nkind: Gate\n", yaml);
    }

    private static string RoundTrip(string text)
    {
        var yaml = new GateYaml();
        yaml.Member(0, "apiVersion", "readyops/v1").Member(0, "kind", "Gate").Member(0, "name", "g").Open(0, "checks");
        yaml.Check(4, new CheckDraft("file") { Name = "n", Description = text, Line = 1, Guess = text }.With("path", "a").With("contains", text), "a.md");
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes(yaml.Text), "g.yaml", "/", "Gate");
        DocumentNode check = document.Root["checks"]!.Items[0];
        Assert.Equal(NodeKind.String, check["contains"]!.Kind);
        Assert.Equal(check["description"]!.Text, check["contains"]!.Text);
        return check["contains"]!.Text;
    }
}
