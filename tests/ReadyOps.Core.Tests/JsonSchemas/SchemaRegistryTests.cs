using ReadyOps.Core.JsonSchemas;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.JsonSchemas;

public sealed class SchemaRegistryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-schemas-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Schemas_are_found_by_their_id_in_json_and_in_yaml()
    {
        Write("deep/er/money.json", """{"$id": "https://example.org/money", "type": "object", "required": ["amount"]}""");
        Write("currency.yaml", "$id: https://example.org/currency\nenum: [EUR, USD]\n");
        JsonSchema schema = Compile("""{"properties": {"price": {"$ref": "https://example.org/money"}, "in": {"$ref": "https://example.org/currency"}}}""");
        Assert.True(schema.IsValid("""{"price": {"amount": 1}, "in": "EUR"}"""u8));
        Assert.False(schema.IsValid("""{"price": {}}"""u8));
        Assert.False(schema.IsValid("""{"in": "DEM"}"""u8));
    }

    [Fact]
    public void A_schema_finds_its_neighbours_by_their_path_with_an_id_and_without()
    {
        Write("types/name.json", """{"minLength": 1, "$defs": {"long": {"minLength": 3}}}""");
        string file = Write("order.json", """{"$ref": "types/name.json#/$defs/long"}""");
        Assert.False(Compile(File.ReadAllText(file), file).IsValid("\"ab\""u8));
        string named = Write("named.json", """{"$id": "https://example.org/v1/named.json", "$ref": "types/name.json"}""");
        Assert.False(Compile(File.ReadAllText(named), named).IsValid("\"\""u8));
        Assert.False(Compile("""{"$ref": "types/name.json"}""").IsValid("\"\""u8));
    }

    [Theory]
    [InlineData("../outside.json")]
    [InlineData("https://example.org/nowhere")]
    [InlineData("file:///etc/hostname")]
    public void Nothing_is_read_outside_of_the_folders_and_nothing_from_the_network(string reference)
    {
        string inner = Path.Combine(_folder, "inner");
        Directory.CreateDirectory(inner);
        Write("outside.json", "{}");
        var options = new SchemaOptions { Registry = new SchemaRegistry([inner]), File = "s.json" };
        DocumentException exception = Assert.Throws<DocumentException>(() => JsonSchema.Compile(Utf8($$"""{"$ref": "{{reference}}"}"""), options));
        Assert.StartsWith($"s.json:1:10: /$ref: '{reference}' is not known", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_are_followed_within_the_folders_and_not_out_of_them()
    {
        string inner = Path.Combine(_folder, "inner");
        string outside = Write("outside.json", """{"$id": "https://example.org/outside", "type": "null"}""");
        Write("inner/there.json", """{"$id": "https://example.org/there", "type": "null"}""");
        File.CreateSymbolicLink(Path.Combine(inner, "in.json"), Path.Combine(inner, "there.json"));
        File.CreateSymbolicLink(Path.Combine(inner, "out.json"), outside);
        Directory.CreateSymbolicLink(Path.Combine(inner, "up"), _folder);
        Assert.False(JsonSchema.Compile("""{"$ref": "in.json"}"""u8.ToArray(), Options()).IsValid("1"u8));
        foreach (string reference in new[] { "out.json", "up/outside.json", "https://example.org/outside" })
            Assert.Throws<DocumentException>(() => JsonSchema.Compile(Utf8($$"""{"$ref": "{{reference}}"}"""), Options()));

        SchemaOptions Options() => new() { Registry = new SchemaRegistry([inner]) };
    }

    [Fact]
    public void Folders_that_are_linked_in_circles_are_looked_through_once()
    {
        Write("a.json", """{"$id": "https://example.org/a", "type": "null"}""");
        // Followed, two of them are 2^40 paths.
        Directory.CreateSymbolicLink(Path.Combine(_folder, "one"), _folder);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "two"), _folder);
        Assert.False(Compile("""{"$ref": "https://example.org/a"}""").IsValid("1"u8));
        Assert.Single(ReadyOps.Core.Contracts.ContractFolder.Files(_folder));
    }

    [Fact]
    public void A_metaschema_is_held_against_its_own()
    {
        Write("meta.json", """{"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.org/meta", "type": "objct", "required": 3}""");
        DocumentException broken = Assert.Throws<DocumentException>(() => Compile("""{"$schema": "https://example.org/meta"}"""));
        Assert.Equal(2, broken.Problems.Count);
        Assert.EndsWith("meta.json", broken.Problems[0].File, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_that_refers_to_nothing_elsewhere_is_compiled_once_whatever_is_beside_it()
    {
        byte[] alone = Utf8($$"""{"$comment": "{{Guid.NewGuid()}}", "$ref": "#/$defs/a", "$defs": {"a": {"type": "null"} } }"""), other = Utf8($$"""{"$comment": "{{Guid.NewGuid()}}", "$ref": "a.json"}""");
        Write("a.json", "true");
        Assert.Same(JsonSchema.Compile(alone, new SchemaOptions { Registry = new SchemaRegistry([_folder]) }), JsonSchema.Compile(alone, new SchemaOptions { Registry = new SchemaRegistry([_folder]) }));
        Assert.True(JsonSchema.Compile(other, new SchemaOptions { Registry = new SchemaRegistry([_folder]) }).IsValid("1"u8));
        Write("a.json", "false");
        Assert.False(JsonSchema.Compile(other, new SchemaOptions { Registry = new SchemaRegistry([_folder]) }).IsValid("1"u8));
    }

    [Fact]
    public void A_resolver_is_asked_last_and_for_each_schema_once()
    {
        var asked = new List<string>();
        Write("a.json", """{"$id": "https://example.org/a", "$ref": "b#x"}""");
        var registry = new SchemaRegistry([_folder], uri =>
        {
            asked.Add(uri);
            return Utf8("""{"$defs": {"x": {"$anchor": "x", "type": "string"}}}""");
        });
        foreach (string text in new[] { """{"$ref": "https://example.org/a"}""", """{"items": {"$ref": "https://example.org/b#x"}}""" })
            Assert.NotNull(JsonSchema.Compile(Utf8(text), new SchemaOptions { Registry = registry }));
        Assert.Equal(["https://example.org/b"], asked);
    }

    [Fact]
    public void A_schema_that_is_referred_to_is_checked_too_and_named_in_the_problem()
    {
        string broken = Write("broken.json", "{\n \"$id\": \"https://example.org/broken\",\n \"type\": \"txt\"}");
        DocumentException exception = Assert.Throws<DocumentException>(() => Compile("""{"$ref": "https://example.org/broken"}"""));
        Assert.StartsWith($"{broken}:3:10: /type: 'txt' is not known here", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_schema_with_the_same_options_is_compiled_once()
    {
        byte[] text = Utf8("""{"title": "compiled once"}""");
        Assert.Same(JsonSchema.Compile(text), JsonSchema.Compile(text.ToArray(), new SchemaOptions()));
        Assert.NotSame(JsonSchema.Compile(text), JsonSchema.Compile(text, new SchemaOptions { AssertFormat = true }));
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private JsonSchema Compile(string schema, string file = "") => JsonSchema.Compile(Utf8(schema), new SchemaOptions { Registry = new SchemaRegistry([_folder]), File = file });
}
