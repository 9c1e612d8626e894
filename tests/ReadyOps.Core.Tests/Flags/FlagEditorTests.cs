using System.Text;
using System.Text.Json.Nodes;
using ReadyOps.Core.Flags;

namespace ReadyOps.Core.Tests.Flags;

public sealed class FlagEditorTests
{
    private const string Document = """
        {
          "$schema": "https://flagd.dev/schema/v0/flags.json",
          "flags": {
            "a": { "state": "ENABLED", "variants": { "on": true, "off": false }, "defaultVariant": "off" },
            "b": {
              "state":   "ENABLED",
              "variants": { "x": 1.50 }
            }
          }
        }

        """;

    [Fact]
    public void What_is_not_changed_keeps_every_byte() =>
        Assert.Equal(Document.Replace("\"state\":   \"ENABLED\"", "\"state\":   \"DISABLED\"", StringComparison.Ordinal), Edit(flags => flags.SetState("b", false)));

    [Fact]
    public void What_is_so_already_changes_nothing() => Assert.Equal(Document, Edit(flags =>
    {
        flags.SetState("a", true);
        flags.SetDefaultVariant("a", "off");
        flags.SetTargeting("a", null);
        flags.SetMetadata("a", "readyops.owner", null);
    }));

    [Fact]
    public void A_new_member_stands_behind_the_others_as_they_stand() => Assert.Equal(
        Document.Replace("\"variants\": { \"x\": 1.50 }", "\"variants\": { \"x\": 1.50 },\n      \"defaultVariant\": \"x\"", StringComparison.Ordinal),
        Edit(flags => flags.SetDefaultVariant("b", "x")));

    [Fact]
    public void The_last_the_first_and_the_only_member_can_go()
    {
        Assert.Equal(Document.Replace(", \"defaultVariant\": \"off\"", "", StringComparison.Ordinal), Edit(flags => flags.SetDefaultVariant("a", null)));
        Assert.Equal(Document.Replace("\"on\": true, ", "", StringComparison.Ordinal), Edit(flags => flags.SetVariant("a", "on", null)));
        Assert.Equal(Document.Replace("{ \"x\": 1.50 }", "{  }", StringComparison.Ordinal), Edit(flags => flags.SetVariant("b", "x", null)));
    }

    [Fact]
    public void A_flag_is_added_behind_the_others_and_removed_again()
    {
        var flags = new FlagEditor(Encoding.UTF8.GetBytes(Document), "f.json");
        flags.Add("ü", new JsonObject { ["state"] = "ENABLED", ["variants"] = new JsonObject { ["on"] = true } });

        Assert.Equal(["a", "b", "ü"], flags.Keys);
        Assert.Contains("},\n    \"ü\": {\"state\":\"ENABLED\",\"variants\":{\"on\":true}}\n  }", Encoding.UTF8.GetString(flags.Utf8), StringComparison.Ordinal);
        flags.Remove("ü");
        Assert.Equal(Document, Encoding.UTF8.GetString(flags.Utf8));
        flags.Remove("a");
        Assert.Equal(["b"], flags.Keys);
    }

    [Fact]
    public void The_first_flag_of_an_empty_document_gets_a_line_of_its_own()
    {
        var flags = new FlagEditor(FlagEditor.EmptyDocument, "f.json");
        flags.Add("a", new JsonObject { ["state"] = "ENABLED" });

        Assert.Equal("{\n  \"$schema\": \"https://flagd.dev/schema/v0/flags.json\",\n  \"flags\": {\n    \"a\": {\"state\":\"ENABLED\"}\n  }\n}\n", Encoding.UTF8.GetString(flags.Utf8));
        flags.SetMetadata("a", "readyops.owner", JsonValue.Create("ada"));
        Assert.Equal("""{"state":"ENABLED","metadata":{"readyops.owner":"ada"}}""", flags.Find("a")!.ToJsonString());
    }

    [Fact]
    public void A_list_of_flags_is_changed_as_a_list()
    {
        var flags = new FlagEditor("""{"flags": [{"key": "a", "state": "ENABLED"}]}"""u8.ToArray(), "f.json");
        flags.Add("b", new JsonObject { ["state"] = "DISABLED" });
        flags.SetState("b", true);
        Assert.Equal("""{"flags": [{"key": "a", "state": "ENABLED"}, {"key":"b","state":"ENABLED"}]}""", Encoding.UTF8.GetString(flags.Utf8));
        flags.Remove("a");
        Assert.Equal("""{"flags": [{"key":"b","state":"ENABLED"}]}""", Encoding.UTF8.GetString(flags.Utf8));
    }

    [Theory]
    [InlineData("""{"flags":{"a":{},"a":{}}}""", "FlagUnreadable")]
    [InlineData("""{"flags":{"a":1}}""", "FlagUnreadable")]
    [InlineData("""{"flags":{}}""", "FlagMissing")]
    public void What_cannot_be_changed_says_why(string document, string id) =>
        Assert.Equal(id, Assert.Throws<ReadyOpsException>(() => new FlagEditor(Encoding.UTF8.GetBytes(document), "f.json").SetState("a", true)).Id);

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"flags\":1}")]
    public void What_is_no_flag_document_is_refused_at_once(string document) =>
        Assert.Equal("FlagUnreadable", Assert.Throws<ReadyOpsException>(() => new FlagEditor(Encoding.UTF8.GetBytes(document), "f.json")).Id);

    private static string Edit(Action<FlagEditor> edit)
    {
        var flags = new FlagEditor(Encoding.UTF8.GetBytes(Document), "f.json");
        edit(flags);
        return Encoding.UTF8.GetString(flags.Utf8);
    }
}
