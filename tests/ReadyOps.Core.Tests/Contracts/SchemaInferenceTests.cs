using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Contracts;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Tests.Contracts;

public sealed class SchemaInferenceTests
{
    [Fact]
    public void Types_and_required_members_are_those_of_the_samples()
    {
        JsonElement schema = Infer("""{"id": 1, "name": "a", "tags": ["x"], "note": null}""", """{"id": 2.0, "name": "b", "tags": []}""");
        Assert.Equal("object", schema.GetProperty("type").GetString());
        Assert.Equal(["id", "name", "tags"], Texts(schema.GetProperty("required")));
        JsonElement members = schema.GetProperty("properties");
        Assert.Equal("integer", members.GetProperty("id").GetProperty("type").GetString()); // 2.0 is whole
        Assert.Equal("string", members.GetProperty("name").GetProperty("type").GetString());
        Assert.Equal("string", members.GetProperty("tags").GetProperty("items").GetProperty("type").GetString());
        Assert.Equal("null", members.GetProperty("note").GetProperty("type").GetString());
        Assert.False(schema.TryGetProperty("additionalProperties", out _));
    }

    [Fact]
    public void Numbers_that_are_not_all_whole_are_numbers_and_mixed_types_are_all_allowed()
    {
        JsonElement schema = Infer("""{"n": 1, "m": "x"}""", """{"n": 1.5, "m": null}""", """{"n": 1e400, "m": true}""");
        Assert.Equal("number", schema.GetProperty("properties").GetProperty("n").GetProperty("type").GetString());
        Assert.Equal(["string", "null", "boolean"], Texts(schema.GetProperty("properties").GetProperty("m").GetProperty("type")));
    }

    [Fact]
    public void Few_values_seen_often_are_an_enum_and_null_beside_them_stays_allowed()
    {
        string[] samples = [.. Enumerable.Range(0, 12).Select(i => $$"""{"status": {{(i % 4 == 3 ? "null" : i % 2 == 0 ? "\"ok\"" : "\"bad\"")}}, "id": "k{{i}}"}""")];
        JsonElement members = Infer(samples).GetProperty("properties");
        Assert.Equal(["bad", "ok", null], members.GetProperty("status").GetProperty("enum").EnumerateArray().Select(value => value.GetString()));
        Assert.False(members.GetProperty("id").TryGetProperty("enum", out _));
        Assert.False(Infer(samples[..4]).GetProperty("properties").GetProperty("status").TryGetProperty("enum", out _)); // too few to tell
    }

    [Theory]
    [InlineData("{\"a\":", "}")]
    [InlineData("[", "]")]
    public void A_sample_as_deep_as_may_be_makes_a_schema_that_can_be_read_and_accepts_it(string open, string close)
    {
        string sample = string.Concat(Enumerable.Repeat(open, 511)) + "1" + string.Concat(Enumerable.Repeat(close, 511));
        var inference = new SchemaInference(new SchemaInferenceOptions());
        inference.Add(Encoding.UTF8.GetBytes(sample));
        Assert.True(JsonSchema.Compile(inference.ToSchema()).IsValid(Encoding.UTF8.GetBytes(sample)));
    }

