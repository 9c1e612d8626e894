using System.Text.Json;
using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Tests.Checks;

public sealed class CheckTypesTests
{
    private static readonly string Module = Path.Combine(Repository.Root, "module");

    [Fact]
    public void The_published_schema_of_gates_follows_from_the_types_of_checks() => AssertPublished("schemas/readyops-gate.schema.json", PublishedChecks.Gate);

    [Fact]
    public void The_published_schema_of_rollouts_follows_from_the_types_of_checks() => AssertPublished("schemas/readyops-rollout.schema.json", PublishedChecks.Rollout);

    [Fact]
    public void The_published_schema_of_monitoring_windows_defines_what_that_of_rollouts_defines() => AssertPublished("schemas/readyops-monitor.schema.json",
        published => PublishedChecks.Monitor(published, PublishedChecks.Rollout(File.ReadAllText(Path.Combine(Module, "schemas/readyops-rollout.schema.json")))));

    [Fact]
    public void The_help_follows_from_the_types_of_checks() => AssertPublished("help/about_ReadyOps_Checks.md", _ => PublishedChecks.Page());

    [Fact]
    public void The_published_schema_and_the_reader_know_the_same_members_of_retry() => AssertSame(CheckReader.RetryMembers, Definition("retry"));

    [Fact]
    public void The_published_schema_and_the_reader_know_the_same_members_of_a_JSON_bound() =>
        AssertSame(HttpCheckType.JsonMembers, Definition("jsonBounds").GetProperty("items"));

    [Fact]
    public void Types_and_members_are_described_and_unique()
    {
        Assert.Equal(CheckTypes.All.Select(type => type.Name).Distinct(), CheckTypes.All.Select(type => type.Name));
        foreach (CheckType type in CheckTypes.All)
        {
            AssertDescribed([.. CheckReader.CommonMembers, .. type.Members]);
            Assert.EndsWith(".", type.Summary, StringComparison.Ordinal);
        }
    }

    private static void AssertDescribed(IReadOnlyList<CheckMember> members)
    {
        Assert.Equal(members.Select(member => member.Name).Distinct(), members.Select(member => member.Name));
        Assert.All(members, member => Assert.EndsWith(".", member.Description, StringComparison.Ordinal));
        Assert.All(members, member => Assert.Equal(member.Kind == CheckMemberKind.Choice, member.Values.Count > 0));
        foreach (CheckMember member in members) AssertDescribed(member.Members);
    }

    private static void AssertPublished(string name, Func<string, string> expected)
    {
        string path = Path.Combine(Module, name);
        string published = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        string now = expected(published);
        if (Environment.GetEnvironmentVariable("READYOPS_WRITE_SCHEMAS") == "1") File.WriteAllText(path, published = now);
        Assert.True(now == published, $"{name} does not follow from CheckTypes any more: run this test once with READYOPS_WRITE_SCHEMAS=1.");
    }

    private static void AssertSame(IReadOnlyList<CheckMember> members, JsonElement published)
    {
        JsonElement properties = published.GetProperty("properties");
        Assert.Equal(members.Select(m => m.Name).Order(StringComparer.Ordinal), properties.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.False(published.GetProperty("additionalProperties").GetBoolean());

        IEnumerable<string> required = published.TryGetProperty("required", out JsonElement names) ? names.EnumerateArray().Select(n => n.GetString()!) : [];
        Assert.Equal(members.Where(m => m.Required).Select(m => m.Name).Order(), required.Order());
        foreach (CheckMember member in members)
        {
            string? standard = properties.GetProperty(member.Name).TryGetProperty("default", out JsonElement value) ? value.ToString() : null;
            Assert.True(string.Equals(member.Default, standard, StringComparison.OrdinalIgnoreCase), $"{member.Name}: the default is '{member.Default}' here and '{standard}' in the schema");
        }
    }

    private static JsonElement Definition(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Module, "schemas", "readyops-gate.schema.json"))).RootElement.GetProperty("$defs").GetProperty(name);
}
