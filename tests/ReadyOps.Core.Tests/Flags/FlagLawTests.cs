using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Tests.JsonSchemas;

namespace ReadyOps.Core.Tests.Flags;

/// <summary>What holds for every flag, every share and every context.</summary>
public sealed class FlagLawTests
{
    private const int Keys = 1_000_000;

    [Theory]
    [InlineData("new-checkout", 1)]
    [InlineData("search-v2", 2)]
    [InlineData("日本", 3)]
    public void A_million_keys_are_dealt_out_in_proportion_to_the_weights(string flag, int seed)
    {
        int[] weights = [1, 2, 3, 4, 5, 10, 15, 20, 30, 10];
        FlagSet flags = Load(flag, string.Join(',', weights.Select((weight, i) => $"[\"v{i}\",{weight}]")), [.. weights.Select((_, i) => $"v{i}")]);
        int[] counts = new int[weights.Length];
        for (int i = 0; i < Keys; i++) counts[flags.EvaluateInteger(flag, new FlagContext(Key(seed, i)), -1)]++;
        double square = weights.Select((weight, i) => Square(counts[i], Keys * weight / 100.0)).Sum();
        // Nine degrees of freedom: 33.72 is passed by one honest deal of ten thousand (tables of the chi-square distribution).
        Assert.InRange(square, 0, 33.72);
    }

    [Fact]
    public void What_one_flag_gives_says_nothing_about_what_another_gives()
    {
        FlagSet first = Load("first", "[\"a\",50],[\"b\",50]", ["a", "b"]), second = Load("second", "[\"a\",50],[\"b\",50]", ["a", "b"]);
        long[] counts = new long[4];
        for (int i = 0; i < Keys; i++)
        {
            var context = new FlagContext(Key(4, i));
            counts[(2 * first.EvaluateInteger("first", context, 9)) + second.EvaluateInteger("second", context, 9)]++;
        }

        // One degree of freedom: 15.14 is passed by one of ten thousand where the two have nothing to do with one another.
        double rows = counts[0] + counts[1], columns = counts[0] + counts[2];
        double square = Square(counts[0], rows * columns / Keys) + Square(counts[1], rows * (Keys - columns) / Keys)
            + Square(counts[2], (Keys - rows) * columns / Keys) + Square(counts[3], (Keys - rows) * (Keys - columns) / Keys);
        Assert.InRange(square, 0, 15.14);
    }

