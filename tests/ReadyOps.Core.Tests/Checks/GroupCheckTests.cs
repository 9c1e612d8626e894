namespace ReadyOps.Core.Tests.Checks;

public sealed class GroupCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // 'p' passes, 'f' fails, 'n' has no data.
    [Theory]
    [InlineData("ppp", "all", Verdict.Pass)]
    [InlineData("ppf", "all", Verdict.Fail)]
    [InlineData("ppn", "all", Verdict.NoData)]
    [InlineData("pfn", "all", Verdict.Fail)]
    [InlineData("pfn", "any", Verdict.Pass)]
    [InlineData("fff", "any", Verdict.Fail)]
    [InlineData("ffn", "any", Verdict.NoData)]
    [InlineData("pfn", "2", Verdict.NoData)]
    [InlineData("pff", "2", Verdict.Fail)]
    [InlineData("pfp", "2", Verdict.Pass)]
    public async Task It_passes_when_enough_of_its_parts_do_and_fails_only_when_they_no_longer_can(string parts, string require, Verdict expected)
    {
        _folder.Write("there", "x");
        string checks = string.Join(", ", parts.Select((part, i) => part switch
        {
            'p' => $$"""{"name": "c{{i}}", "type": "file", "path": "there"}""",
            'f' => $$"""{"name": "c{{i}}", "type": "file", "path": "missing"}""",
            _ => $$"""{"name": "c{{i}}", "type": "tests", "path": "*.trx"}""",
        }));
        Evidence seen = await CheckTesting.RunAsync($$"""{"name": "g", "type": "group", "require": "{{require}}", "checks": [{{checks}}]}""", _folder.Path);
        Assert.Equal(expected, seen.Verdict);
        Assert.Equal(parts.Length, seen.Parts.Count);
        Assert.Equal(parts.Count(part => part == 'p'), seen.Value);
    }

    [Fact]
    public async Task It_tells_which_part_decided()
    {
        Evidence seen = await CheckTesting.RunAsync(
            """{"name": "g", "type": "group", "checks": [{"name": "r", "type": "tests", "path": "*.trx"}, {"name": "notes", "type": "file", "path": "notes.md"}]}""", _folder.Path);
        Assert.Equal("0 of 2 checks passed, and all of them must; 'notes': notes.md does not exist.", seen.Reason);
    }

    [Fact]
    public void What_is_wrong_with_it_is_told()
    {
        Assert.Equal(
            ["/checks/0/weight: a check within a group has no 'weight'; expected 'weight' at the group", "/require: this is '3'; expected all, any, or a whole number from 1 to 1"],
            CheckTesting.Problems("""{"name": "g", "type": "group", "require": 3, "checks": [{"name": "a", "type": "file", "path": "x", "weight": 2}]}"""));
        Assert.Equal(["/checks: there is nothing to look at, and what looks at nothing cannot pass; expected at least one check"],
            CheckTesting.Problems("""{"name": "g", "type": "group", "require": "any", "checks": []}"""));
    }
}
