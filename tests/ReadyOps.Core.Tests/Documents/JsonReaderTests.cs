using ReadyOps.Core.Documents;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.Documents;

public sealed class JsonReaderTests
{
    [Fact]
    public void Json_becomes_the_tree_that_the_same_yaml_becomes()
    {
        const string Text = """{"a": [1, -2.50, 1e3, true, false, null, "x\n\u00e4\ud83d\ude00"], "b": {}}""";
        Assert.Equal(Json(Tree(Text, "t.json")), Json(Tree(Text, "t.yaml")));
        Assert.Equal("-2.50", Tree(Text, "t.json")["a"]!.Items[1].Text);
    }

    [Fact]
    public void Values_and_keys_know_where_they_stand()
    {
        DocumentNode root = Tree("{\r\n  \"ä\": 1,\r\n  \"\U0001F600\": [2,\r\n 3], \"é\":4 }", "t.json");
        Assert.Equal((2, 8), (root["ä"]!.Line, root["ä"]!.Column));
        Assert.Equal((3, 3), (root.Members[1].Line, root.Members[1].Column));
        // The emoji counts two columns, as it does in editors.
        Assert.Equal((3, 9), (root["\U0001F600"]!.Line, root["\U0001F600"]!.Column));
        Assert.Equal((4, 2), (root["\U0001F600"]!.Items[1].Line, root["\U0001F600"]!.Items[1].Column));
        Assert.Equal((4, 10), (root["é"]!.Line, root["é"]!.Column));
    }

    [Theory]
    [InlineData("{\"a\": 1, \"a\": 2}", "t.json:1:10: 'a' is here twice; the first is at 1:2")]
    [InlineData("[1,]", "t.json:1:4: JSON has no trailing commas; expected another value, or no comma before this")]
    [InlineData("{\"a\": 1,\n}", "t.json:2:1: JSON has no trailing commas; expected another value, or no comma before this")]
    [InlineData("[1 // one\n]", "t.json:1:4: JSON has no comments; expected YAML for a document with comments")]
    [InlineData("/* one */ [1]", "t.json:1:1: JSON has no comments; expected YAML for a document with comments")]
    [InlineData("[1] // one", "t.json:1:5: JSON has no comments; expected YAML for a document with comments")]
    [InlineData("[\"\\ud800\"]", "t.json:1:2: the text holds half of a surrogate pair")]
    [InlineData("[\"\\u0000\"]", "t.json:1:2: the text holds the character U+0000")]
    public void What_is_wrong_says_where_and_why(string json, string problem) => Assert.Equal([problem], TreeProblems(json, "t.json"));

    [Theory]
    [InlineData("", "t.json:1:1: this is not JSON: ")]
    [InlineData("{\"ä\": 01}", "t.json:1:8: this is not JSON: ")]
    [InlineData("{\"a\": 1}\n{}", "t.json:2:1: this is not JSON: ")]
    [InlineData("{\"a\"", "t.json:1:5: this is not JSON: ")]
    [InlineData("{\"a\": 'x'}", "t.json:1:7: this is not JSON: ")]
    [InlineData("{\"a\": \"x\n\"}", "t.json:1:9: this is not JSON: ")]
    [InlineData("NaN", "t.json:1:1: this is not JSON: ")]
    public void A_syntax_error_says_where(string json, string start) => Assert.StartsWith(start, Assert.Single(TreeProblems(json, "t.json")), StringComparison.Ordinal);

    [Fact]
    public void Sixty_four_levels_are_read_and_one_more_is_not()
    {
        Assert.Equal(NodeKind.Array, Tree(new string('[', 64) + new string(']', 64), "t.json").Kind);
        Assert.Equal(["t.json:1:65: values are nested deeper than 64 levels"], TreeProblems(new string('[', 65) + new string(']', 65), "t.json"));
    }

    [Fact]
    public void Without_an_extension_a_brace_is_json_where_it_reads_as_json_and_yaml_otherwise()
    {
        Assert.Equal("""{"a":"b"}""", Json(Tree("{a: b}", "-")));
        Assert.Equal(["-:1:10: 'a' is here twice; the first is at 1:2"], TreeProblems("{\"a\": 1, \"a\": 2}", "-"));
        Assert.StartsWith("-:1:9: this is not JSON", TreeProblems("{\"a\": 1 ]", "-")[0], StringComparison.Ordinal);
    }
}
