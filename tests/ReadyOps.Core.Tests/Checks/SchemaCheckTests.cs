namespace ReadyOps.Core.Tests.Checks;

public sealed class SchemaCheckTests : IDisposable
{
    private const string Check = """{"name": "outputs", "type": "schema", "path": ["out/*.json", "out/*.jsonl"], "contract": "contract.yaml", "bound": ">= 75%", "minimum": 4}""";

    private readonly TestFolder _folder = new();

    public SchemaCheckTests()
    {
        _folder.Write("contract.yaml", "type: object\nrequired: [id]\nproperties:\n  id: {$ref: id.json}\n");
        _folder.Write("id.json", """{"type": "integer"}""");
        _folder.Write("out/a.json", """{"id": 1}""");
        _folder.Write("out/b.json", """{"id": 2}""");
        _folder.Write("out/c.jsonl", "{\"id\": 3}\n{\"id\": \"four\"}\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Outputs_are_counted_over_files_and_lines()
    {
        Evidence seen = await RunAsync(Check);
        // 3 of 4, exactly on the bound.
        Assert.Equal((Verdict.Pass, 0.75), (seen.Verdict, seen.Value));
        Assert.Equal("The share of outputs that keep the contract is 75% (3 of 4 outputs keep 'contract'), exactly on the bound >= 75%.", seen.Reason);
        Assert.StartsWith("out/c.jsonl:2:8: /id: ", Assert.Single(seen.Details).Replace('\\', '/'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_small_a_share_fails_and_names_the_first_that_does_not_fit()
    {
        _folder.Write("out/b.json", """{"id": null}""");
        Evidence seen = await RunAsync(Check);
        Assert.Equal((Verdict.Fail, 0.5), (seen.Verdict, seen.Value));
        Assert.Contains("; the first: out", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_outputs_fail_and_none_is_no_data()
    {
        _folder.Write("out/c.jsonl", "\n");
        Assert.Equal((Verdict.Fail, "There are only 2 outputs, and at least 4 must be there."), Told(await RunAsync(Check)));
        Assert.Equal((Verdict.NoData, "There is no output at none/*.json."), Told(await RunAsync("""{"name": "o", "type": "schema", "path": "none/*.json", "contract": "contract.yaml"}""")));
        Assert.Equal((Verdict.NoData, "The files hold no output."), Told(await RunAsync("""{"name": "o", "type": "schema", "path": "out/*.jsonl", "contract": "contract.yaml"}""")));
    }

    [Fact]
    public async Task Outputs_from_the_future_have_no_age_that_could_pass()
    {
        _folder.Write("out/a.json", """{"id": 1}""", DateTimeOffset.UtcNow.AddDays(1));
        Evidence seen = await RunAsync("""{"name": "o", "type": "schema", "path": "out/a.json", "contract": "contract.yaml", "maxAge": "1h"}""");
        Assert.Equal(Verdict.Inconclusive, seen.Verdict);
    }

    [Theory]
    [InlineData("type: objct\n", "The contract cannot be used: ")]
    [InlineData("$ref: gone.json\n", "The contract cannot be used: ")]
    public async Task A_contract_that_cannot_be_used_is_an_error_and_never_a_pass(string contract, string reason)
    {
        _folder.Write("contract.yaml", contract);
        Evidence seen = await RunAsync(Check);
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.StartsWith(reason, seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_contract_that_is_not_there_is_an_error()
    {
        Evidence seen = await RunAsync("""{"name": "o", "type": "schema", "path": "out/*.json", "contract": "gone.json"}""");
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.Contains("gone.json cannot be read", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Formats_count_only_when_they_are_asserted()
    {
        _folder.Write("contract.yaml", "properties: {at: {format: date}}\n");
        _folder.Write("out/a.json", """{"at": "today"}""");
        const string Only = """{"name": "o", "type": "schema", "path": "out/a.json", "contract": "contract.yaml", "assertFormat": FLAG}""";
        Assert.Equal(Verdict.Pass, (await RunAsync(Only.Replace("FLAG", "false", StringComparison.Ordinal))).Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync(Only.Replace("FLAG", "true", StringComparison.Ordinal))).Verdict);
    }

    [Fact]
    public async Task An_output_that_is_no_JSON_does_not_keep_the_contract()
    {
        _folder.Write("out/a.json", """{"id": 1""");
        Evidence seen = await RunAsync(Check);
        Assert.Equal((Verdict.Fail, 0.5), (seen.Verdict, seen.Value));
    }

    private Task<Evidence> RunAsync(string json) => CheckTesting.RunAsync(json, _folder.Path);

    private static (Verdict, string) Told(Evidence evidence) => (evidence.Verdict, evidence.Reason);
}
