using System.Text.Json;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Tests.Gates;

public sealed class EarlierResultsTests
{
    private readonly MemoryJournalStore _store = new(new EngineContext());

    [Fact]
    public async Task A_check_is_given_what_it_left_at_earlier_evaluations_the_newest_first()
    {
        List<EarlierEvidence[]> given = [];
        for (int run = 1; run <= 12; run++)
        {
            int left = run;
            var check = new Remembering(earlier => given.Add([.. earlier]), JsonSerializer.SerializeToElement(new { run = left }), run % 2 == 0 ? Verdict.Fail : Verdict.Pass);
            var gate = GateTesting.Gate(100, new CheckDefinition { Name = "c", Type = "test", Check = check });
            var context = new EngineContext { Journals = _store };
            GateResult result = await GateEvaluator.EvaluateAsync(gate, $"r{run}", context, null, TestContext.Current.CancellationToken);
            await GateJournal.AppendAsync(result, _store, context, TestContext.Current.CancellationToken);
        }

        Assert.Empty(given[0]);
        Assert.Equal([1], given[1].Select(Run));
        Assert.Equal([11, 10, 9, 8, 7, 6, 5, 4, 3, 2], given[11].Select(Run));
        Assert.Equal(("r11", Verdict.Pass), (given[11][0].Release, given[11][0].Verdict));
        Assert.Equal(Verdict.Fail, given[11][1].Verdict);
    }

    [Fact]
    public async Task The_newest_that_passed_is_given_however_often_it_failed_since()
    {
        List<EarlierEvidence[]> given = [];
        for (int run = 1; run <= 14; run++)
        {
            int left = run;
            // The second passes, and nothing after it.
            var check = new Remembering(earlier => given.Add([.. earlier]), JsonSerializer.SerializeToElement(new { run = left }), run <= 2 ? Verdict.Pass : Verdict.Fail);
            var gate = GateTesting.Gate(100, new CheckDefinition { Name = "c", Type = "test", Check = check });
            var context = new EngineContext { Journals = _store };
            await GateJournal.AppendAsync(await GateEvaluator.EvaluateAsync(gate, "r", context, null, TestContext.Current.CancellationToken), _store, context, TestContext.Current.CancellationToken);
        }

        Assert.Equal([11, 10, 9, 8, 7, 6, 5, 4, 3, 2], given[11].Select(Run));
        Assert.Equal([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 2], given[13].Select(Run));
    }

    [Fact]
    public async Task Without_a_journal_there_is_nothing_earlier()
    {
        List<EarlierEvidence>? given = null;
        var gate = GateTesting.Gate(100, new CheckDefinition { Name = "c", Type = "test", Check = new Remembering(earlier => given = [.. earlier], null, Verdict.Pass) });
        await GateTesting.EvaluateAsync(gate);
        Assert.Empty(given!);
    }

    private static int Run(EarlierEvidence earlier) => earlier.Memory!.Value.GetProperty("run").GetInt32();

    private sealed class Remembering(Action<IReadOnlyList<EarlierEvidence>> look, JsonElement? leave, Verdict verdict) : ICheck
    {
        public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
        {
            look(await context.Scene!.EarlierAsync("c", cancel));
            return Observation.Of(verdict, "seen.") with { Memory = leave };
        }
    }
}
