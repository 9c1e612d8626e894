using ReadyOps.Core.Documents;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.Documents;

public sealed class ObjectReaderTests
{
    private readonly ProblemList _problems = new("t.yaml");

    private enum Colour
    {
        DarkRed,
        Green,
    }

    private static string Folder => Path.GetFullPath("/base");

    private ObjectReader Reader(string yaml) => new(Tree(yaml), "", Folder, _problems);

    private string[] Noted() => _problems.Any ? Problems(_problems.ThrowIfAny) : [];

    [Fact]
    public void Values_are_read_by_their_type()
    {
        ObjectReader reader = Reader("""
            text: a
            number: 1.50
            whole: 1e3
            flag: true
            nothing: ~
            duration: 1h30m
            zero: 0
            share: 0.25
            bound: < 1%
            choice: darkRed
            one: x
            many: [x, 2, true]
            path: sub/file
            headers: {A: 1, B: b}
            """);
        Assert.Equal("a", reader.RequiredText("text"));
        Assert.Equal("1.50", reader.RequiredText("number"));
        Assert.Equal(1.5, reader.Number("number", 0));
        Assert.Equal(1000, reader.Integer("whole", 0));
        Assert.True(reader.Flag("flag"));
        Assert.True(reader.Flag("nothing", true));
        Assert.False(reader.Has("nothing"));
        Assert.Null(reader.OptionalText("nothing"));
        Assert.Equal(TimeSpan.FromMinutes(90), reader.Duration("duration", TimeSpan.Zero));
        Assert.Equal(TimeSpan.Zero, reader.OptionalDuration("zero"));
        Assert.Equal(25m, reader.Percent("share", 0));
        Assert.Equal(BoundOperator.Less, reader.RequiredBound("bound").Operator);
        Assert.Equal(Colour.DarkRed, reader.Choice("choice", Colour.Green));
        Assert.Equal(["x"], reader.Texts("one"));
        Assert.Equal(["x", "2", "true"], reader.Texts("many"));
        Assert.Equal([], reader.Texts("nowhere"));
        Assert.Equal(Path.Combine(Folder, "sub", "file"), reader.RequiredPath("path"));
        Assert.Equal([new("A", "1"), new("B", "b")], reader.TextMembers("headers"));
        Assert.Equal("t.yaml:1", reader.Source);
        Assert.Equal([], Noted());
    }

    [Fact]
    public void What_is_not_there_reads_as_its_fallback()
    {
        ObjectReader reader = Reader("{}");
        Assert.Equal(7, reader.Integer("a", 7));
        Assert.Equal(0.5, reader.Number("a", 0.5));
        Assert.Equal(5m, reader.Percent("a", 5));
        Assert.Equal(Colour.Green, reader.Choice("a", Colour.Green));
        Assert.Null(reader.Object("a"));
        Assert.Null(reader.OptionalBound("a"));
        Assert.Null(reader.OptionalSecret("a"));
        Assert.Empty(reader.Objects("a"));
        Assert.Equal([], Noted());
    }

    [Fact]
    public void Every_problem_is_noted_at_its_place_and_reading_goes_on()
    {
        ObjectReader reader = Reader("""
            text: [1]
            whole: 1.5
            flag: yes
            duration: 5
            share: 1
            bound: 1%
            choice: blue
            object: 1
            list: {a: 1}
            objects: [1]
            texts: [[1]]
            a/b: 11
            """);
        Assert.Equal("", reader.RequiredText("text"));
        Assert.Equal("", reader.RequiredText("text"));
        reader.Integer("whole", 0);
        reader.Flag("flag");
        reader.Duration("duration", TimeSpan.Zero);
        reader.Percent("share", 0);
        reader.RequiredBound("bound");
        reader.Choice("choice", Colour.Green);
        reader.Object("object");
        reader.Objects("list");
        reader.Objects("objects");
        reader.Texts("texts");
        reader.Integer("a/b", 0, 1, 10);
        reader.RequiredText("missing");
        reader.Problem("nowhere", "this is odd", "something else");
        Assert.Equal(
            [
                "t.yaml:1:1: 'missing' is missing; expected a member named 'missing'",
                "t.yaml:1:1: this is odd; expected something else",
                "t.yaml:1:7: /text: this is a list; expected a text",
                "t.yaml:2:8: /whole: this is '1.5'; expected a whole number",
                "t.yaml:3:7: /flag: this is 'yes'; expected true or false",
                "t.yaml:4:11: /duration: this is '5'; expected a duration such as 30s, 500ms, 1h30m or 7d",
                "t.yaml:5:8: /share: this is '1'; expected a share from 0% to 100%, written 25% or 0.25",
                "t.yaml:6:8: /bound: '1%' does not begin with an operator; expected " + Quantities.BoundExpected,
                "t.yaml:7:9: /choice: this is 'blue'; expected one of darkRed, green",
                "t.yaml:8:9: /object: this is a number; expected an object",
                "t.yaml:9:7: /list: this is an object; expected a list",
                "t.yaml:10:11: /objects/0: this is a number; expected an object",
                "t.yaml:11:8: /texts: this is a list; expected a text or a list of texts",
                "t.yaml:12:6: /a~1b: this is '11'; expected a whole number from 1 to 10",
            ],
            Noted());
    }

    [Fact]
    public void A_problem_that_is_noted_twice_is_said_once_and_no_more_than_a_hundred_are_said()
    {
        for (int twice = 0; twice < 2; twice++)
            for (int line = 120; line > 0; line--) _problems.Add(line, 1, "", "wrong");
        string[] said = Noted();
        Assert.Equal(101, said.Length);
        Assert.Equal("t.yaml: these are the first 100 problems; there are more", said[^1]);
        Assert.Equal("t.yaml:21:1: wrong", said[0]);
    }
}
