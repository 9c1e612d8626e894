using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Documents;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>
/// Hostile bytes as a schema and as a document: they are taken, or refused by an exception that says what is wrong, in a time and a memory that
/// grow with their length. READYOPS_FUZZ says how many are tried instead of the few of an ordinary run.
/// </summary>
public sealed class SchemaFuzzTests(ITestOutputHelper output)
{
    private const int Few = 3_000;

    // A schema is checked against its meta-schema and compiled; both make many small objects for each of its keywords.
    private const long MemoryOfSchema = 2_000_000;
    private const long MemoryOfSchemaByte = 10_000;
    private const long MemoryOfDocument = 200_000;
    private const long MemoryOfDocumentByte = 2_000;

    // A pattern may take a second before it is given up; a machine that is busy takes some more.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("READYOPS_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : Few;

    [Fact]
    public void Any_bytes_are_a_schema_or_refused()
    {
        var mutator = new SchemaMutator(7, Real());
        using JsonInstance value = JsonInstance.Parse("""{"a":[1,"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",{"b":null}],"b":{"a":1.5,"":true}}"""u8);
        Run(mutator, MemoryOfSchema, MemoryOfSchemaByte, bytes =>
        {
            JsonSchema schema = JsonSchema.Compile(bytes, new SchemaOptions { AssertFormat = bytes.Length % 2 == 0 });
            // The verdict and the explanation always agree.
            Assert.Equal(schema.IsValid(value), schema.Explain(value, 0, 100).Count == 0);
        });
    }

    [Fact]
    public void Any_bytes_are_a_document_or_refused()
    {
        var mutator = new SchemaMutator(8, Real());
        JsonSchema[] schemas = [.. DocumentSchemas.Kinds.Select(DocumentSchemas.For), .. Real().Take(4).Select(json => JsonSchema.Compile(json, new SchemaOptions { AssertFormat = true }))];
        int next = 0;
        Run(mutator, MemoryOfDocument, MemoryOfDocumentByte, bytes =>
        {
            JsonSchema schema = schemas[next++ % schemas.Length];
            bool valid = schema.IsValid(bytes);
            using JsonInstance instance = JsonInstance.Parse(bytes);
            Assert.Equal(valid, schema.Validate(instance, 50).Count == 0);
        });
    }

