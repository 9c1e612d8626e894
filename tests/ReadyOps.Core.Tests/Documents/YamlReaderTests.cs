using ReadyOps.Core.Documents;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.Documents;

public sealed class YamlReaderTests
{
    // Expected types and values: YAML 1.2.2, section 10.3.2 (core schema) and its example 10.4.
    [Theory]
    [InlineData("yes", "\"yes\"")]
    [InlineData("no", "\"no\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("off", "\"off\"")]
    [InlineData("true", "true")]
    [InlineData("True", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("tRue", "\"tRue\"")]
    [InlineData("null", "null")]
    [InlineData("~", "null")]
    [InlineData("'~'", "\"~\"")]
    [InlineData("0", "0")]
    [InlineData("-19", "-19")]
    [InlineData("+12", "12")]
    [InlineData("0o7", "7")]
    [InlineData("0o17", "15")]
    [InlineData("0x3A", "58")]
    [InlineData("0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695")]
    [InlineData("0x", "\"0x\"")]
    [InlineData("0o8", "\"0o8\"")]
    [InlineData("-0x1", "\"-0x1\"")]
    [InlineData("0.", "0")]
    [InlineData("-0.0", "-0.0")]
    [InlineData(".5", "0.5")]
    [InlineData("-.5", "-0.5")]
    [InlineData("+12e03", "12e03")]
    [InlineData("-2E+05", "-2E+05")]
    [InlineData("1.10", "1.10")]
    [InlineData("1.", "1")]
    [InlineData("1.e5", "1e5")]
    [InlineData("1e", "\"1e\"")]
    [InlineData("e3", "\"e3\"")]
    [InlineData(".", "\".\"")]
    [InlineData("-", "[null]")]
    [InlineData("+", "\"+\"")]
    [InlineData("1_000", "\"1_000\"")]
    [InlineData("1.2.3", "\"1.2.3\"")]
    [InlineData("2026-11-21", "\"2026-11-21\"")]
    [InlineData("12:30", "\"12:30\"")]
    [InlineData("25%", "\"25%\"")]
    [InlineData("\"1\"", "\"1\"")]
    [InlineData("!!str 1", "\"1\"")]
    [InlineData("! 1", "\"1\"")]
    [InlineData("!!int '1'", "1")]
    [InlineData("!!bool 'true'", "true")]
    public void A_scalar_has_the_type_of_the_core_schema(string yaml, string json) => Assert.Equal(json, Json(Tree(yaml == "-" ? "- " : $"{yaml}\n# end")).Replace("\\u002B", "+", StringComparison.Ordinal));

    [Fact]
    public void Values_and_keys_know_where_they_stand()
    {
        DocumentNode root = Tree("# head\na: 1\nlist:\n  - x\n  - {b: 'y'}\n");
        Assert.Equal((2, 1), (root.Line, root.Column));
        Assert.Equal((2, 4), (root["a"]!.Line, root["a"]!.Column));
        Assert.Equal((3, 1), (root.Members[1].Line, root.Members[1].Column));
        Assert.Equal((4, 5), (root["list"]!.Items[0].Line, root["list"]!.Items[0].Column));
        Assert.Equal((5, 9), (root["list"]!.Items[1]["b"]!.Line, root["list"]!.Items[1]["b"]!.Column));
    }

    [Fact]
    public void Windows_line_ends_and_a_byte_order_mark_do_not_shift_places()
    {
        DocumentNode root = Tree("\uFEFFa: 1\r\nb: äö x\r\nc: |\r\n  t\r\n  u\r\nd: [2]\r\n");
        Assert.Equal((1, 1), (root.Line, root.Column));
        Assert.Equal((2, 4), (root["b"]!.Line, root["b"]!.Column));
        Assert.Equal((6, 5), (root["d"]!.Items[0].Line, root["d"]!.Items[0].Column));
        Assert.Equal("t\nu\n", root["c"]!.Text);
    }

    [Fact]
    public void Anchors_and_aliases_repeat_a_value() =>
        Assert.Equal("""{"a":{"x":[1]},"b":{"x":[1]},"c":[1]}""", Json(Tree("a: &all {x: &one [1]}\nb: *all\nc: *one")));

    [Fact]
    public void An_anchor_can_be_set_again() => Assert.Equal("""[1,1,2,2]""", Json(Tree("[&a 1, *a, &a 2, *a]")));

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3", "t.yaml:3:1: 'a' is here twice; the first is at 1:1")]
    [InlineData("{a: 1, 'a': 2}", "t.yaml:1:8: 'a' is here twice; the first is at 1:2")]
    [InlineData("a: &x [*x]", "t.yaml:1:8: the alias '*x' stands inside the value that it names: a circle")]
    [InlineData("a: &x {b: {c: *x}}", "t.yaml:1:15: the alias '*x' stands inside the value that it names: a circle")]
    [InlineData("a: &limit 1\nb: *limti", "t.yaml:2:4: there is no anchor '&limti' above this alias; did you mean 'limit'?")]
    [InlineData("a: &x {b: 1}\nc:\n  <<: *x", "t.yaml:3:3: merge keys ('<<') are not supported; expected the members written out")]
    [InlineData("a: 1\n---\nb: 2", "t.yaml:2:1: a second document begins here; expected one document a file")]
    [InlineData("a: !!binary aGk=", "t.yaml:1:4: the tag 'tag:yaml.org,2002:binary' is not supported")]
    [InlineData("a: !secret x", "t.yaml:1:4: the tag '!secret' is not supported")]
    [InlineData("a: !!set {b: null}", "t.yaml:1:4: the tag 'tag:yaml.org,2002:set' is not supported")]
    [InlineData("a: !!int x", "t.yaml:1:4: 'x' does not fit its tag")]
    [InlineData("a: .inf", "t.yaml:1:4: '.inf' is no number that a document may hold; write it in quotes if a text is meant")]
    [InlineData("a: -.INF", "t.yaml:1:4: '-.INF' is no number that a document may hold; write it in quotes if a text is meant")]
    [InlineData("a: .nan", "t.yaml:1:4: '.nan' is no number that a document may hold; write it in quotes if a text is meant")]
    [InlineData("a: 007", "t.yaml:1:4: '007' begins with a zero: write it in quotes if a text is meant, without the zero if a number is")]
    [InlineData("a:\n\tb: 1", "t.yaml:2:1: a tab stands in the indentation; expected spaces")]
    [InlineData("\ta: 1", "t.yaml:1:1: a tab stands in the indentation; expected spaces")]
    [InlineData("a:\n  b: x\n  \tc: y", "t.yaml:3:3: a tab stands in the indentation; expected spaces")]
    [InlineData("a: b\n\tc: d", "t.yaml:2:1: a tab stands in the indentation; expected spaces")]
    [InlineData("? [a]\n: b", "t.yaml:1:3: this key is no text; expected a text before the colon")]
    [InlineData("", "t.yaml:1:1: the file is empty; expected a document")]
    [InlineData("# only a comment", "t.yaml:1:1: the file is empty; expected a document")]
    [InlineData("a: [${x}]", "t.yaml:1:6: this is not YAML: while parsing a flow sequence, did not find expected ',' or ']'; expected quotes around a text with ${…} inside brackets")]
    [InlineData("a: @x", "t.yaml:1:4: this is not YAML: while scanning for the next token, found character that cannot start any token; expected quotes around a text that begins with '@'")]
    [InlineData("a: b: c", "t.yaml:1:5: this is not YAML: while scanning a plain scalar value, found invalid mapping; expected quotes around a text with ': ' in it, or less indentation")]
    [InlineData("!<> x", "t.yaml:1:4: this cannot be read as YAML from here on")]
    [InlineData("a: \"\\0\"", "t.yaml:1:4: the text holds the character U+0000")]
    public void What_cannot_be_read_says_where_and_why(string yaml, string problem) => Assert.Equal([problem], TreeProblems(yaml));

    [Fact]
    public void A_tab_between_key_and_value_or_inside_a_block_of_text_is_no_indentation() =>
        Assert.Equal("""{"a":1,"b":"\tx\n"}""", Json(Tree("a:\t1\nb: |\n  \tx\n")));

    [Fact]
    public void All_that_can_be_said_is_said_at_once() => Assert.Equal(
        ["t.yaml:2:1: 'a' is here twice; the first is at 1:1", "t.yaml:3:4: the tag '!x' is not supported"],
        TreeProblems("a: 1\na: 2\nb: !x y"));

    [Fact]
    public void Sixty_four_levels_are_read_and_one_more_is_not()
    {
        Assert.Equal(NodeKind.Array, Tree(new string('[', 64) + new string(']', 64)).Kind);
        Assert.Equal(["t.yaml:1:65: values are nested deeper than 64 levels"], TreeProblems(new string('[', 65) + new string(']', 65)));
        // Through aliases: 40 levels behind an alias that stands 40 levels deep.
        string deep = $"a: &x {new string('[', 40)}{new string(']', 40)}\nb: {new string('[', 40)}*x{new string(']', 40)}";
        Assert.Equal(["t.yaml:2:44: values are nested deeper than 64 levels"], TreeProblems(deep));
    }
}