    [Fact]
    public async Task Samples_are_read_as_outputs_are_lines_and_yaml_alike()
    {
        string folder = Directory.CreateTempSubdirectory("readyops-samples-").FullName;
        try
        {
            string lines = Path.Combine(folder, "a.jsonl"), yaml = Path.Combine(folder, "a.yaml");
            await File.WriteAllBytesAsync(lines, [.. "{\"a\": 1}\n\n{\"a\": \""u8, 0xFF, .. "\"}\n"u8], TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(yaml, "a: [x, 1]\n", TestContext.Current.CancellationToken);
            var inference = new SchemaInference(new SchemaInferenceOptions());
            DocumentException broken = await Assert.ThrowsAsync<DocumentException>(() => inference.AddFileAsync(lines, TestContext.Current.CancellationToken));
            Assert.Equal(3, Assert.Single(broken.Problems).Line);
            await inference.AddFileAsync(yaml, TestContext.Current.CancellationToken);
            Assert.Contains("\"array\"", Encoding.UTF8.GetString(inference.ToSchema()), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("date-time", "2026-11-21T03:14:00Z", "2026-11-21T03:14:00.5+01:00")]
    [InlineData("date", "2026-11-21", "2024-02-29")]
    [InlineData("uuid", "98d80576-482e-427f-8434-7f86890ab222", "98D80576-482E-427F-8434-7F86890AB222")]
    [InlineData("ipv4", "10.0.0.1", "192.0.2.1")]
    [InlineData("email", "ada@example.com", "b@example.org")]
    [InlineData("uri", "https://example.com/a", "urn:x:y")]
    [InlineData(null, "2026-11-21", "tomorrow")]
    public void A_format_is_named_when_every_text_has_it(string? format, params string[] texts)
    {
        JsonElement schema = Infer([.. texts.Select(text => JsonSerializer.Serialize(text))]);
        Assert.Equal(format, schema.TryGetProperty("format", out JsonElement named) ? named.GetString() : null);
    }

    [Fact]
    public void Many_names_of_which_each_object_has_few_are_a_map()
    {
        string[] samples = [.. Enumerable.Range(0, 20).Select(i => $$$"""{"hosts": {"h{{{i}}}": {"up": true} } }""")];
        JsonElement hosts = Infer(samples).GetProperty("properties").GetProperty("hosts");
        Assert.False(hosts.TryGetProperty("properties", out _));
        Assert.Equal("object", hosts.GetProperty("additionalProperties").GetProperty("type").GetString());
        Assert.Equal(["up"], Texts(hosts.GetProperty("additionalProperties").GetProperty("required")));
    }

    [Fact]
    public void A_closed_contract_refuses_what_no_sample_has()
    {
        JsonSchema closed = JsonSchema.Compile(Schema(new SchemaInferenceOptions { Closed = true }, """{"a": 1}"""));
        Assert.True(closed.IsValid("""{"a": 2}"""u8));
        Assert.False(closed.IsValid("""{"a": 2, "b": 3}"""u8));
    }

    [Fact]
    public void A_sample_that_the_validator_would_refuse_is_refused()
    {
        Assert.Throws<DocumentException>(() => Infer("""{"a": 1, "a": 2}"""));
        Assert.Throws<DocumentException>(() => Infer("{"));
        Assert.Equal("SamplesMissing", Assert.Throws<ReadyOpsException>(() => Infer()).Id);
    }

    // The law that a starting point must keep: it accepts all it was made of, formats asserted, closed or not.
    [Fact]
    public void It_accepts_every_sample_it_was_made_of() => Prop.ForAll(Samples().ArrayOf().Where(samples => samples.Length is > 0 and < 40).ToArbitrary(), samples =>
    {
        string[] texts = [.. samples.Select(sample => sample?.ToJsonString() ?? "null")];
        foreach (bool isClosed in new[] { false, true })
        {
            byte[] schema = Schema(new SchemaInferenceOptions { Closed = isClosed }, texts);
            JsonSchema compiled = JsonSchema.Compile(schema, new SchemaOptions { AssertFormat = true });
            Assert.Empty(compiled.Warnings);
            foreach (string text in texts) Assert.True(compiled.IsValid(Encoding.UTF8.GetBytes(text)), $"{text} does not fit {Encoding.UTF8.GetString(schema)}");
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static Gen<JsonNode?> Samples() => Gen.Sized(size => Value(Math.Min(size, 12)));

    private static Gen<JsonNode?> Value(int size)
    {
        Gen<JsonNode?> scalar = Gen.OneOf(
            Gen.Elements("ok", "bad", "2026-11-21", "2026-11-21T03:14:00Z", "10.0.0.1", "", "ü", "https://a.example").Select(text => (JsonNode?)JsonValue.Create(text)),
            Gen.Choose(-5, 5).Select(number => (JsonNode?)JsonValue.Create(number)),
            Gen.Elements(1.0, 0.5, -2.25, 1e300).Select(number => (JsonNode?)JsonValue.Create(number)),
            Gen.Elements(true, false).Select(flag => (JsonNode?)JsonValue.Create(flag)),
            Gen.Constant((JsonNode?)null));
        if (size <= 1) return scalar;
        Gen<JsonNode?> inner = Value(size / 3);
        Gen<JsonNode?> list = inner.ArrayOf().Select(items => (JsonNode?)new JsonArray([.. items.Take(4).Select(item => item?.DeepClone())]));
        Gen<JsonNode?> map = Gen.Choose(0, 400).Zip(inner).ArrayOf().Select(members => (JsonNode?)Object(members.Take(6).Select(m => ($"k{m.Item1}", m.Item2))));
        Gen<JsonNode?> record = Gen.Elements("a", "b", "c", "d e", "$ref").Zip(inner).ArrayOf().Select(members => (JsonNode?)Object(members.Take(6)));
        return Gen.Frequency((2, scalar), (1, list), (1, map), (3, record));
    }

    private static JsonObject Object(IEnumerable<(string Name, JsonNode? Value)> members)
    {
        var made = new JsonObject();
        foreach ((string name, JsonNode? value) in members) made[name] = value?.DeepClone();
        return made;
    }

    private static JsonElement Infer(params string[] samples) => JsonDocument.Parse(Schema(new SchemaInferenceOptions(), samples)).RootElement;

    private static byte[] Schema(SchemaInferenceOptions options, params string[] samples)
    {
        var inference = new SchemaInference(options);
        foreach (string sample in samples) inference.Add(Encoding.UTF8.GetBytes(sample));
        return inference.ToSchema();
    }

    private static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(item => item.GetString());
}
