using System.Text;
using System.Text.Json;
using ReadyOps.Core.Flags;

namespace ReadyOps.Core.Tests.Flags;

/// <summary>Evaluations worked out by hand from flagd's rules (core/pkg/evaluator of flagd 0.16.1 and the JsonLogic engine it pins, v3.9.1).</summary>
public sealed class FlagEvaluationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 7, 0, 0, TimeSpan.Zero);

    [Theory]
    // A rule comes to the name of a variant; nothing means the default variant; what is no text is turned into one.
    [InlineData("\"on\"", "on", "TARGETING_MATCH", null)]
    [InlineData("null", "off", "DEFAULT", null)]
    [InlineData("{}", "off", "STATIC", null)]
    [InlineData("""{"var":"missing"}""", "off", "DEFAULT", null)]
    [InlineData("""{"==":[1,1]}""", "true", "TARGETING_MATCH", null)]
    [InlineData("""{"+":[1,1]}""", "2", "TARGETING_MATCH", null)]
    [InlineData("""{"merge":["on"]}""", "[on]", "TARGETING_MATCH", null)]
    [InlineData("""{"cat":["null"]}""", null, "ERROR", "GENERAL")]
    [InlineData("""{"if":[true,"nobody"]}""", null, "ERROR", "GENERAL")]
    // A name with < > & or \ cannot be named by a rule, because flagd escapes the result before it looks it up.
    [InlineData("\"a&b\"", null, "ERROR", "GENERAL")]
    [InlineData("\"say \\\"hi\\\"\"", null, "ERROR", "GENERAL")]
    // Where that engine panics, flagd answers with an error.
    [InlineData("""{"fancy":[1]}""", null, "ERROR", "PARSE_ERROR")]
    [InlineData("""{"if":[true,"on",{"fancy":[1]}]}""", "on", "TARGETING_MATCH", null)]
    [InlineData("""{"fractional":[["on",1],[{"fancy":[1]},0]]}""", null, "ERROR", "PARSE_ERROR")]
    [InlineData("""{"/":[1,0]}""", null, "ERROR", "PARSE_ERROR")]
    [InlineData("""{"+":[{"var":"missing"},1]}""", null, "ERROR", "PARSE_ERROR")]
    [InlineData("""{"cat":[true,"x"]}""", null, "ERROR", "PARSE_ERROR")]
    [InlineData("""{"in":[1,"text"]}""", null, "ERROR", "PARSE_ERROR")]
    [InlineData("""{"if":{"var":"list"}}""", null, "ERROR", "PARSE_ERROR")]
    [InlineData("""{"all":[{"var":"list"},{"var":"list"}]}""", "false", "TARGETING_MATCH", null)]
    [InlineData("""{"some":[[{"ok":true}],{"var":"ok"}]}""", null, "ERROR", "PARSE_ERROR")]
    [InlineData("""{"reduce":[[1],{"var":"current"},null]}""", null, "ERROR", "PARSE_ERROR")]
    [InlineData("""{"substr":["text",3,-2]}""", null, "ERROR", "PARSE_ERROR")]
    // An object that 'if' comes to is taken for a rule once more.
    [InlineData("""{"if":[true,{"var":"rule"}]}""", "on", "TARGETING_MATCH", null)]
    [InlineData("""{"if":[true,{"var":"object"}]}""", null, "ERROR", "PARSE_ERROR")]
    [InlineData("""{"if":[true,{"var":"endless"}]}""", null, "ERROR", "PARSE_ERROR")]
    // Outer data go before items with 'filter', 'none' and 'some', unless the path begins with a point.
    [InlineData("""{"if":[{"filter":[[{"tier":"gold"}],{"==":[{"var":"tier"},"gold"]}]},"on","off"]}""", "off", "TARGETING_MATCH", null)]
    [InlineData("""{"if":[{"filter":[[{"tier":"gold"}],{"==":[{"var":".tier"},"gold"]}]},"on","off"]}""", "on", "TARGETING_MATCH", null)]
    [InlineData("""{"if":[{"all":[[{"tier":"gold"}],{"==":[{"var":"tier"},"gold"]}]},"on","off"]}""", "on", "TARGETING_MATCH", null)]
    // Arrays: a name that is no number is the first item.
    [InlineData("""{"var":"list.x"}""", "off", "TARGETING_MATCH", null)]
    [InlineData("""{"var":"list.1"}""", "on", "TARGETING_MATCH", null)]
    [InlineData("""{"var":["list.9","on"]}""", "on", "TARGETING_MATCH", null)]
    // Comparing coerces: nothing is 0, a blank text is 0.
    [InlineData("""{"<":[{"var":"missing"},1]}""", "true", "TARGETING_MATCH", null)]
    [InlineData("""{"==":[" ",0]}""", "true", "TARGETING_MATCH", null)]
    [InlineData("""{"==":[null,0]}""", "false", "TARGETING_MATCH", null)]
    [InlineData("""{"===":["1",1]}""", "false", "TARGETING_MATCH", null)]
    [InlineData("""{"in":[0,["a"]]}""", "true", "TARGETING_MATCH", null)]
    [InlineData("""{"in":[5,[[1,9]]]}""", "true", "TARGETING_MATCH", null)]
    // flagd's own operators come to nothing for what they cannot use.
    [InlineData("""{"starts_with":[1,"a"]}""", "off", "DEFAULT", null)]
    [InlineData("""{"ends_with":[{"var":"email"},"@example.com"]}""", "true", "TARGETING_MATCH", null)]
    [InlineData("""{"sem_ver":["1.2.3.4","=","1.2.3"]}""", "off", "DEFAULT", null)]
    [InlineData("""{"sem_ver":["1.2.3","==","1.2.3"]}""", "off", "DEFAULT", null)]
    [InlineData("""{"sem_ver":["1.2.3+b1","=","V1.2.3"]}""", "true", "TARGETING_MATCH", null)]
    [InlineData("""{"sem_ver":["1.2.3-rc.10",">","1.2.3-rc.9"]}""", "true", "TARGETING_MATCH", null)]
    [InlineData("""{"sem_ver":["1.2.3-rc.1","<","1.2.3"]}""", "true", "TARGETING_MATCH", null)]
    [InlineData("""{"sem_ver":["1.2.3-01","<","1.2.3"]}""", "off", "DEFAULT", null)]
    [InlineData("""{"sem_ver":["01.2.3","<","1.2.3"]}""", "off", "DEFAULT", null)]
    [InlineData("""{"sem_ver":[1.2,"~","1.2.9"]}""", "true", "TARGETING_MATCH", null)]
    [InlineData("""{"sem_ver":["1-rc","<","2"]}""", "off", "DEFAULT", null)]
    [InlineData("""{"sem_ver":["99999999999999999999.0.0",">","9.0.0"]}""", "true", "TARGETING_MATCH", null)]
    // What flagd puts in goes before what the context says.
    [InlineData("""{"var":"$flagd.flagKey"}""", "f", "TARGETING_MATCH", null)]
    [InlineData("""{"==":[{"var":"$flagd.timestamp"},1795244400]}""", "true", "TARGETING_MATCH", null)]
    public void A_rule_comes_to_what_flagd_makes_of_it(string targeting, string? variant, string reason, string? error)
    {
        string json = "{\"flags\":{\"f\":{\"state\":\"ENABLED\",\"variants\":{\"on\":1,\"off\":2,\"true\":3,\"false\":4,\"2\":5,\"[on]\":6,\"a&b\":7,\"f\":8},\"defaultVariant\":\"off\",\"targeting\":" + targeting + "}}}";
        FlagSet flags = FlagSet.Load(Encoding.UTF8.GetBytes(json), "flags.json", FlagSetOptions.AsFlagd);
        FlagContext context = FlagContext.FromJson(JsonDocument.Parse("""
            {"targetingKey":"u","tier":"silver","email":"a@example.com","list":["off","on"],"object":{"a":1},"rule":{"cat":["o","n"]},
            "endless":{"if":[true,{"var":"endless"}]},"$flagd":{"flagKey":"mine"}}
            """).RootElement);
        FlagEvaluation evaluation = flags.Evaluate("f", context, Now);
        Assert.Equal((variant, reason, error), (evaluation.Variant, evaluation.Reason, evaluation.ErrorCode));
        Assert.Equal(evaluation, flags.Explain("f", context, Now).Evaluation with { FlagMetadata = evaluation.FlagMetadata });
    }

    [Theory]
    // Shares are at the ends of hashes: bucket = hash * 2 >> 32 is 0 up to 2147483647.
    [InlineData("ejOoVL", "a")]
    [InlineData("SI7p-", "a")]
    [InlineData("6LvT0", "b")]
    [InlineData("ceQdGm", "b")]
    [InlineData("", "a")]
    public void A_hash_is_scaled_to_the_sum_of_weights(string key, string variant) =>
        Assert.Equal(variant, Shared("""[{"var":"key"},["a"],["b"]]""").Evaluate("f", new FlagContext("u").With("key", key)).Variant);

    [Theory]
    // v1: |int32(hash)| / 2147483647 is 0, 1 and, for -2^31, above 1, so that nothing is dealt out.
    [InlineData("ejOoVL", "a")]
    [InlineData("bY9fO-", "a")]
    [InlineData("SI7p-", "none")]
    [InlineData("6LvT0", "none")]
    // -1: |int32(4294967295)| = 1.
    [InlineData("ceQdGm", "a")]
    public void The_first_bucketing_takes_the_absolute_value_of_the_signed_hash(string key, string variant) =>
        Assert.Equal(variant, Shared("""[{"var":"key"},["a"],["b"]]""", FlagBucketing.V1).Evaluate("f", new FlagContext("u").With("key", key)).Variant);

    [Theory]
    // FORMATS.md §1.7: one flips once, at Ts + ((hash * (Te - Ts)) >> 32) + 1; Ts = 1000, Te = 2000.
    [InlineData("ejOoVL", 1001)]
    [InlineData("SI7p-", 1500)]
    [InlineData("6LvT0", 1501)]
    [InlineData("ceQdGm", 2000)]
    public void A_share_that_grows_with_time_reaches_everybody_once(string key, long flips)
    {
        FlagSet flags = Shared("""[{"var":"key"},["a",{"-":[{"var":"$flagd.timestamp"},1000]}],["b",{"-":[2000,{"var":"$flagd.timestamp"}]}]]""");
        FlagContext context = new FlagContext("u").With("key", key);
        foreach (long time in new[] { 0, 1000, flips - 1 }) Assert.Equal("b", flags.Evaluate("f", context, DateTimeOffset.FromUnixTimeSeconds(time)).Variant);
        foreach (long time in new[] { flips, 2000, 1_000_000 }) Assert.Equal("a", flags.Evaluate("f", context, DateTimeOffset.FromUnixTimeSeconds(time)).Variant);
    }

    [Theory]
    [InlineData("""[["a",1.5],["b",1]]""")]
    [InlineData("""[["a",2147483648],["b",1]]""")]
    [InlineData("""[["a",2147483647],["b",1]]""")]
    [InlineData("""[["a","1"],["b",1]]""")]
    [InlineData("""[["a",0],["b",0]]""")]
    [InlineData("""[["a",-5]]""")]
    [InlineData("""[[],["b",1]]""")]
    [InlineData("""[[["a"],1]]""")]
    [InlineData("""[5,["a",1]]""")]
    [InlineData("""[true,["a",1]]""")]
    [InlineData("""["x","a"]""")]
    [InlineData("""["x"]""")]
    [InlineData("[]")]
    [InlineData("5")]
    public void Shares_that_are_not_valid_deal_nothing_out(string fractional)
    {
        FlagEvaluation evaluation = Shared(fractional).Evaluate("f", new FlagContext("u"));
        Assert.Equal(("none", "DEFAULT"), (evaluation.Variant, evaluation.Reason));
    }

    [Theory]
    // With one share it does not matter which key there is, only whether there is one.
    [InlineData("""[["a",1]]""", """{"targetingKey":"u"}""", "a")]
    [InlineData("""[["a",1]]""", """{"targetingKey":" "}""", "a")]
    [InlineData("""[["a",1]]""", """{"targetingKey":""}""", "none")]
    [InlineData("""[["a",1]]""", """{"targetingKey":7}""", "none")]
    [InlineData("""[["a",1]]""", "{}", "none")]
    [InlineData("""[null,["a",1]]""", """{"targetingKey":"u"}""", "a")]
    [InlineData("""[{"var":"missing"},["a",1]]""", """{"targetingKey":"u"}""", "a")]
    [InlineData("""[{"var":"id"},["a",1]]""", """{"id":"x"}""", "a")]
    [InlineData("""[{"var":"id"},["a",1]]""", """{"id":7,"targetingKey":"u"}""", "none")]
    [InlineData("""[{"merge":["a",1]}]""", """{"targetingKey":"u"}""", "a")]
    [InlineData("""[["b",null],["a",0]]""", """{"targetingKey":"u"}""", "b")]
    [InlineData("""[["b",-1],["a",1]]""", """{"targetingKey":"u"}""", "a")]
    [InlineData("""[[{"if":[true,"a"]},1]]""", """{"targetingKey":"u"}""", "a")]
    [InlineData("""[[{"fractional":[["a",1]]},1]]""", """{"targetingKey":"u"}""", "a")]
    public void What_is_dealt_out_by_is_a_text_or_the_keys(string fractional, string context, string variant) =>
        Assert.Equal(variant, Shared(fractional).Evaluate("f", FlagContext.FromJson(JsonDocument.Parse(context).RootElement)).Variant);

    [Fact]
    public void With_CBOR_one_may_deal_out_by_a_number_and_not_by_nothing()
    {
        Assert.Equal("a", Shared("""[{"var":"id"},["a",1]]""", FlagBucketing.V3).Evaluate("f", new FlagContext(null).With("id", 7)).Variant);
        Assert.Equal("none", Shared("""[{"var":"id"},["a",1]]""", FlagBucketing.V3).Evaluate("f", new FlagContext("u")).Variant);
    }

    [Fact]
    public void A_set_may_say_itself_how_it_deals_out() =>
        Assert.Equal(FlagBucketing.V3, FlagSet.Load("""{"flags":{},"metadata":{"readyops.bucketing":"v3"}}"""u8.ToArray(), "flags.json").Bucketing);

    [Fact]
    public void A_number_is_read_as_another_type_only_where_nothing_is_lost()
    {
        FlagContext nobody = new(null);
        FlagSet Of(string number) => FlagSet.Load(Encoding.UTF8.GetBytes("{\"flags\":{\"f\":{\"state\":\"ENABLED\",\"variants\":{\"n\":" + number + "},\"defaultVariant\":\"n\"}}}"), "flags.json", FlagSetOptions.AsFlagd);
        Assert.Equal(10, Of("10.0").EvaluateInteger("f", nobody, 0));
        Assert.Equal(10.0, Of("10").EvaluateDouble("f", nobody, 0));
        Assert.Equal(9000000000, Of("9e9").EvaluateInteger("f", nobody, 0));
        Assert.Equal((0, "TYPE_MISMATCH"), (Of("3.14").ResolveInteger("f", nobody, 0).Value, Of("3.14").ResolveInteger("f", nobody, 0).ErrorCode));
        Assert.Equal("TYPE_MISMATCH", Of("9007199254740992").ResolveInteger("f", nobody, 0).ErrorCode);
        Assert.Equal("TYPE_MISMATCH", Of("10").ResolveString("f", nobody, "").ErrorCode);
        Assert.Equal("TYPE_MISMATCH", Of("10").ResolveBoolean("f", nobody, false).ErrorCode);
        Assert.Equal(["10", "3.14"], new[] { Of("10").Evaluate("f", nobody).Value, Of("3.14").Evaluate("f", nobody).Value }.Select(value => FormattableString.Invariant($"{value}")));
    }

    [Fact]
    public void An_explanation_says_which_rule_which_bucket_and_which_share()
    {
        FlagSet flags = Load("""{"if":[{"ends_with":[{"var":"email"},"@example.com"]},"a",{"fractional":[["a",25],["b",75]]}]}""");
        FlagExplanation explanation = flags.Explain("f", new FlagContext("u").With("email", "x@elsewhere.org"));
        Assert.Equal(["/if/0/ends_with/0/var", "/if/0/ends_with", "/if/2/fractional", "/if"], explanation.Steps.Select(step => step.Path));
        Assert.Equal(["\"x@elsewhere.org\"", "false"], explanation.Steps.Take(2).Select(step => step.Result));
        FlagBucket bucket = Assert.Single(explanation.Buckets);
        Assert.Equal(("fu", 100L), (bucket.BucketBy, bucket.TotalWeight));
        Assert.Equal([(0L, 25L, 25.0), (25L, 75L, 75.0)], bucket.Shares.Select(share => (share.From, share.Weight, share.Percent)));
        Assert.Equal("x@elsewhere.org", explanation.ContextValues["email"]);
        Assert.Contains($"'fu' falls into bucket {bucket.Bucket} of 100", explanation.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_definition_is_what_was_written()
    {
        FlagSet flags = FlagSet.Load("""
            flags:
              new-checkout:
                state: ENABLED
                variants: {on: true, off: false}
                defaultVariant: off
                targeting: {fractional: [[on, 5], [off, 95]]}
                metadata: {readyops.owner: payments, readyops.kind: release, readyops.expires: 2027-03-31, readyops.rollout: checkout-2.4.0, readyops.description: The new checkout.}
            """u8.ToArray(), "flags.yaml");
        FlagDefinition flag = flags.Find("new-checkout")!;
        Assert.Equal(("payments", "release", "checkout-2.4.0", "The new checkout.", new DateTimeOffset(2027, 3, 31, 0, 0, 0, TimeSpan.Zero)), (flag.Owner, flag.Kind, flag.Rollout, flag.Description, flag.Expires));
        Assert.Equal(("off", """{"fractional":[["on",5],["off",95]]}""", 2, 3), (flag.DefaultVariant, flag.Targeting, flag.Line, flag.Column));
        Assert.Equal(["on", "off"], flag.Variants.Select(variant => variant.Key));
        Assert.Null(flags.Find("old-checkout"));
    }

    private static FlagSet Shared(string fractional, FlagBucketing bucketing = FlagBucketing.V2) => Load("{\"fractional\":" + fractional + "}", bucketing);

    private static FlagSet Load(string targeting, FlagBucketing bucketing = FlagBucketing.V2) => FlagSet.Load(
        Encoding.UTF8.GetBytes("{\"flags\":{\"f\":{\"state\":\"ENABLED\",\"variants\":{\"a\":1,\"b\":2,\"none\":3},\"defaultVariant\":\"none\",\"targeting\":" + targeting + "}}}"),
        "flags.json", FlagSetOptions.AsFlagd with { Bucketing = bucketing });
}
