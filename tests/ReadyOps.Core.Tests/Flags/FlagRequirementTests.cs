using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Strategies;
using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Tests.Flags;

public sealed class FlagRequirementTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_text_that_is_hashed_is_the_one_that_the_required_flag_hashes()
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "a", new Percentage(25));
        FlagStrategies.Apply(editor, "b", new AllAtOnce(true));
        Require(editor, "b", "a", "on");
        // The short form hashes the key of the flag and the targeting key behind it.
        Assert.Equal(
            """{"if":[{"==":[{"if":[{"and":[{"var":"targetingKey"},{"===":[{"var":"targetingKey"},{"cat":[{"var":"targetingKey"}]}]}]},{"fractional":[{"cat":["a",{"var":"targetingKey"}]},["on",25000],["off",75000]]},"off"]},"on"]},"on","off"]}""",
            editor.Find("b")!["targeting"]!.ToJsonString());
    }

    public static TheoryData<FlagStrategy> Strategies =>
    [
        new AllAtOnce(true), new AllAtOnce(false), new Percentage(0), new Percentage(37.5m), new Percentage(100),
        new Progressive(Now.AddHours(-1), Now.AddHours(2), 10, 90), new Canary([new("targetingKey") { In = ["user-1", "user-2"] }], 20),
        new Percentage(20) { Slot = new FlagSlot("g", 10, 60) }, new Percentage(30) { Variant = "off", Stable = "on" },
    ];

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Nobody_has_a_flag_without_the_one_that_it_requires(FlagStrategy required)
    {
        FlagEditor editor = Document("a", "b", "c");
        FlagStrategies.Apply(editor, "a", required);
        FlagStrategies.Apply(editor, "b", new AllAtOnce(true));
        FlagStrategies.Apply(editor, "c", new Percentage(60));
        Require(editor, "b", "a", "on");
        Require(editor, "c", "b", "on");
        FlagSet set = Load(editor);
        foreach (FlagContext context in Contexts())
        {
            bool a = set.EvaluateBoolean("a", context, false, Now);
            Assert.Equal(a, set.EvaluateBoolean("b", context, false, Now));
            Assert.True(a || !set.EvaluateBoolean("c", context, false, Now));
        }
    }

    [Fact]
    public void Laws_hold_for_all_shares_and_users()
    {
        Gen<(int, int, int, int)> gen = from required in Gen.Choose(0, 100_000)
            from low in Gen.Choose(0, 100_000)
            from high in Gen.Choose(0, 100_000)
            from user in Gen.Choose(0, int.MaxValue)
            select (required, Math.Min(low, high), Math.Max(low, high), user);
        Check.QuickThrowOnFailure(Prop.ForAll(gen.ToArbitrary(), draw =>
        {
            (int required, int low, int high, int user) = draw;
            var context = new FlagContext($"ü{user}");
            (bool a, bool less) = Ask(required, low, context);
            (_, bool more) = Ask(required, high, context);
            // Never without what is required; and who has it at a share keeps it at a greater one.
            return (a || !less) && (a || !more) && (more || !less);
        }));
    }

    [Fact]
    public void What_is_required_is_put_in_anew_when_it_changes()
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "b", new AllAtOnce(true));
        Require(editor, "b", "a", "on");
        Assert.False(Load(editor).EvaluateBoolean("b", new FlagContext("x"), false));
        FlagStrategies.Apply(editor, "a", new AllAtOnce(true));
        FlagRequirements.Refresh(editor);
        Assert.True(Load(editor).EvaluateBoolean("b", new FlagContext("x"), false));
        editor.SetState("a", false);
        FlagRequirements.Refresh(editor);
        Assert.False(Load(editor).EvaluateBoolean("b", new FlagContext("x"), true));
        Assert.Equal(new AllAtOnce(true), FlagStrategies.Read(Load(editor).Find("b")!));
        Assert.True(FlagStrategies.IsAsCompiled(Load(editor).Find("b")!));
    }

    [Fact]
    public void A_share_that_was_moved_meanwhile_stays_where_it_is()
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "b", new Percentage(10));
        Require(editor, "b", "a", "on");
        editor.SetTargeting("b", editor.Find("b")!["targeting"]!.ToJsonString().Replace("10000", "40000", StringComparison.Ordinal).Replace("90000", "60000", StringComparison.Ordinal));
        FlagStrategies.Apply(editor, "a", new AllAtOnce(true));
        FlagRequirements.Refresh(editor);
        Assert.Contains("""["on",40000],["off",60000]""", editor.Find("b")!["targeting"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.False(FlagStrategies.IsAsCompiled(Load(editor).Find("b")!));
    }

    [Fact]
    public void To_require_nothing_any_more_is_to_be_as_before()
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "b", new AllAtOnce(true));
        string before = Load(editor).Find("b")!.Json;
        Require(editor, "b", "a", "on");
        FlagRequirements.Set(editor, "b", new Dictionary<string, string>());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before), JsonNode.Parse(Load(editor).Find("b")!.Json)));
    }

    [Theory]
    [InlineData("""{"if":[{"==":[{"var":"tier"},"gold"]},"on",null]}""")]
    [InlineData("""{"if":[{"in":[{"var":"$flagd.flagKey"},["a"]]},{"fractional":["on","off"]}]}""", "FlagRequirementInvalid")]
    [InlineData("""{"fractional":[{"var":"email"},["on",50],["off",50]]}""", "FlagRequirementInvalid")]
    [InlineData("""{"==":[{"var":"tier"},"gold"]}""", "FlagRequirementInvalid")]
    public void A_rule_written_by_hand_is_followed_as_far_as_it_can_be(string rule, string? id = null)
    {
        FlagEditor editor = Document("a", "b");
        editor.SetTargeting("a", rule);
        FlagStrategies.Apply(editor, "b", new AllAtOnce(true));
        if (id is not null)
        {
            Assert.Equal(id, Assert.Throws<ReadyOpsException>(() => Require(editor, "b", "a", "on")).Id);
            return;
        }

        Require(editor, "b", "a", "on");
        FlagSet set = Load(editor);
        Assert.True(set.EvaluateBoolean("b", new FlagContext("x", [new("tier", "gold")]), false));
        Assert.False(set.EvaluateBoolean("b", new FlagContext("x", [new("tier", "silver")]), true));
    }

    [Fact]
    public void Circles_and_flags_that_are_not_there_are_refused()
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "a", new AllAtOnce(true));
        FlagStrategies.Apply(editor, "b", new AllAtOnce(true));
        Require(editor, "b", "a", "on");
        FlagRequirements.Set(editor, "a", new Dictionary<string, string> { ["b"] = "on" });
        Assert.Equal("FlagRequirementCycle", Assert.Throws<ReadyOpsException>(() => FlagRequirements.Refresh(editor)).Id);
        editor.SetMetadata("a", FlagMetadataKeys.Requires, null);
        editor.Remove("a");
        Assert.Equal("FlagRequirementMissing", Assert.Throws<ReadyOpsException>(() => FlagRequirements.Refresh(editor)).Id);
    }

    [Fact]
    public void Two_flags_of_a_group_never_meet_and_raising_one_moves_nobody_of_another()
    {
        Gen<(int, int, int)> gen = from a in Gen.Choose(0, 40_000) from b in Gen.Choose(0, 60_000) from user in Gen.Choose(0, int.MaxValue) select (a, b, user);
        Check.QuickThrowOnFailure(Prop.ForAll(gen.ToArbitrary(), draw =>
        {
            (int a, int b, int user) = draw;
            var context = new FlagContext($"user-{user}");
            FlagSet set = Group(a / 1000m, b / 1000m);
            FlagSet full = Group(40, b / 1000m);
            bool hasA = set.EvaluateBoolean("a", context, false);
            bool hasB = set.EvaluateBoolean("b", context, false);
            return !(hasA && hasB) && hasB == full.EvaluateBoolean("b", context, false) && (!hasA || full.EvaluateBoolean("a", context, false));
        }));
    }

    [Fact]
    public void A_slot_is_filled_to_its_share_and_nobody_without_a_key_is_in_it()
    {
        FlagSet set = Group(40, 60);
        int a = Enumerable.Range(0, 10_000).Count(i => set.EvaluateBoolean("a", new FlagContext($"user-{i}"), false));
        int b = Enumerable.Range(0, 10_000).Count(i => set.EvaluateBoolean("b", new FlagContext($"user-{i}"), false));
        Assert.Equal(10_000, a + b);
        // Five standard deviations of 10,000 draws at 40 % are 245.
        Assert.InRange(a, 3755, 4245);
        Assert.False(set.EvaluateBoolean("a", default, true));
        Assert.False(set.EvaluateBoolean("b", new FlagContext(""), true));
    }

    [Fact]
    public void A_share_that_grows_stays_in_its_slot()
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "a", new Progressive(Now, Now.AddHours(1), 0, 30) { Slot = new FlagSlot("g", 0, 30) });
        FlagStrategies.Apply(editor, "b", new Progressive(Now, Now.AddHours(1), 5, 70) { Slot = new FlagSlot("g", 30, 100) });
        FlagSet set = Load(editor);
        for (int minute = -1; minute <= 61; minute += 2)
        {
            for (int i = 0; i < 500; i++)
            {
                var context = new FlagContext($"user-{i}");
                Assert.False(set.EvaluateBoolean("a", context, false, Now.AddMinutes(minute)) && set.EvaluateBoolean("b", context, false, Now.AddMinutes(minute)));
            }
        }

        Assert.All(Enumerable.Range(0, 500), i => Assert.True(set.EvaluateBoolean("a", new FlagContext($"user-{i}"), false, Now.AddHours(2)) || set.EvaluateBoolean("b", new FlagContext($"user-{i}"), false, Now.AddHours(2))));
        Assert.Equal(new Progressive(Now, Now.AddHours(1), 0, 30) { Slot = new FlagSlot("g", 0, 30) }, FlagStrategies.Read(set.Find("a")!));
    }

    [Fact]
    public void Slots_that_overlap_and_shares_that_do_not_fit_are_refused()
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "a", new Percentage(10) { Slot = new FlagSlot("g", 0, 50) });
        FlagStrategies.Apply(editor, "b", new Percentage(10) { Slot = new FlagSlot("g", 49.999m, 100) });
        Assert.Equal("FlagSlotTaken", Assert.Throws<ReadyOpsException>(() => FlagRequirements.Refresh(editor)).Id);
        Assert.Contains("does not fit", Assert.Throws<ReadyOpsException>(() => FlagStrategies.Apply(editor, "a", new Percentage(51) { Slot = new FlagSlot("g", 0, 50) })).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be in a group", Assert.Throws<ReadyOpsException>(() => FlagStrategies.Apply(editor, "a", new AllAtOnce(true) { Slot = new FlagSlot("g", 0, 50) })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Until_the_moment_everybody_has_what_was_and_then_what_comes(FlagStrategy was)
    {
        foreach (FlagStrategy comes in (FlagStrategy[])[new AllAtOnce(true), new AllAtOnce(false), new Percentage(70), new Canary([new("targetingKey") { In = ["user-3"] }])])
        {
            FlagEditor before = Document("a");
            FlagStrategies.Apply(before, "a", was);
            FlagEditor after = Document("a");
            FlagStrategies.Apply(after, "a", comes);
            FlagEditor editor = Document("a");
            FlagStrategies.Apply(editor, "a", was);
            FlagStrategies.ApplyAt(editor, "a", comes, Now, Now.AddMinutes(-5));
            FlagSet set = Load(editor);
            Assert.Equal(comes, FlagStrategies.Read(set.Find("a")!));
            FlagStrategies.ApplyAt(editor, "a", comes, Now, Now.AddMinutes(-4));
            Assert.Equal(set.Find("a")!.Targeting, Load(editor).Find("a")!.Targeting);
            FlagSchedules.Collapse(editor, "a", Now);
            Assert.True(JsonNode.DeepEquals(editor.Find("a"), after.Find("a")), $"{editor.Find("a")} is not {after.Find("a")}");
            foreach (FlagContext context in Contexts())
            {
                Assert.Equal(Load(before).Evaluate("a", context, Now.AddSeconds(-1)).Variant, set.Evaluate("a", context, Now.AddSeconds(-1)).Variant);
                Assert.Equal(Load(after).Evaluate("a", context, Now).Variant, set.Evaluate("a", context, Now).Variant);
            }
        }
    }

    [Fact]
    public void A_flag_may_require_one_that_changes_at_a_moment()
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "b", new AllAtOnce(true));
        FlagStrategies.Apply(editor, "a", new AllAtOnce(true));
        FlagStrategies.ApplyAt(editor, "a", new Percentage(50), Now, Now.AddHours(-1));
        Require(editor, "b", "a", "on");
        FlagSet set = Load(editor);
        foreach (FlagContext context in Contexts())
            foreach (DateTimeOffset moment in (DateTimeOffset[])[Now.AddSeconds(-1), Now])
                Assert.Equal(set.EvaluateBoolean("a", context, false, moment), set.EvaluateBoolean("b", context, false, moment));
    }

    [Fact]
    public void A_rollout_moves_the_share_of_a_flag_that_requires_another_and_no_other_share()
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "a", new Percentage(50));
        FlagStrategies.Apply(editor, "b", new Percentage(10));
        Require(editor, "b", "a", "on");
        Assert.Equal(10, new FlagDocument(editor.Utf8, "f.json", "b", "on", "off").Share());
        var moved = new FlagEditor(new FlagDocument(editor.Utf8, "f.json", "b", "on", "off").WithShare(25), "f.json");
        string rule = moved.Find("b")!["targeting"]!.ToJsonString();
        Assert.Contains("""["on",50000],["off",50000]""", rule, StringComparison.Ordinal);
        Assert.Contains("""["on",25000],["off",75000]""", rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollout_moves_no_flag_of_a_group_and_none_whose_change_waits()
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "a", new Percentage(10) { Slot = new FlagSlot("g", 0, 50) });
        FlagStrategies.Apply(editor, "b", new Percentage(10));
        FlagStrategies.ApplyAt(editor, "b", new Percentage(50), Now, Now.AddHours(-1));
        foreach (string key in (string[])["a", "b"])
            Assert.Equal("FlagTargetingUnfit", Assert.Throws<ReadyOpsException>(() => new FlagDocument(editor.Utf8, "f.json", key, "on", "off").WithShare(25)).Id);
    }

    private static IEnumerable<FlagContext> Contexts() =>
        [default, new FlagContext(""), FlagContext.From(FlagValue.Object([new("targetingKey", 5)])), .. Enumerable.Range(0, 300).Select(i => new FlagContext($"user-{i}"))];

    private static (bool Required, bool Own) Ask(int required, int own, FlagContext context)
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "a", new Percentage(required / 1000m));
        FlagStrategies.Apply(editor, "b", new Percentage(own / 1000m));
        Require(editor, "b", "a", "on");
        FlagSet set = Load(editor);
        return (set.EvaluateBoolean("a", context, false), set.EvaluateBoolean("b", context, false));
    }

    private static FlagSet Group(decimal a, decimal b)
    {
        FlagEditor editor = Document("a", "b");
        FlagStrategies.Apply(editor, "a", new Percentage(a) { Slot = new FlagSlot("g", 0, 40) });
        FlagStrategies.Apply(editor, "b", new Percentage(b) { Slot = new FlagSlot("g", 40, 100) });
        return Load(editor);
    }

    private static void Require(FlagEditor editor, string key, string required, string variant) =>
        FlagRequirements.Set(editor, key, new Dictionary<string, string> { [required] = variant });

    // Strict: what is compiled has to keep to flagd's schema.
    private static FlagSet Load(FlagEditor editor) => FlagSet.Load(editor.Utf8, "f.json");

    private static FlagEditor Document(params string[] keys)
    {
        var editor = new FlagEditor(FlagEditor.EmptyDocument, "f.json");
        foreach (string key in keys) editor.Add(key, FlagEdits.Definition(null, null));
        return editor;
    }
}
