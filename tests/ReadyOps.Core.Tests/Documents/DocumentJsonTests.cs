using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Documents;
using ReadyOps.Core.JsonSchemas;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.Documents;

public sealed class DocumentJsonTests
{
    [Fact]
    public void Numbers_stay_as_they_were_written_and_members_in_their_order() =>
        Assert.Equal("""{"b":1.50,"a":1e400,"c":[-0.0,true,null,"x"]}""", Json(Tree("b: 1.50\na: 1e400\nc: [-0.0, true, ~, x]")));

    [Fact]
    public void A_tree_written_to_json_and_read_back_is_the_same_value()
    {
        Gen<DocumentNode> Tree(int depth)
        {
            Gen<DocumentNode> scalar = Gen.OneOf(
                ArbMap.Default.GeneratorFor<string>().Where(text => text is not null && SourceText.ProblemOf(text).Length == 0).Select(text => new DocumentNode { Kind = NodeKind.String, Text = text }),
                ArbMap.Default.GeneratorFor<decimal>().Select(number => new DocumentNode { Kind = NodeKind.Number, Text = number.ToString(System.Globalization.CultureInfo.InvariantCulture) }),
                Gen.Elements("true", "false").Select(text => new DocumentNode { Kind = NodeKind.Boolean, Text = text }),
                Gen.Constant(new DocumentNode { Kind = NodeKind.Null, Text = "null" }));
            if (depth == 0) return scalar;
            Gen<DocumentNode> list = Gen.Choose(0, 4).SelectMany(n => Tree(depth - 1).ListOf(n)).Select(items => new DocumentNode { Kind = NodeKind.Array, Items = [.. items] });
            Gen<DocumentNode> item = Gen.Choose(0, 4).SelectMany(n => Tree(depth - 1).ListOf(n))
                .Select(items => new DocumentNode { Kind = NodeKind.Object, Members = [.. items.Select((value, i) => new DocumentMember($"m{i}\"é", 0, 0, value))] });
            return Gen.OneOf(scalar, list, item);
        }

        Prop.ForAll(Tree(3).ToArbitrary(), tree =>
        {
            DocumentNode back = DocumentJson.FromJson(DocumentJson.ToJson(tree));
            using JsonInstance written = JsonInstance.FromDocument(tree), read = JsonInstance.FromDocument(back);
            return DeepEquality.Equal(written, 0, read, 0) && Json(tree) == Json(back) && DeepEquality.Hash(written, 0) == DeepEquality.Hash(read, 0);
        }).QuickCheckThrowOnFailure();
    }
}