    [Fact]
    public void A_larger_share_takes_the_variant_from_nobody()
    {
        Gen<(string Flag, string Key, int Less, int More)> cases =
            from flag in Gen.Elements("f", "new-checkout", "é")
            from key in Gen.Choose(0, int.MaxValue)
            from one in Gen.Choose(0, 100_000)
            from other in Gen.Choose(0, 100_000)
            select (flag, key.ToString(CultureInfo.InvariantCulture), Math.Min(one, other), Math.Max(one, other));
        Prop.ForAll(cases.ToArbitrary(), one => !IsOn(one.Flag, one.Key, one.Less) || IsOn(one.Flag, one.Key, one.More)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_same_ratio_in_other_weights_moves_nobody()
    {
        FlagSet small = Load("f", "[\"a\",1],[\"b\",3]", ["a", "b"]), large = Load("f", "[\"a\",500000000],[\"b\",1500000000]", ["a", "b"]);
        for (int i = 0; i < 10_000; i++) Assert.Equal(small.EvaluateInteger("f", new FlagContext(Key(5, i)), -1), large.EvaluateInteger("f", new FlagContext(Key(5, i)), -1));
    }

    [Fact]
    public void Any_rule_over_any_context_has_an_answer_and_its_explanation_is_the_same()
    {
        var cases = Rule(4).SelectMany(_ => SchemaGenerator.Value(3), (rule, context) => (rule, context));
        var config = Config.QuickThrowOnFailure.WithMaxTest(3000);
        Check.One(config, Prop.ForAll(cases.ToArbitrary(), one =>
        {
            using JsonDocument document = JsonDocument.Parse("{\"a\":" + one.context + ",\"b\":[1,\"x\",null,{\"a\":true}],\"targetingKey\":\"u\",\"r\":{\"var\":\"r\"}}");
            foreach (FlagBucketing bucketing in Enum.GetValues<FlagBucketing>())
            {
                FlagSet flags = FlagSet.Load(Encoding.UTF8.GetBytes("{\"flags\":{\"f\":{\"state\":\"ENABLED\",\"variants\":{\"a\":1,\"true\":2},\"defaultVariant\":\"a\",\"targeting\":" + one.rule + "}}}"), "f.json", FlagSetOptions.AsFlagd with { Bucketing = bucketing });
                FlagContext context = FlagContext.FromJson(document.RootElement);
                FlagEvaluation evaluation = flags.Evaluate("f", context, DateTimeOffset.UnixEpoch);
                FlagEvaluation explained = flags.Explain("f", context, DateTimeOffset.UnixEpoch).Evaluation;
                if ((evaluation.Variant, evaluation.Reason, evaluation.ErrorCode) != (explained.Variant, explained.Reason, explained.ErrorCode)) return false;
            }

            return true;
        }));
    }

    [Fact]
    public void Any_bytes_are_a_flag_document_or_refused()
    {
        byte[] seed = """{"metadata":{"v":1},"$evaluators":{"e":{"==":[1,{"var":"a"}]}},"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on","targeting":{"if":[{"$ref":"e"},{"fractional":[["on",5],["off",95]]},null]},"metadata":{"readyops.kind":"release"}}}}"""u8.ToArray();
        var random = new Random(20261121);
        for (int i = 0; i < 5000; i++)
        {
            byte[] bytes = Mutate(seed, random);
            foreach (FlagSetOptions options in new[] { new FlagSetOptions(), FlagSetOptions.AsFlagd })
            {
                try
                {
                    FlagSet flags = FlagSet.Load(bytes, i % 3 == 0 ? "flags.yaml" : "flags.json", options);
                    foreach (string key in flags.Keys)
                    {
                        _ = flags.Explain(key, new FlagContext("u").With("a", 1), DateTimeOffset.UnixEpoch);
                        _ = flags.Find(key);
                    }
                }
                catch (DocumentException)
                {
                    // What is no flag document says so.
                }
            }
        }
    }

    [Fact]
    public void A_boolean_is_evaluated_without_allocating()
    {
        FlagSet flags = FlagSet.Load("""
            {"flags":{"static":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"on"},
            "half":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",50],["off",50]]}},
            "salted":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[{"cat":[{"var":"$flagd.flagKey"},{"var":"email"}]},["on",50],["off",50]]}},
            "growing":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",{"-":[{"var":"$flagd.timestamp"},1000]}],["off",{"-":[2000,{"var":"$flagd.timestamp"}]}]]}},
            "rules":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"if":[{"in":[{"var":"tier"},["gold","silver"]]},"on",{"ends_with":[{"var":"email"},"@example.com"]},"on",
            {"sem_ver":[{"var":"version"},">=","2.0.0"]},"on",{"and":[{"==":[{"var":"country"},"de"]},{">":[{"var":"age"},17]}]},"on",{"fractional":[["on",10],["off",90]]}]}}}}
            """u8.ToArray(), "flags.json");
        FlagContext context = new FlagContext("user-1").With("email", "a@b.org").With("version", "1.9.0").With("country", "de").With("age", 16);
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1500);
        foreach (string key in flags.Keys)
        {
            long least = long.MaxValue;
            // The runtime itself may allocate while it is still about to compile what became hot.
            for (int round = 0; round < 50 && least > 0; round++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                for (int i = 0; i < 1000; i++) _ = flags.EvaluateBoolean(key, context, fallback: false, now);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            Assert.True(least == 0, $"{key}: {least} bytes");
        }
    }

    private static Gen<string> Rule(int depth)
    {
        Gen<string> plain = Gen.Elements("1", "0", "-3", "2.5", "\"a\"", "\"\"", "true", "false", "null", "[]", "[1,[2,\"x\"]]", "{}", "{\"a\":1,\"b\":2}");
        Gen<string> path = Gen.Elements("\"a\"", "\"b\"", "\"b.0\"", "\"b.3.a\"", "\"\"", "\".a\"", "\"r\"", "\"current\"", "\"accumulator\"", "\"$flagd.timestamp\"", "\"targetingKey\"", "1", "null", "[]", "[\"a\",1]");
        Gen<string> variable = path.Select(one => $"{{\"var\":{one}}}");
        if (depth == 0) return Gen.OneOf(plain, variable);
        Gen<string> inner = Gen.Frequency((1, plain), (2, variable), (4, Rule(depth - 1)));
        Gen<string> operands = Gen.Choose(0, 4).SelectMany(count => inner.ListOf(count)).Select(items => $"[{string.Join(',', items)}]");
        Gen<string> share = Gen.Frequency((4, inner.SelectMany(_ => Gen.OneOf(Gen.Elements("1", "50", "0", "-1", "1.5"), inner), (variant, weight) => $"[{variant},{weight}]")), (1, inner));
        Gen<string> fractional = Gen.Choose(0, 3).SelectMany(count => share.ListOf(count)).SelectMany(_ => Gen.OneOf(Gen.Constant(""), inner), (shares, by) => $"{{\"fractional\":[{string.Join(',', by.Length > 0 ? shares.Prepend(by) : shares)}]}}");
        Gen<string> rule = Gen.Elements([.. Core.Flags.Rules.Operators.Names, "fancy", "$ref"]).SelectMany(_ => Gen.Frequency((5, operands), (1, inner)), (name, operand) => $"{{\"{name}\":{operand}}}");
        return Gen.Frequency((6, rule), (2, fractional), (1, variable));
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        byte[] bytes = [.. seed];
        int changes = random.Next(1, 5);
        for (int i = 0; i < changes; i++)
        {
            int at = random.Next(bytes.Length);
            bytes = random.Next(5) switch
            {
                0 => [.. bytes[..at]],
                1 => [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]],
                2 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(8))..]],
                3 => [.. bytes[..at], .. "[]{},:\"0nul1e9"u8.ToArray().Skip(random.Next(12)).Take(1), .. bytes[Math.Min(bytes.Length, at + 1)..]],
                _ => [.. bytes[..at], .. bytes[random.Next(bytes.Length)..]],
            };
            if (bytes.Length == 0) return [(byte)random.Next(256)];
        }

        return bytes;
    }

    private static bool IsOn(string flag, string key, int share) =>
        Load(flag, $"[\"on\",{share}],[\"off\",{100_000 - share}]", ["on", "off"]).EvaluateInteger(flag, new FlagContext(key), -1) == 0;

    private static FlagSet Load(string flag, string shares, string[] variants) => FlagSet.Load(Encoding.UTF8.GetBytes(
        "{\"flags\":{\"" + flag + "\":{\"state\":\"ENABLED\",\"variants\":{" + string.Join(',', variants.Select((name, i) => $"\"{name}\":{i}")) + "},\"targeting\":{\"fractional\":[" + shares + "]}}}}"), "flags.json");

    private static string Key(int seed, int i) => string.Create(CultureInfo.InvariantCulture, $"user-{seed}-{i}");

    private static double Square(double seen, double expected) => (seen - expected) * (seen - expected) / expected;
}
