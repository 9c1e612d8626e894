using System.Text;
using ReadyOps.Core.Flags;

namespace ReadyOps.Core.Tests.Flags;

public sealed class FlagSetTests
{
    private static readonly FlagContext Nobody = new(null);

    [Fact]
    public void A_flag_without_targeting_gives_everybody_its_default_variant()
    {
        FlagSet flags = Load("""{"flags":{"new-checkout":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}}}""");
        FlagEvaluation evaluation = flags.Evaluate("new-checkout", Nobody);
        Assert.Equal((true, "on", "STATIC", null), (evaluation.Value, evaluation.Variant, evaluation.Reason, evaluation.ErrorCode));
    }

    [Fact]
    public void A_disabled_flag_leaves_the_value_to_the_caller()
    {
        FlagSet flags = Load("""{"flags":{"f":{"state":"DISABLED","variants":{"on":true,"off":false},"defaultVariant":"on"}}}""");
        FlagResult<bool> result = flags.ResolveBoolean("f", Nobody, fallback: false);
        Assert.Equal((false, null, "DISABLED", null), (result.Value, result.Variant, result.Reason, result.ErrorCode));
    }

    [Fact]
    public void A_flag_that_is_not_there_is_an_error_and_the_callers_default()
    {
        FlagResult<string> result = Load("""{"flags":{}}""").ResolveString("f", Nobody, "mine");
        Assert.Equal(("mine", "ERROR", "FLAG_NOT_FOUND"), (result.Value, result.Reason, result.ErrorCode));
    }

    [Fact]
    public void A_share_is_dealt_out_by_the_hash_of_flag_key_and_targeting_key()
    {
        // FORMATS.md §1.3, computed with an independent implementation: of 100 buckets, 'é' falls into 86, '日本' into 91, 'jürgen@example.com' into 93.
        FlagSet flags = Load("""{"flags":{"flag":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["off",86],["on",1],["off",13]]}}}}""");
        Assert.True(flags.EvaluateBoolean("flag", new FlagContext("é"), fallback: false));
        Assert.False(flags.EvaluateBoolean("flag", new FlagContext("日本"), fallback: true));
        FlagExplanation explanation = flags.Explain("flag", new FlagContext("jürgen@example.com"));
        Assert.Equal(93, Assert.Single(explanation.Buckets).Bucket);
    }

    [Fact]
    public void Where_a_flag_is_written_is_known_in_a_document_of_one_line()
    {
        FlagDefinition flag = Load("""{"flags":{"é":{"state":"ENABLED","variants":{"on":true}},"f":{"state":"ENABLED","variants":{"on":true}}}}""").Find("f")!;
        Assert.Equal((1, 58), (flag.Line, flag.Column));
    }

    private static FlagSet Load(string json) => FlagSet.Load(Encoding.UTF8.GetBytes(json), "flags.json");
}
