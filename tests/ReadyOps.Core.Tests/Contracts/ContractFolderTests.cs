using ReadyOps.Core.Contracts;
using ReadyOps.Core.JsonSchemas;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Contracts;

public sealed class ContractFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a/order.schema.json", "order")]
    [InlineData("order.json", "order")]
    [InlineData("order.v2.yaml", "order.v2")]
    [InlineData("order.schema.yml", "order")]
    [InlineData(".json", ".json")]
    public void A_contract_is_called_by_its_file(string file, string name) => Assert.Equal(name, ContractFolder.NameOf(file));

    [Fact]
    public void A_contract_is_found_by_its_name_and_a_slip_is_told()
    {
        string order = _folder.Write("order.schema.json", """{"type": "object"}""");
        _folder.Write("sub/invoice.yaml", "type: object\n");
        _folder.Write("notes.txt", "");
        Assert.Equal(order, ContractFolder.Find(_folder.Path, "ORDER"));
        Assert.Equal(["invoice", "order"], ContractFolder.Files(_folder.Path).Select(ContractFolder.NameOf));
        ReadyOpsException missing = Assert.Throws<ReadyOpsException>(() => ContractFolder.Find(_folder.Path, "ordr"));
        Assert.Equal(("ContractNotFound", $"There is no contract 'ordr' in {_folder.Path}; did you mean 'order'?"), (missing.Id, missing.Message));

        _folder.Write("sub/order.json", "true");
        Assert.Equal("ContractAmbiguous", Assert.Throws<ReadyOpsException>(() => ContractFolder.Find(_folder.Path, "order")).Id);
        Assert.Equal("ContractFolderNotFound", Assert.Throws<ReadyOpsException>(() => ContractFolder.Files(Path.Combine(_folder.Path, "gone"))).Id);
    }

    [Fact]
    public void A_broken_contract_says_all_that_is_wrong_with_it()
    {
        OutputContract good = Look("good.schema.json", """{"$schema": "http://json-schema.org/draft-07/schema#", "$id": "urn:good", "title": "Good", "description": "One.", "requird": []}""");
        Assert.Equal((true, "good", "Good", "One.", "urn:good", "draft-07"), (good.Valid, good.Name, good.Title, good.Description, good.Id, good.Draft));
        Assert.Contains("required", Assert.Single(good.Warnings), StringComparison.Ordinal);

        OutputContract two = Look("two.json", """{"type": "objct", "minLength": -1}""");
        Assert.False(two.Valid);
        Assert.Equal(2, two.Problems.Count);
        Assert.All(two.Problems, problem => Assert.Contains("two.json:1:", problem, StringComparison.Ordinal));

        Assert.Single(Look("cut.json", """{"type": """).Problems);
        Assert.Contains("nowhere.json", Assert.Single(Look("lost.json", """{"$ref": "nowhere.json"}""").Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Contracts_refer_to_each_other_within_their_folder()
    {
        _folder.Write("common/id.yaml", "type: string\npattern: ^[a-z]+$\n");
        string order = _folder.Write("order.json", """{"properties": {"id": {"$ref": "common/id.yaml"}}}""");
        JsonSchema schema = ContractFolder.Load(order, new SchemaOptions());
        Assert.True(schema.IsValid("""{"id": "abc"}"""u8));
        Assert.False(schema.IsValid("""{"id": "ABC"}"""u8));
    }

    private OutputContract Look(string name, string text) => ContractFolder.Look(_folder.Write(name, text), new SchemaOptions());
}
