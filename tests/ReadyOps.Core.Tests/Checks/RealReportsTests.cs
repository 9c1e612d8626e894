namespace ReadyOps.Core.Tests.Checks;

/// <summary>The checks on what real tools write. The figures are the tools' own.</summary>
public sealed class RealReportsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    // coverlet gives the class a line rate of 0.8913 and a branch rate of 0.6363.
    [InlineData("line", "between 89.13% and 89.14%", "(41 of 46 lines)")]
    [InlineData("branch", "between 63.63% and 63.64%", "(28 of 44 branches)")]
    [InlineData("method", "== 100%", "(2 of 2 methods)")]
    public async Task Coverlet(string metric, string bound, string counts)
    {
        _folder.Write("coverage.cobertura.xml", RealReports.Coverlet);
        Evidence evidence = await CheckTesting.RunAsync($$"""{"name": "c", "type": "coverage", "path": "*.xml", "metric": "{{metric}}", "bound": "{{bound}}"}""", _folder.Path);
        Assert.True(evidence.Verdict == Verdict.Pass, evidence.Reason);
        Assert.Contains(counts, evidence.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_compiler()
    {
        _folder.Write("build.sarif", RealReports.Compiler);
        Assert.Equal(Verdict.Pass, (await CheckTesting.RunAsync("""{"name": "s", "type": "sarif", "path": "*.sarif", "error": "== 0", "warning": "== 0", "note": "== 2"}""", _folder.Path)).Verdict);
        Evidence evidence = await CheckTesting.RunAsync("""{"name": "s", "type": "sarif", "path": "*.sarif", "total": "== 0", "include": "IDE0007"}""", _folder.Path);
        Assert.Equal((Verdict.Fail, 1d), (evidence.Verdict, evidence.Value));
        Assert.StartsWith("Note: IDE0007 file:///build/tests/", evidence.Details[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dotnet_test()
    {
        _folder.Write("run.trx", RealReports.DotnetTest);
        Evidence evidence = await CheckTesting.RunAsync("""{"name": "t", "type": "tests", "path": "*.trx"}""", _folder.Path);
        Assert.Equal((Verdict.Pass, "Pass rate is 100% (2 of 2 tests), exactly on the bound >= 100%."), (evidence.Verdict, evidence.Reason));
    }
}