    /// <summary>Texts that grow in one way each: where memory grew with the square of it, four times the text would take sixteen times of it.</summary>
    [Theory]
    [InlineData("schema", "{\"properties\":{#}}", "\"n@\":{\"type\":\"string\",\"minLength\":@}")]
    [InlineData("schema", "{\"patternProperties\":{#}}", "\"^n@-[a-z]*$\":{\"not\":{}}")]
    [InlineData("schema", "{\"$defs\":{#},\"allOf\":[true]}", "\"d@\":{\"$ref\":\"#/$defs/d0\"}")]
    [InlineData("schema", "{\"$defs\":{#}}", "\"d@\":{\"$id\":\"http://example.com/d@\",\"$dynamicAnchor\":\"a\",\"items\":{\"$dynamicRef\":\"#a\"}}")]
    [InlineData("schema", "{\"enum\":[#]}", "{\"a\":@}")]
    [InlineData("schema", "{\"anyOf\":[#]}", "{\"properties\":{\"kind\":{\"const\":@}},\"required\":[\"kind\"]}")]
    [InlineData("schema", "{\"required\":[#]}", "\"n@\"")]
    [InlineData("schema", "{\"pattern\":\"#\"}", "(a|b@)*")]
    [InlineData("schema", "{\"x\":{#},\"unevaluatedProperties\":false}", "\"n@\":[1,@]")]
    [InlineData("schema", "{#}", "\"unknown@\":@")]
    [InlineData("schema", "[#]", "@")]
    [InlineData("document", "{#}", "\"n@\":@")]
    [InlineData("document", "[#]", "{\"a\":@}")]
    [InlineData("document", "[#]", "\"text @\"")]
    [InlineData("document", "{\"big\":[#]}", "1e@")]
    [InlineData("document", "{\"a\":\"#\"}", "\\u00e9\\n@")]
    public void Memory_grows_as_the_text_does(string what, string frame, string part)
    {
        JsonSchema schema = JsonSchema.Compile("""{"uniqueItems":true,"additionalProperties":{"type":"null","multipleOf":0.3,"pattern":"^(a+)+$"},"items":{"required":["b"]},"unevaluatedProperties":false}"""u8.ToArray());
        Take(500);
        (long small, long large) = (Take(1_000), Take(4_000));
        Assert.True(large < (small * 6) + 2_000_000, $"{small} bytes for 1000 parts, {large} for 4000.");

        long Take(int parts)
        {
            char between = frame.Contains("\"#\"", StringComparison.Ordinal) ? ' ' : ',';
            byte[] text = Encoding.UTF8.GetBytes(frame.Replace("#", string.Join(between, Enumerable.Range(0, parts).Select(i => part.Replace("@", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))), StringComparison.Ordinal));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                if (what == "schema") JsonSchema.Compile(text).IsValid("""{"a":[1]}"""u8);
                else schema.Validate(JsonInstance.Parse(text));
            }
            catch (Exception exception) when (exception is DocumentException or ReadyOpsException)
            {
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private void Run(SchemaMutator mutator, long memory, long memoryOfByte, Action<byte[]> take)
    {
        (int taken, int refused, double share, TimeSpan longest) = (0, 0, 0, TimeSpan.Zero);
        var problems = new Dictionary<string, string>();
        for (int i = 0; i < Count; i++)
        {
            byte[] bytes = mutator.Next();
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            string? problem = null;
            try
            {
                take(bytes);
                taken++;
            }
            catch (Exception exception) when (exception is DocumentException or ReadyOpsException)
            {
                refused++;
                if (exception.Message.Length == 0) problem = "refused without a word";
            }
            catch (Exception exception)
            {
                problem = exception.ToString();
            }

            TimeSpan time = Stopwatch.GetElapsedTime(start);
            double used = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(memory + (memoryOfByte * bytes.Length));
            if (time > longest) longest = time;
            if (used > share) share = used;
            // The first ones pay for what is made once.
            if (i > 100 && used > 1) problem ??= string.Create(CultureInfo.InvariantCulture, $"{used:0.0} times the memory that {bytes.Length} bytes may take");
            if (time > Longest) problem ??= $"took {time}";
            if (problem is not null && problems.Count < 10) problems.TryAdd(problem, $"{Encoding.UTF8.GetString(bytes)}\n{Convert.ToBase64String(bytes)}");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Count} texts: {taken} taken, {refused} refused; the longest took {longest.TotalMilliseconds:0} ms, the most memory was {share:P0} of what is allowed."));
        Assert.True(problems.Count == 0, string.Join("\n\n", problems.Select(problem => $"{problem.Key}\n{problem.Value}")));
    }

    // Real schemas and documents: the cases of the drafts, which have them of all kinds, and our own.
    private static List<byte[]> Real()
    {
        List<byte[]> real = [];
        foreach (string draft in new[] { "draft7", "draft2019-09" })
        {
            using Stream stream = typeof(SchemaFuzzTests).Assembly.GetManifestResourceStream($"cases/{draft}.json")!;
            using JsonDocument groups = JsonDocument.Parse(stream);
            foreach (JsonElement group in groups.RootElement.EnumerateArray())
            {
                real.Add(Encoding.UTF8.GetBytes(group.GetProperty("schema").GetRawText()));
                foreach (JsonElement test in group.GetProperty("tests").EnumerateArray()) real.Add(Encoding.UTF8.GetBytes(test.GetProperty("data").GetRawText()));
            }
        }

        return real;
    }
}
