using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Stores;
using ReadyOps.Core.Flags.Strategies;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Targets;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Targets;

/// <summary>What a rollout that moves a flag leaves behind: who, why, and a strategy that tells what is.</summary>
public sealed class FlagTargetHistoryTests : IDisposable
{
    private const string Plain = """{"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}""";
    private static readonly TargetMove Step = new("web-2.0", "step 1, 10%");

    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-").FullName;
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_folder, "flags.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_history_of_the_flags_tells_which_rollout_moved_the_share_and_why()
    {
        await File.WriteAllTextAsync(FilePath, Plain, Cancel);
        EngineContext context = Context();
        await Target(context).SetAsync(10, Step, Cancel);
        await Target(context).SetAsync(10, Step, Cancel);
        await Target(context).SetAsync(0, new TargetMove("web-2.0", "taken back to 0%"), Cancel);

        FlagChange[] told = await HistoryAsync(context);
        Assert.Equal([("ada", "rollout web-2.0: step 1, 10%", true), ("ada", "rollout web-2.0: taken back to 0%", true)], told.Select(one => (one.Actor, one.Reason, one.Applied)));
        Assert.Contains(told[0].Differences, one => one.Member == "targeting" && one.Before is null);
        Assert.Equal("web-2.0", Flag().Rollout);
        Assert.Equal(0, await Target(context).ReadAsync(Cancel));
    }

    [Fact]
    public async Task A_history_that_is_busy_or_broken_keeps_no_share_from_being_set()
    {
        await File.WriteAllTextAsync(FilePath, Plain, Cancel);
        EngineContext context = Context();
        await using (await context.Journals!.TryAcquireAsync(FlagService.StreamOf(FilePath), TimeSpan.Zero, Cancel))
        {
            Task set = Target(context).SetAsync(10, Step, Cancel).AsTask();
            while (!set.IsCompleted)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Yield();
            }

            await set;
        }

        Assert.Equal(10, await Target(context).ReadAsync(Cancel));
        Assert.Empty(await HistoryAsync(context));

        EngineContext broken = context with { Journals = new FolderJournalStore(FilePath, context) };
        await Target(broken).SetAsync(0, Step, Cancel);
        Assert.Equal(0, await Target(context).ReadAsync(Cancel));
    }

    [Fact]
    public async Task What_is_wrong_with_another_flag_keeps_no_share_from_being_set()
    {
        await File.WriteAllTextAsync(FilePath, Plain.Replace("{\"f\":", "{\"bad\":{\"state\":\"ENABLED\",\"variants\":{\"a\":1},\"defaultVariant\":\"b\"},\"f\":", StringComparison.Ordinal), Cancel);
        EngineContext context = Context();
        await Target(context).SetAsync(10, Step, Cancel);
        Assert.Equal(10, await Target(context).ReadAsync(Cancel));
        Assert.Single(await HistoryAsync(context));
    }

    [Fact]
    public async Task A_flag_with_a_share_of_ours_is_moved_by_its_strategy_so_that_its_parameters_tell_what_is()
    {
        foreach (FlagStrategy strategy in (FlagStrategy[])[new Percentage(0), new Canary([new FlagAudience("segment") { In = ["staff"] }])])
        {
            var editor = new FlagEditor(System.Text.Encoding.UTF8.GetBytes(Plain), "f");
            FlagStrategies.Apply(editor, "f", strategy);
            await File.WriteAllBytesAsync(FilePath, editor.Utf8, Cancel);
            ITarget target = Target(Context());
            Assert.Equal(0, await target.ReadAsync(Cancel));
            foreach (decimal share in (decimal[])[12.5m, 100, 50, 0])
            {
                await target.SetAsync(share, Step, Cancel);
                Assert.Equal(share, await target.ReadAsync(Cancel));
                Assert.True(FlagStrategies.IsAsCompiled(Flag()));
                Assert.Equal(share, FlagStrategies.Read(Flag()) switch { Percentage p => p.Percent, Canary c => c.Percent, _ => -1 });
                if (share is 0 or 100) Assert.Equal(share == 100, FlagSet.Load(await File.ReadAllBytesAsync(FilePath, Cancel), "f").EvaluateBoolean("f", new FlagContext("anybody"), share == 0));
            }
        }
    }

    [Fact]
    public async Task A_rule_written_by_hand_over_a_strategy_is_left_as_it_is_but_for_its_weights()
    {
        var editor = new FlagEditor(System.Text.Encoding.UTF8.GetBytes(Plain), "f");
        FlagStrategies.Apply(editor, "f", new Percentage(20));
        editor.SetTargeting("f", """{"if":[{"var":"x"},"on",{"fractional":[["on",5],["off",95]]}]}""");
        await File.WriteAllBytesAsync(FilePath, editor.Utf8, Cancel);
        await Target(Context()).SetAsync(10, Step, Cancel);
        Assert.Equal("""{"if":[{"var":"x"},"on",{"fractional":[["on",10000],["off",90000]]}]}""", Flag().Targeting);
        Assert.False(FlagStrategies.IsAsCompiled(Flag()));
    }

    [Theory]
    [InlineData("""{"type":"flag","flag":"f","store":"flags.json"}""", "no store of flags")]
    [InlineData("""{"type":"flag","flag":"f","store":"redis://:s3cret@host/0?key=k"}""", "written out with its password")]
    [InlineData("""{"type":"flag","flag":"f","store":"redis://host/0"}""", "names no key")]
    [InlineData("""{"type":"flag","flag":"f","store":"redis://host/0?key=k","path":"x.json"}""", "not in both")]
    [InlineData("""{"type":"flag","flag":"f"}""", "'path' is missing")]
    public void A_store_that_cannot_be_is_refused_when_the_document_is_read(string json, string why)
    {
        string problem = Assert.Single(TargetDocument.Problems(json));
        Assert.Contains(why, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_key_of_a_store_is_the_same_target()
    {
        Assert.Equal("flag redis://host:6379/0?key=k#f", TargetDocument.Read("""{"type":"flag","flag":"f","store":"redis://host?key=k"}""", _folder).Identity);
        Assert.Equal("flag env:FLAGS#f", TargetDocument.Read("""{"type":"flag","flag":"f","store":"env:FLAGS"}""", _folder).Identity);
    }

    private EngineContext Context()
    {
        EngineContext context = new() { Clock = _clock, Actor = "ada" };
        return context with { Journals = new MemoryJournalStore(context) };
    }

    private ITarget Target(EngineContext context) => TargetDocument.Read("""{"type":"flag","path":"flags.json","flag":"f"}""", _folder, context);

    private FlagDefinition Flag() => FlagSet.Load(File.ReadAllBytes(FilePath), "f", FlagSetOptions.AsFlagd).Find("f")!;

    private async Task<FlagChange[]> HistoryAsync(EngineContext context)
    {
        await using var store = new FileFlagStore(FilePath, context);
        return [.. await new FlagService(store, context.Journals!, context).HistoryAsync(null, Cancel).ToArrayAsync(Cancel)];
    }
}
