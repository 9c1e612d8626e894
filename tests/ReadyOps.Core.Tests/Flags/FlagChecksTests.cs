using System.Text;
using ReadyOps.Core.Flags;

namespace ReadyOps.Core.Tests.Flags;

public sealed class FlagChecksTests
{
    [Theory]
    // The place is that of what has to be changed; lines and columns counted by hand.
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"onn"}}}""", "flags.json:1:74: /flags/f/defaultVariant: there is no variant 'onn'; did you mean 'on'?; expected one of on")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"targeting":{"fractional":[["on",50],["of",50]]}}}}""", "flags.json:1:95: /flags/f/targeting/fractional/1/0: there is no variant 'of'; did you mean 'on'?; expected one of on")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"targeting":{"if":[{"ends_wiht":[{"var":"email"},"@x"]},"on"]}}}}""", "flags.json:1:77: /flags/f/targeting/if/0: there is no member 'ends_wiht' here; did you mean 'ends_with'?")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"targeting":{"if":[{"in":["a",[{"fancy":1}]]},"on"]}}}}""", "flags.json:1:89: /flags/f/targeting/if/0/in/1/0/fancy: there is no operator 'fancy'")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"targeting":{"if":[{"$ref":"staf"},"on"]}}},"$evaluators":{"staff":{"==":[1,1]}}}""", "flags.json:1:84: /flags/f/targeting/if/0/$ref: there is no shared rule 'staf' in $evaluators; did you mean 'staff'?")]
    [InlineData("""{"flags":{},"$evaluators":{"a":{"!":{"$ref":"b"}},"b":{"==":[1,1]}}}""", "flags.json:1:45: /$evaluators/a/!/$ref: a shared rule cannot refer to another one: flagd puts each in once, in no order; expected the rule itself")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"targeting":{"fractional":[["on",0]]}}}}""", "flags.json:1:83: /flags/f/targeting/fractional: the weights sum up to 0, so nothing is dealt out; expected a weight above 0")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"targeting":{"fractional":[["on",2000000000],["on",2000000000]]}}}}""", "flags.json:1:83: /flags/f/targeting/fractional: the weights sum up to 4000000000, and with more than 2147483647 nothing is dealt out; expected a sum of at most 2147483647")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"targeting":{"==":[1,1],"!=":[1,1]}}}}""", "flags.json:1:69: /flags/f/targeting: this has several members, and flagd takes such an object for a plain value; expected an object with one member, the operator")]
    [InlineData("""{"flags":{"stop":{"state":"DISABLED","variants":{"on":true,"off":false},"defaultVariant":"off","metadata":{"readyops.kind":"emergency"}}}}""", "flags.json:1:27: /flags/stop/state: a switch for emergencies that is DISABLED is off without a word, whatever its default variant says; expected ENABLED, with the default variant for 'off'")]
    [InlineData("""{"flags":{"stop":{"state":"ENABLED","variants":{"on":"1","off":"0"},"metadata":{"readyops.kind":"emergency"}}}}""", "flags.json:1:48: /flags/stop/variants: a switch for emergencies has variants that are not booleans; expected the variants true and false")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"metadata":{"readyops.expires":"2027-02-30"}}}}""", "flags.json:1:88: /flags/f/metadata/readyops.expires: there is no such day or moment as '2027-02-30'; expected a day such as 2027-03-31, or a moment such as 2027-03-31T18:00:00Z")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"n":9007199254740993}}}}""", "flags.json:1:50: /flags/f/variants/n: not every reader of JSON holds a number of this size; expected a number from -9007199254740991 to 9007199254740991")]
    [InlineData("""{"flags":[{"key":"a","state":"ENABLED","variants":{"on":true}},{"key":"a","state":"ENABLED","variants":{"on":true}}]}""", "flags.json:1:71: /flags/1/key: the flag 'a' is here twice; the first is at 1:18")]
    [InlineData("""[]""", "flags.json:1:1: this is a list; expected an object")]
    [InlineData("""{"flag":{}}""", "flags.json:1:1: 'flags' is missing; expected a member named 'flags'")]
    public void What_is_wrong_is_said_with_its_place_and_what_would_be_right(string json, string problem)
    {
        DocumentException refused = Assert.Throws<DocumentException>(() => FlagSet.Load(Encoding.UTF8.GetBytes(json), "flags.json"));
        Assert.Equal(problem, Assert.Single(refused.Problems).ToString());
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once()
    {
        const string Yaml = """
            flags:
              a: {state: on, variants: {x: 1}}
              b:
                state: ENABLED
                variants: {on: true, off: "no"}
                defaultVariant: of
                metadata: {readyops.kind: urgent}
            """;
        DocumentException refused = Assert.Throws<DocumentException>(() => FlagSet.Load(Encoding.UTF8.GetBytes(Yaml), "flags.yaml"));
        Assert.Equal(["/flags/a/state", "/flags/b/variants/off", "/flags/b/defaultVariant", "/flags/b/metadata/readyops.kind"], refused.Problems.Select(problem => problem.Path));
        Assert.Equal([2, 5, 6, 7], refused.Problems.Select(problem => problem.Line));
    }

    [Fact]
    public void Who_only_reads_takes_what_flagd_takes_and_is_told_what_is_wrong()
    {
        byte[] json = """{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on","targeting":{"fancy":[1]}},"g":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}}}"""u8.ToArray();
        FlagSet flags = FlagSet.Load(json, "flags.json", FlagSetOptions.AsFlagd);
        Assert.Equal("/flags/f/targeting", Assert.Single(flags.Warnings).Path);
        Assert.Equal("PARSE_ERROR", flags.Evaluate("f", new FlagContext("u")).ErrorCode);
        Assert.Equal("STATIC", flags.Evaluate("g", new FlagContext("u")).Reason);
    }

    [Theory]
    // What flagd refuses the whole document for, it is refused for here as well.
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"off"}}}""")]
    [InlineData("""{"flags":{"f":{"state":1,"variants":{"on":true}}}}""")]
    [InlineData("""{"flags":{"f":{"state":"ENABLED","variants":[true]}}}""")]
    [InlineData("""{"flags":{},"$evaluators":{"x":{}}}""")]
    [InlineData("""{"metadata":{}}""")]
    [InlineData("""{"flags":{}""")]
    public void Who_only_reads_refuses_what_flagd_refuses(string json) =>
        Assert.Throws<DocumentException>(() => FlagSet.Load(Encoding.UTF8.GetBytes(json), "flags.json", FlagSetOptions.AsFlagd));

    [Fact]
    public void A_file_of_flagd_that_knows_nothing_of_us_loads()
    {
        byte[] json = """
            {"$schema":"https://flagd.dev/schema/v0/flags.json","metadata":{"flagSetId":"shop","version":3},"flags":{"f":{"state":"ENABLED","variants":{"a":{"x":[1]},"b":{}},
            "defaultVariant":null,"targeting":{},"metadata":{"team":"blue","n":1,"beta":true},"source":"x"}}}
            """u8.ToArray();
        FlagSet flags = FlagSet.Load(json, "flags.json");
        Assert.Equal("DEFAULT", flags.Evaluate("f", new FlagContext("u")).Reason);
        Assert.Equal(["flagSetId", "version", "team", "n", "beta"], flags.Evaluate("f", new FlagContext("u")).FlagMetadata.Keys);
    }
}
