using System.Text.Json;
using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Tests.Checks;

public sealed class CheckTypesTests
{
    private static readonly JsonElement Schema = Load("readyops-gate.schema.json");

    [Fact]
    public void The_published_schema_names_the_types_of_checks_that_there_are()
    {
        IEnumerable<string?> published = Definition("check").GetProperty("properties").GetProperty("type").GetProperty("enum").EnumerateArray().Select(name => name.GetString());
        Assert.Equal(CheckTypes.All.Select(type => type.Name).Order(), published.Order());
    }

    public static TheoryData<string> Types => [.. CheckTypes.All.Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Types))]
    public void The_published_schema_and_the_reader_know_the_same_members_of_a_check(string name)
    {
        CheckType type = CheckTypes.Find(name)!;
        JsonElement published = Definition("check" + char.ToUpperInvariant(name[0]) + name[1..]);
        AssertSame([.. CheckReader.CommonMembers, .. type.Members], published, "name", "type");
    }

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
            string[] names = [.. CheckReader.CommonMembers.Concat(type.Members).Select(member => member.Name)];
            Assert.Equal(names.Distinct(), names);
            Assert.All(type.Members, member => Assert.EndsWith(".", member.Description, StringComparison.Ordinal));
            Assert.EndsWith(".", type.Summary, StringComparison.Ordinal);
        }
    }

    // 'elsewhere' are required members that the schema asks for in the definition that all types share.
    private static void AssertSame(IReadOnlyList<CheckMember> members, JsonElement published, params string[] elsewhere)
    {
        JsonElement properties = published.GetProperty("properties");
        Assert.Equal(members.Select(m => m.Name).Order(StringComparer.Ordinal), properties.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.False(published.GetProperty("additionalProperties").GetBoolean());

        IEnumerable<string> required = published.TryGetProperty("required", out JsonElement names) ? names.EnumerateArray().Select(n => n.GetString()!) : [];
        Assert.Equal(members.Where(m => m.Required).Select(m => m.Name).Except(elsewhere).Order(), required.Except(elsewhere).Order());
        foreach (CheckMember member in members)
        {
            string? standard = properties.GetProperty(member.Name).TryGetProperty("default", out JsonElement value) ? value.ToString() : null;
            Assert.True(string.Equals(member.Default, standard, StringComparison.OrdinalIgnoreCase), $"{member.Name}: the default is '{member.Default}' here and '{standard}' in the schema");
        }
    }

    private static JsonElement Definition(string name) => Schema.GetProperty("$defs").GetProperty(name);

    private static JsonElement Load(string name)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ReadyOps.sln"))) folder = Path.GetDirectoryName(folder);
        return JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "module", "schemas", name))).RootElement;
    }
}
