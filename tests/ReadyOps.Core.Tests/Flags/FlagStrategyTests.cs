using System.Text.Json.Nodes;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Strategies;

namespace ReadyOps.Core.Tests.Flags;

public sealed class FlagStrategyTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<FlagStrategy> All =>
    [
        new AllAtOnce(true), new AllAtOnce(false), new Percentage(0), new Percentage(12.345m), new Percentage(100),
        new Progressive(Start, Start.AddDays(7)), new Progressive(Start, Start.AddHours(1), 12.5m, 62.5m),
        new Canary([new("targetingKey") { In = ["ada", "grace"] }, new("email") { EndsWith = "@example.com" }], 5),
        new Canary([new("segment") { In = ["beta"] }]) { Variant = "new", Stable = "old" },
    ];

    [Theory]
    [MemberData(nameof(All))]
    public void A_strategy_is_read_back_as_it_was_given(FlagStrategy strategy)
    {
        FlagDefinition flag = Set(strategy).Find("f")!;
        Assert.Equal(strategy, FlagStrategies.Read(flag));
        Assert.True(FlagStrategies.IsAsCompiled(flag));
    }

    [Fact]
    public void A_rule_that_was_changed_by_hand_is_noticed()
    {
        FlagEditor editor = Edited(new Percentage(10));
        editor.SetTargeting("f", """{"fractional":[["on",20000],["off",80000]]}""");
        Assert.False(FlagStrategies.IsAsCompiled(FlagSet.Load(editor.Utf8, "f.json").Find("f")!));
    }

    [Fact]
    public void All_at_once_is_the_default_variant_and_no_rule()
    {
        FlagDefinition flag = Set(new AllAtOnce(true)).Find("f")!;
        Assert.Null(flag.Targeting);
        Assert.Equal("on", flag.DefaultVariant);
        Assert.Equal("STATIC", Set(new AllAtOnce(true)).Evaluate("f", default).Reason);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 10_000)]
    [InlineData(25, 2500)]
    public void A_percentage_reaches_that_share(int percent, int expected)
    {
        FlagSet set = Set(new Percentage(percent));
        // Five standard deviations of 10,000 draws at 25 % are 217.
        Assert.InRange(Enumerable.Range(0, 10_000).Count(i => set.EvaluateBoolean("f", new FlagContext($"user-{i}"), false)), expected - (percent is 0 or 100 ? 0 : 217), expected + (percent is 0 or 100 ? 0 : 217));
    }

    [Fact]
    public void A_percentage_compiles_to_the_rule_that_flagd_knows() =>
        Assert.Equal("""{"fractional":[["on",12345],["off",87655]]}""", FlagStrategies.Compile(new Percentage(12.345m)));

    [Fact]
    public void Over_the_whole_range_a_week_compiles_to_seconds()
    {
        // 604,800 seconds from 2026-11-21 12:00 UTC, which is 1795262400: worked out with `date -u -d @1795262400`.
        Assert.Equal(
            """{"if":[{"<":[{"var":"$flagd.timestamp"},1795262400]},"off",{"<":[{"var":"$flagd.timestamp"},1795867200]},{"fractional":[["on",{"-":[{"var":"$flagd.timestamp"},1795262400]}],["off",{"-":[604800,{"-":[{"var":"$flagd.timestamp"},1795262400]}]}]]},"on"]}""",
            FlagStrategies.Compile(new Progressive(Start, Start.AddDays(7))));
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(12.5, 62.5)]
    public void A_progressive_share_grows_in_a_straight_line_and_never_takes_back(double from, double to)
    {
        FlagSet set = Set(new Progressive(Start, Start.AddHours(10), (decimal)from, (decimal)to));
        var had = new bool[2000];
        for (int tenth = -1; tenth <= 11; tenth++)
        {
            DateTimeOffset now = Start + TimeSpan.FromHours(tenth);
            double share = from + ((to - from) * Math.Clamp(tenth / 10.0, 0, 1));
            int count = 0;
            for (int i = 0; i < had.Length; i++)
            {
                bool has = set.EvaluateBoolean("f", new FlagContext($"user-{i}"), false, now);
                Assert.True(has || !had[i], $"user-{i} lost it at {now}");
                had[i] = has;
                if (has) count++;
            }

            // Five standard deviations of 2,000 draws are at most 5.6 %.
            Assert.InRange(100.0 * count / had.Length, share - 5.6, share + 5.6);
        }
    }

    [Fact]
    public void Those_on_the_list_have_it_whatever_the_share_is()
    {
        FlagSet set = Set(new Canary([new("targetingKey") { In = ["ada"] }, new("email") { EndsWith = "@example.com" }, new("plan") { StartsWith = "beta" }]));
        Assert.True(set.EvaluateBoolean("f", new FlagContext("ada"), false));
        Assert.True(set.EvaluateBoolean("f", new FlagContext("x", [new("email", "eve@example.com")]), false));
        Assert.True(set.EvaluateBoolean("f", new FlagContext("x", [new("plan", "beta-2")]), false));
        Assert.False(set.EvaluateBoolean("f", new FlagContext("adam", [new("email", "eve@example.com.evil.net"), new("plan", "no-beta")]), false));
    }

    public static TheoryData<FlagStrategy, string> Wrong => new()
    {
        { new Percentage(101), "a share of 101% is none" },
        { new Percentage(0.0004m), "a share of 0.0004% would reach nobody: shares go in steps of 0.001%" },
        { new Percentage(5) { Variant = "off" }, "'off' is both" },
        { new Progressive(Start, Start), "which is not after its start" },
        { new Progressive(Start, Start.AddDays(1), 50, 20), "does not grow" },
        { new Progressive(Start, Start.AddDays(365), 0.001m, 99.999m), "cannot deal out so finely" },
        { new Canary([]), "there is nobody on its list" },
        { new Canary([new("email") { EndsWith = "" }]), "is empty, or is everybody" },
        { new Canary([new("email")]), "needs exactly one of" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_makes_no_sense_is_refused_and_changes_nothing(FlagStrategy strategy, string why)
    {
        FlagEditor editor = Plain();
        byte[] before = editor.Utf8;
        ReadyOpsException refused = Assert.Throws<ReadyOpsException>(() => FlagStrategies.Apply(editor, "f", strategy));
        Assert.Equal("FlagStrategyInvalid", refused.Id);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, editor.Utf8);
    }

    [Fact]
    public void A_new_strategy_leaves_nothing_of_the_old_one()
    {
        FlagEditor editor = Edited(new Progressive(Start, Start.AddDays(1)));
        FlagStrategies.Apply(editor, "f", new AllAtOnce(true));
        Assert.Equal(["readyops.strategy", "readyops.compiled"], editor.Find("f")!["metadata"]!.AsObject().Select(member => member.Key));
    }

    private static FlagEditor Plain()
    {
        var editor = new FlagEditor(FlagEditor.EmptyDocument, "f.json");
        editor.Add("f", new JsonObject
        {
            ["state"] = "ENABLED",
            ["variants"] = new JsonObject { ["on"] = true, ["off"] = false, ["new"] = true, ["old"] = false },
            ["defaultVariant"] = "off",
        });
        return editor;
    }

    private static FlagEditor Edited(FlagStrategy strategy)
    {
        FlagEditor editor = Plain();
        FlagStrategies.Apply(editor, "f", strategy);
        return editor;
    }

    private static FlagSet Set(FlagStrategy strategy) => FlagSet.Load(Edited(strategy).Utf8, "f.json");
}
