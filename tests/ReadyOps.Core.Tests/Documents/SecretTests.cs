using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Tests.Documents;

public sealed class SecretTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-").FullName;

    public SecretTests() => Environment.SetEnvironmentVariable("READYOPS_SECRETS", _folder);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("READYOPS_SECRETS", null);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_reference_is_resolved_when_it_is_used_and_so_follows_a_rotation()
    {
        var secret = new SecretText("secret:TOKEN");
        File.WriteAllText(Path.Combine(_folder, "TOKEN"), "one\n");
        Assert.Equal("one", await secret.ResolveAsync(new SecretSource(), TestContext.Current.CancellationToken));
        File.WriteAllText(Path.Combine(_folder, "TOKEN"), "two\r\n");
        Assert.Equal("two", await secret.ResolveAsync(new SecretSource(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_environment_variable_and_a_plain_text_are_resolved_too()
    {
        Environment.SetEnvironmentVariable("READYOPS_SECRET_TEST", "value");
        Assert.Equal("value", await new SecretText("env:READYOPS_SECRET_TEST").ResolveAsync(new SecretSource(), TestContext.Current.CancellationToken));
        Assert.Equal("plain", await new SecretText("plain").ResolveAsync(new SecretSource(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void No_value_shows_when_a_secret_is_written_out()
    {
        Assert.Equal("secret:TOKEN", new SecretText("secret:TOKEN").ToString());
        Assert.Equal("***", new SecretText("hunter2").ToString());
        Assert.DoesNotContain("hunter2", $"{new SecretText("hunter2")}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secret:NOPE")]
    [InlineData("secret:")]
    [InlineData("secret:../../etc/passwd")]
    [InlineData("secret:.hidden")]
    [InlineData("env:READYOPS_SECRET_TEST_NOPE")]
    public async Task What_is_not_there_or_leads_elsewhere_is_missing(string reference)
    {
        ReadyOpsException exception = await Assert.ThrowsAsync<ReadyOpsException>(async () =>
            await new SecretText(reference).ResolveAsync(new SecretSource(), TestContext.Current.CancellationToken));
        Assert.Equal("SecretMissing", exception.Id);
    }
}
