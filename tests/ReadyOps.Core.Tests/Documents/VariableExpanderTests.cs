using ReadyOps.Core.Documents;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.Documents;

public sealed class VariableExpanderTests
{
    [Fact]
    public void The_caller_goes_before_the_document_and_the_document_before_the_environment()
    {
        Environment.SetEnvironmentVariable("READYOPS_VE_TEST_ONE", "environment");
        const string Text = "variables: {b: document, c: document}\nx: ${a} ${b} ${ve-test.one}\n";
        Assert.Equal("caller document environment", Expand(Text, ("a", "caller"))["x"]!.Text);
        Assert.Equal("1 caller caller", Expand(Text, ("a", "1"), ("b", "caller"), ("ve-test.one", "caller"))["x"]!.Text);
    }

    [Theory]
    [InlineData("${n}", "5", NodeKind.Number, "5")]
    [InlineData("${n}", "+5", NodeKind.Number, "5")]
    [InlineData("${n}", "true", NodeKind.Boolean, "true")]
    [InlineData("${n}", "25%", NodeKind.String, "25%")]
    [InlineData("${n}", "007", NodeKind.String, "007")]
    [InlineData("${n}", "", NodeKind.Null, "null")]
    [InlineData("'${n}'", "5", NodeKind.String, "5")]
    [InlineData("${n}${n}", "5", NodeKind.String, "55")]
    [InlineData("1${n}", "5", NodeKind.String, "15")]
    [InlineData("a $${n} b", "5", NodeKind.String, "a ${n} b")]
    [InlineData("$${${n}}", "5", NodeKind.String, "${5}")]
    [InlineData("$n $ $$ {n}", "5", NodeKind.String, "$n $ $$ {n}")]
    [InlineData("${n}", "${m}", NodeKind.String, "${m}")]
    public void A_value_takes_its_type_only_where_it_stands_alone_without_quotes(string scalar, string value, NodeKind kind, string text)
    {
        DocumentNode node = Expand($"x: {scalar}", ("n", value))["x"]!;
        Assert.Equal((kind, text), (node.Kind, node.Text));
        Assert.Equal((1, 4), (node.Line, node.Column));
    }

    [Fact]
    public void In_json_every_text_is_quoted_and_stays_a_text()
    {
        var problems = new ProblemList("t.json");
        DocumentNode root = VariableExpander.Expand(Tree("""{"x": "${n}"}""", "t.json"), new Dictionary<string, string> { ["n"] = "5" }, problems);
        Assert.Equal(NodeKind.String, root["x"]!.Kind);
    }

    [Fact]
    public void In_promql_a_value_cannot_leave_its_quotes_and_the_window_is_left_to_the_engine()
    {
        DocumentNode root = Expand("""
            signals:
              - query: 'x{app="${app}"}[${window}]'
                stable: '${app}'
                ratio: {of: 'a{app="${app}"}', over: [ 'b${app}' ]}
            target: {stable: '${app}'}
            goldenSignals: {errors: '${app}', window: '${w}'}
            checks:
              - {type: slo, errors: 'x{app="${app}"}[${window}]', histogram: '${app}'}
            errors: '${app}'
            """, ("app", "a\"}\\\n"), ("w", "5m"));
        const string Escaped = "a\\\"}\\\\\\n";
        DocumentNode signal = root["signals"]!.Items[0];
        Assert.Equal("x{app=\"" + Escaped + "\"}[${window}]", signal["query"]!.Text);
        Assert.Equal(Escaped, signal["stable"]!.Text);
        Assert.Equal("b" + Escaped, signal["ratio"]!["over"]!.Items[0].Text);
        Assert.Equal("a\"}\\\n", root["target"]!["stable"]!.Text);
        Assert.Equal(Escaped, root["goldenSignals"]!["errors"]!.Text);
        Assert.Equal("5m", root["goldenSignals"]!["window"]!.Text);
        Assert.Equal("x{app=\"" + Escaped + "\"}[${window}]", root["checks"]!.Items[0]["errors"]!.Text);
        Assert.Equal(Escaped, root["checks"]!.Items[0]["histogram"]!.Text);
        Assert.Equal("a\"}\\\n", root["errors"]!.Text);
    }

    [Theory]
    [InlineData("release: '2.4.0'", null, "2.4.0")]
    [InlineData("release: '${tag}'", null, "7")]
    [InlineData("release: '2.4.0'", "2.5.0", "2.5.0")] // the caller's release goes before the document's
    public void The_release_is_a_variable(string release, string? given, string expected)
    {
        var problems = new ProblemList("t.yaml");
        var values = new Dictionary<string, string> { ["tag"] = "7" };
        if (given is not null) values["release"] = given;
        DocumentNode root = VariableExpander.Expand(Tree(release + "\nquery: 'up{v=\"${release}\"}'"), values, problems);
        problems.ThrowIfAny();
        Assert.Equal($"up{{v=\"{expected}\"}}", root["query"]!.Text);
    }

    [Fact]
    public void Keys_and_the_variables_themselves_are_left_alone() =>
        Assert.Equal("""{"variables":{"a":1},"${a}":1}""", Json(Expand("variables: {a: 1}\n'${a}': ${a}")));

    [Theory]
    [InlineData("variables: {release: 1}\nx: 'v${relaese}'", "t.yaml:2:4: there is no variable 'relaese'; did you mean 'release'?")]
    [InlineData("x: ${VE_NOWHERE}", "t.yaml:1:4: there is no variable 'VE_NOWHERE'")]
    [InlineData("x: a${", "t.yaml:1:4: '${' begins no variable; expected ${name}, or $${ for a literal ${")]
    [InlineData("x: '${a b}'", "t.yaml:1:4: '${' begins no variable; expected ${name}, or $${ for a literal ${")]
    [InlineData("x: '${window}'", "t.yaml:1:4: there is no variable 'window'")]
    [InlineData("variables: {a: '${b}'}", "t.yaml:1:16: /variables/a: variables are not put into other variables; expected the value itself")]
    [InlineData("variables: {a: [1]}", "t.yaml:1:16: /variables/a: the variable 'a' has no value that could be put in; expected a text, a number, true or false")]
    public void What_cannot_be_put_in_says_where_and_why(string yaml, string problem) => Assert.Equal([problem], Problems(() => Expand(yaml)));

    [Fact]
    public void A_value_put_in_ever_so_often_runs_into_the_budget()
    {
        string text = "variables: {a: " + new string('x', 100_000) + "}\nx:\n" + string.Concat(Enumerable.Repeat("- ${a}\n", 100));
        Assert.Contains("characters, aliases written out", Assert.Single(Problems(() => Expand(text))), StringComparison.Ordinal);
    }
}
