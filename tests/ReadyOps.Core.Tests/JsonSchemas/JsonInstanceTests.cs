using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.JsonSchemas;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.JsonSchemas;

public sealed class JsonInstanceTests
{
    [Theory]
    [InlineData("""{"a": [1, -2.5e3, "x\u00e9\n", true], "b": {}, "c": null}""", """{"a":[1,-2.5e3,"xé\n",true],"b":{},"c":null}""")]
    [InlineData(" [ ] ", "[]")]
    [InlineData("\uFEFF\"é\"", "\"é\"")]
    public void What_was_read_is_what_was_written(string text, string json)
    {
        using JsonInstance instance = JsonInstance.Parse(Utf8(text));
        Assert.Equal(json, instance.Json(0));
        using JsonInstance element = JsonInstance.FromElement(JsonDocument.Parse(text.TrimStart('\uFEFF')).RootElement);
        Assert.True(DeepEquality.Equal(instance, 0, element, 0));
    }

    [Theory]
    [InlineData("{\"a\": 1,\n \"b\": 2, \"\\u0061\": 3}", "t.json:2:10: 'a' is here twice in one object")]
    [InlineData("[\"\\ud800\"]", "t.json:1:2: the text holds half of a surrogate pair")]
    [InlineData("[1,\n]", "t.json:2:1: JSON has no trailing commas; expected another value, or no comma before this")]
    [InlineData("", "t.json:1:1: this is not JSON")]
    [InlineData("{} {}", "t.json:1:4: this is not JSON")]
    [InlineData("NaN", "t.json:1:1: this is not JSON")]
    [InlineData("// no\n1", "t.json:1:1: this is not JSON")]
    public void What_is_no_json_or_means_different_things_to_different_readers_is_refused_at_its_place(string text, string problem) =>
        Assert.StartsWith(problem, Assert.Throws<DocumentException>(() => JsonInstance.Parse(Utf8(text), "t.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_that_are_there_twice_are_found_among_many()
    {
        string many = string.Join(", ", Enumerable.Range(0, 5000).Select(i => $"\"n{i}\": {i}"));
        using JsonInstance fine = JsonInstance.Parse(Utf8($"{{{many}}}"));
        Assert.Contains("'n17' is here twice", Assert.Throws<DocumentException>(() => JsonInstance.Parse(Utf8($"{{{many}, \"n17\": 0}}"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_utf_8_are_refused() =>
        Assert.StartsWith("line 1, column 3: the text is not UTF-8", Assert.Throws<DocumentException>(() => JsonInstance.Parse(new byte[] { (byte)'"', (byte)'a', 0xFF, (byte)'"' })).Message, StringComparison.Ordinal);

    [Fact]
    public void Nesting_has_a_limit()
    {
        using JsonInstance deepest = JsonInstance.Parse(Utf8(new string('[', 512) + new string(']', 512)));
        Assert.Throws<DocumentException>(() => JsonInstance.Parse(Utf8(new string('[', 513) + new string(']', 513))));
    }

    [Fact]
    public void An_instance_can_be_loaded_again_after_a_text_that_was_no_json()
    {
        JsonSchema schema = JsonSchema.Compile("{\"type\": \"object\"}"u8.ToArray());
        using JsonInstance instance = JsonInstance.Parse("[]"u8);
        Assert.False(schema.IsValid(instance));
        Assert.Throws<DocumentException>(() => instance.Load("{"u8));
        Assert.Throws<ArgumentException>(() => schema.IsValid(instance));
        instance.Load("{\"a\": 1}"u8);
        Assert.True(schema.IsValid(instance));
    }

    [Fact]
    public void Places_are_line_and_column_in_characters_as_an_editor_counts()
    {
        using JsonInstance instance = JsonInstance.Parse(Utf8("{\r\n  \"é💚\": 1,\r  \"b\": [\n2]}"));
        // The object, a name, its value, a name, a list, its item.
        Assert.Equal([(1, 1), (2, 3), (2, 10), (3, 3), (3, 8), (4, 1)], Enumerable.Range(0, 6).Select(instance.Place));
    }

    [Fact]
    public void Equal_values_have_equal_hashes_in_whatever_order_their_members_stand()
    {
        Gen<string> Value(int depth) => depth == 0
            ? Gen.Elements("1", "1.0", "10e-1", "0", "-0", "true", "null", "\"a\"", "\"\\u0061\"", "1e3", "1000")
            : Gen.OneOf(Value(0), Gen.Choose(0, 3).SelectMany(n => Value(depth - 1).ListOf(n)).Select(items => $"[{string.Join(',', items)}]"),
                Gen.Choose(0, 3).SelectMany(n => Value(depth - 1).ListOf(n)).Select(values => $"{{{string.Join(',', values.Select((value, i) => $"\"m{i}\":{value}"))}}}"),
                Gen.Choose(0, 3).SelectMany(n => Value(depth - 1).ListOf(n)).Select(values => $"{{{string.Join(',', values.Select((value, i) => $"\"m{i}\":{value}").Reverse())}}}"));
        Prop.ForAll(Value(2).ToArbitrary(), Value(2).ToArbitrary(), (left, right) =>
        {
            using JsonInstance a = JsonInstance.Parse(Utf8(left)), b = JsonInstance.Parse(Utf8(right));
            bool equal = DeepEquality.Equal(a, 0, b, 0);
            return equal == DeepEquality.Equal(b, 0, a, 0) && DeepEquality.Equal(a, 0, a, 0) && (!equal || DeepEquality.Hash(a, 0) == DeepEquality.Hash(b, 0));
        }).QuickCheckThrowOnFailure();
    }
}
