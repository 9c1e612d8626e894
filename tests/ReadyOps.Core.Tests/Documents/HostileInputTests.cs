using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Documents;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.Documents;

/// <summary>Documents that want to cost time or memory. Time is bounded by what is allocated and by budgets, not by clocks.</summary>
public sealed class HostileInputTests
{
    private const int FourMiB = 4 * 1024 * 1024;

    private const string Sound = """
        apiVersion: readyops/v1
        kind: Rollout
        name: &n payments
        variables: {host: localhost, percent: 5}
        prometheus: {url: "http://${host}:9090", auth: {bearer: secret:TOKEN}}
        target: {type: flag, path: f.json, flag: *n}
        steps: [{share: 5%, hold: 1h30m}, {share: 100%}]
        signals:
        - name: errors # a comment
          query: 'sum(rate(x{a="b"}[${window}]))'
          bound: < 1%
          minSamples: 0x10
        """;

    private static string Bomb(string text, long mostBytes = 120_000_000, string file = "t.yaml")
    {
        byte[] bytes = Utf8(text);
        Assert.InRange(bytes.Length, 0, FourMiB);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string[] problems = Problems(() => DocumentLoader.Parse(bytes, file, "/base", null));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, mostBytes);
        Assert.InRange(problems.Length, 1, 101);
        return problems[0];
    }

    private static string Repeat(string text, int length) => new StringBuilder().Insert(0, text, length / text.Length).ToString();

    [Fact]
    public void Aliases_of_aliases_run_into_the_budget_before_they_are_written_out()
    {
        // Nine times ten to the ninth values.
        var text = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 10; i++) text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Contains("more than 100000 values, aliases written out", Bomb(text.ToString(), 2_000_000), StringComparison.Ordinal);
    }

    [Fact]
    public void An_alias_of_a_long_text_costs_its_length_each_time() =>
        Assert.Contains("more than 4194304 characters, aliases written out", Bomb($"a: &a {new string('x', 1_000_000)}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 50))}]"), StringComparison.Ordinal);

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Depth_is_refused_at_its_first_level_too_many(string level) =>
        Assert.Contains(level == "? " ? "this key is no text" : "nested deeper than 64 levels", Bomb(Repeat(level, FourMiB), 40_000_000), StringComparison.Ordinal);

    [Fact]
    public void Depth_in_json_is_refused_too() => Assert.Contains("nested deeper than 64 levels", Bomb(Repeat("[", FourMiB), 40_000_000, "t.json"), StringComparison.Ordinal);

    [Theory]
    [InlineData("t.yaml")]
    [InlineData("t.json")]
    public void Width_runs_into_the_budget(string file) => Assert.Contains("more than 100000 values", Bomb("[" + Repeat("1,", FourMiB - 10) + "1]", file: file), StringComparison.Ordinal);

    [Fact]
    public void A_hundred_thousand_twins_are_a_hundred_problems()
    {
        string problem = Bomb(Repeat("a: 1\n", 450_000));
        Assert.Equal("t.yaml:2:1: 'a' is here twice; the first is at 1:1", problem);
    }

    [Fact]
    public void A_hundred_thousand_unknown_variables_are_a_hundred_problems() =>
        Assert.Contains("there is no variable 'a'", Bomb("x:\n" + Repeat("- ${a}\n", 600_000)), StringComparison.Ordinal);

    [Fact]
    public void A_hundred_thousand_unknown_members_are_a_hundred_problems()
    {
        string members = string.Concat(Enumerable.Range(0, 90_000).Select(i => System.FormattableString.Invariant($"m{i}: 1\n")));
        Assert.Contains("there is no member 'm0' here", Bomb("apiVersion: readyops/v1\nkind: Gate\nname: a\n" + members, 200_000_000), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: ", "x")]
    [InlineData("a: \"", "\\n")]
    [InlineData("a: |\n", " x\n")]
    [InlineData("a: >\n", " x\n\n")]
    [InlineData("# ", "x")]
    [InlineData("", "\n")]
    [InlineData("", " ")]
    [InlineData("&", "a")]
    [InlineData("!", "a")]
    [InlineData("%", "a")]
    [InlineData("a: ", "x ")]
    [InlineData("a: '", "''")]
    [InlineData("a: ", "9")]
    [InlineData("a: 0x", "f")]
    [InlineData("a: '", "${")]
    [InlineData("a: '", "$${")]
    public void A_megabyte_of_one_thing_costs_a_small_multiple_of_itself(string start, string repeated) => Bomb(start + Repeat(repeated, FourMiB - 10), 250_000_000);

    [Fact]
    public void Random_bytes_never_end_in_anything_but_a_document_exception() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), Gen.Elements("t", "t.yaml", "t.json").ToArbitrary(), ReadsOrRefuses).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_pieces_of_syntax_never_end_in_anything_but_a_document_exception()
    {
        Gen<byte[]> text = Gen.Elements(
                "a", ": ", "- ", "\n", "  ", "\t", "[", "]", "{", "}", ",", "'", "\"", "\\", "&a ", "*a", "!", "!!str ", "!!int ", "<<", "|", ">", "?", "#", "---", "...", "%YAML 1.2",
                "${a}", "$${", "${", "~", "1", ".", "e5", "0x", ".nan", "\r\n", "\uFEFF", "é", "\U0001F432", "\\ud800", "@", "`", "true", "apiVersion: readyops/v1\n", "kind: Gate\n", "name: a\n")
            .ListOf().Select(pieces => Utf8(string.Concat(pieces)));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(text.ToArbitrary(), Gen.Elements("t", "t.yaml", "t.json").ToArbitrary(), ReadsOrRefuses));
    }

    [Fact]
    public void A_sound_document_with_some_bytes_changed_never_ends_in_anything_but_a_document_exception()
    {
        byte[] sound = Utf8(Sound);
        Assert.True(ReadsOrRefuses(sound, "t.yaml"));
        Assert.Equal("Rollout", DocumentLoader.Parse(sound, "t.yaml", "/base", null).Kind);
        Gen<(int At, byte Byte, int Cut)> change = Gen.Choose(0, sound.Length - 1)
            .SelectMany(at => Gen.OneOf(Gen.Choose(0, 255), Gen.Elements<int>('\n', '\t', ' ', ':', '-', '{', '}', '[', '"', '\'', '&', '*', '$', '#')), (at, b) => (at, (byte)b))
            .SelectMany(pair => Gen.Choose(0, 3), (pair, cut) => (pair.at, pair.Item2, cut));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(change.NonEmptyListOf().ToArbitrary(), changes =>
        {
            var bytes = new List<byte>(sound);
            foreach ((int at, byte b, int cut) in changes.Take(4))
            {
                int here = Math.Min(at, bytes.Count);
                bytes.RemoveRange(here, Math.Min(cut, bytes.Count - here));
                bytes.Insert(here, b);
            }

            return ReadsOrRefuses([.. bytes], "t.yaml");
        }));
    }

    private static bool ReadsOrRefuses(byte[] bytes, string file)
    {
        try
        {
            Document document = DocumentLoader.Parse(bytes, file, "/base", null);
            return DocumentJson.ToJson(document.Root).ValueKind == System.Text.Json.JsonValueKind.Object;
        }
        catch (DocumentException exception)
        {
            return exception.Problems.Count > 0 && exception.Problems.All(problem => problem.Message.Length > 0 && problem.File == file);
        }
    }
}
