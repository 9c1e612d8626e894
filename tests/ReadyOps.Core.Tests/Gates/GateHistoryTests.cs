using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Tests.Checks;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Gates;

public sealed class GateHistoryTests
{
    private readonly ManualClock _clock = new();
    private readonly EngineContext _context;
    private readonly MemoryJournalStore _store;

    public GateHistoryTests()
    {
        _context = new EngineContext { Clock = _clock };
        _store = new MemoryJournalStore(_context);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Any_result_reads_back_as_it_was_written() => Prop.ForAll(Results().ToArbitrary(), result =>
    {
        JsonElement written = GateJournal.ToJson(result);
        GateResult read = GateJournalReader.Read(written);
        // Everything that is written is read, to the last digit; what is read is what was, but that a whole number may come back as a double.
        Assert.Equal(written.GetRawText(), GateJournal.ToJson(read).GetRawText());
        Assert.Equal((result.Gate, result.Release, result.Status, result.Score, result.PassScore, result.Reason), (read.Gate, read.Release, read.Status, read.Score, read.PassScore, read.Reason));
        Assert.Equal((result.Time, result.ValidUntil, result.Duration, result.Digest), (read.Time, read.ValidUntil, read.Duration, read.Digest));
        Assert.Equal(result.Evidence.Select(Told), read.Evidence.Select(Told));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task What_turned_comes_first_then_what_saw_another_value()
    {
        await RecordAsync(("coverage", Verdict.Pass, 93.5), ("errors", Verdict.Pass, 0.01), ("old", Verdict.Pass, null));
        await RecordAsync(("coverage", Verdict.Pass, 91.0), ("errors", Verdict.Fail, 0.02), ("new", Verdict.NoData, null));
        GateResult[] all = await ReadAsync(new GateHistoryQuery());
        Assert.Empty(all[0].Changes);
        Assert.Null(all[0].ScoreChange);
        // 3 of 3 passed, then 1 of 3.
        Assert.Equal(-200.0 / 3, all[1].ScoreChange!.Value, 6);
        Assert.Equal(
            ["errors: Pass → Fail", "new: absent → NoData", "old: Pass → gone", "coverage: Pass → Pass"], all[1].Changes.Select(change => change.ToString()));
        GateChange turned = all[1].Changes[0];
        Assert.Equal((true, 0.01, 0.02, "gates/production#1", "gates/production#2"), (turned.Turned, turned.ValueBefore, turned.ValueAfter, turned.From, turned.To));

        IReadOnlyList<GateChange> back = await new GateHistory(_store, _context).CompareAsync("gates/production#2", "gates/production#1", Stop);
        Assert.Equal(["errors: Fail → Pass", "old: absent → Pass", "new: NoData → gone", "coverage: Pass → Pass"], back.Select(change => change.ToString()));
    }

    [Fact]
    public async Task Results_are_picked_by_release_by_time_and_by_number()
    {
        DateTimeOffset start = _clock.GetUtcNow();
        foreach (string release in new[] { "2.3.0", "2.4.0", "2.3.0", "2.4.0" })
        {
            await RecordAsync(release, ("a", Verdict.Pass, 1.0));
            _clock.Advance(TimeSpan.FromHours(1));
        }

        async Task<string[]> References(GateHistoryQuery query) => [.. (await ReadAsync(query)).Select(result => result.JournalReference[^1..])];
        Assert.Equal(["1", "2", "3", "4"], await References(new GateHistoryQuery()));
        Assert.Equal(["2", "4"], await References(new GateHistoryQuery { Release = "2.4.0" }));
        Assert.Equal(["3", "4"], await References(new GateHistoryQuery { Since = start.AddHours(2) }));
        Assert.Equal(["3"], await References(new GateHistoryQuery { Release = "2.3.0", Last = 1 }));
        Assert.Empty(await References(new GateHistoryQuery { Gates = name => name == "staging" }));
    }

    [Fact]
    public async Task A_gate_that_passed_says_since_when_its_evidence_is_stale()
    {
        var gate = GateTesting.Gate(100, GateTesting.Check("a", Verdict.Pass) with { ValidFor = TimeSpan.FromHours(2) }, GateTesting.Check("b", Verdict.Pass) with { ValidFor = TimeSpan.FromHours(1) });
        GateResult result = await GateEvaluator.EvaluateAsync(gate, "2.4.0", _context, null, Stop);
        DateTimeOffset end = _clock.GetUtcNow().AddHours(1);
        Assert.Equal(end, result.ValidUntil);
        await GateJournal.AppendAsync(result, _store, _context, Stop);
        Assert.Null((await ReadAsync(new GateHistoryQuery()))[0].StaleSince);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(end, (await ReadAsync(new GateHistoryQuery()))[0].StaleSince);
    }

    [Fact]
    public async Task Evidence_that_the_pass_does_not_need_may_go_stale()
    {
        CheckDefinition short1 = GateTesting.Check("short", Verdict.Pass, weight: 1) with { ValidFor = TimeSpan.FromHours(1) };
        CheckDefinition short2 = GateTesting.Check("longer", Verdict.Pass, weight: 1) with { ValidFor = TimeSpan.FromHours(2) };
        CheckDefinition rest = GateTesting.Check("rest", Verdict.Pass, weight: 2);
        async Task<TimeSpan?> Holds(GateDefinition gate) => (await GateEvaluator.EvaluateAsync(gate, "2.4.0", _context, null, Stop)).ValidUntil - _clock.GetUtcNow();
        // 4 of 4, then 3 of 4, then 2 of 4.
        Assert.Equal(TimeSpan.FromHours(1), await Holds(GateTesting.Gate(76, short1, short2, rest)));
        Assert.Equal(TimeSpan.FromHours(2), await Holds(GateTesting.Gate(75, short1, short2, rest)));
        Assert.Null(await Holds(GateTesting.Gate(50, short1, short2, rest)));
        Assert.Equal(TimeSpan.FromHours(1), await Holds(GateTesting.Gate(50, short1 with { Critical = true }, short2, rest)));
        Assert.Equal(TimeSpan.FromHours(1), await Holds(GateTesting.Gate(50, [new GateSectionDefinition("all", 1, [rest])], short1)));
        Assert.Null(await Holds(GateTesting.Gate(100, short1, GateTesting.Check("bad", Verdict.Fail))));
    }

    [Fact]
    public async Task A_result_that_cannot_be_read_is_told_and_the_others_go_on()
    {
        await RecordAsync(("a", Verdict.Pass, 1.0));
        await using (IJournalLease? lease = await _store.TryAcquireAsync("gates/production", TimeSpan.Zero, Stop))
            await lease!.AppendAsync([new JournalEntry(GateJournal.EventType, "x", JsonDocument.Parse("""{"gate":"production","status":"Splendid"}""").RootElement)], Stop);
        await RecordAsync(("a", Verdict.Fail, 1.0));
        List<string> told = [];
        List<string> read = [];
        await foreach (GateResult result in new GateHistory(_store, _context).ReadAsync("gates/production", new GateHistoryQuery(), e => told.Add(e.Id), Stop)) read.Add(result.JournalReference);
        Assert.Equal(["GateResultMalformed"], told);
        Assert.Equal(["gates/production#1", "gates/production#3"], read);
    }

    [Theory]
    [InlineData("gates/production#9")]
    [InlineData("gates/production")]
    [InlineData("../../etc#1")]
    [InlineData("#1")]
    public async Task A_reference_that_leads_to_no_result_is_refused(string reference)
    {
        await RecordAsync(("a", Verdict.Pass, 1.0));
        var history = new GateHistory(_store, _context);
        Assert.Equal("GateResultNotFound", (await Assert.ThrowsAsync<ReadyOpsException>(() => history.CompareAsync("gates/production#1", reference, Stop))).Id);
    }

    [Fact]
    public async Task The_names_of_gates_are_known_also_where_their_streams_are_hashed()
    {
        foreach (string name in new[] { "prod", "Production gate / EU", "x-0123abcd" })
            await GateJournal.AppendAsync(new GateResult { Gate = name, Status = GateStatus.Passed }, _store, _context, Stop);
        Assert.Equal(["Production gate / EU", "prod", "x-0123abcd"], await GateJournal.NamesAsync(_store, Stop));
    }

    private static string Told(Evidence e) => string.Join('|', e.Check, e.Type, e.Verdict, e.Bound?.Text, e.Margin, e.Unit, e.Reason, string.Join(',', e.Details), e.NextStep,
        e.ValidUntil?.UtcTicks, e.Time.UtcTicks, e.Duration, e.Attempts, e.Source, e.From, e.Guessed, string.Join(';', e.Parts.Select(Told)));

    private async Task<GateResult[]> ReadAsync(GateHistoryQuery query)
    {
        List<GateResult> all = [];
        await foreach (GateResult result in new GateHistory(_store, _context).ReadAsync("gates/production", query, e => throw e, Stop)) all.Add(result);
        return [.. all];
    }

    private Task RecordAsync(params (string Name, Verdict Verdict, object? Value)[] checks) => RecordAsync("2.4.0", checks);

    private async Task RecordAsync(string release, params (string Name, Verdict Verdict, object? Value)[] checks)
    {
        GateDefinition gate = GateTesting.Gate(0, [.. checks.Select(one => GateTesting.Check(one.Name, one.Verdict) with { Check = new Valued(one.Verdict, one.Value) })]);
        await GateJournal.AppendAsync(await GateEvaluator.EvaluateAsync(gate, release, _context, null, Stop), _store, _context, Stop);
    }

    private static Gen<GateResult> Results()
    {
        Gen<string> text = Gen.Elements("", "a", "ä", "日本", "'\"\\", "x\ny", "{}", "\U0001F600", " ");
        Gen<string?> optional = Gen.OneOf(Gen.Constant<string?>(null), text.Select(t => (string?)t));
        Gen<DateTimeOffset> moment = Gen.Choose(0, int.MaxValue).Select(n => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(n * 7919L));
        Gen<TimeSpan> span = Gen.Choose(0, int.MaxValue).Select(n => TimeSpan.FromTicks(n));
        Gen<double> number = Gen.Choose(-1_000_000, 1_000_000).Select(n => n / 977.0);
        Gen<object?> value = Gen.OneOf(
            Gen.Constant<object?>(null), number.Select(n => (object?)n), text.Select(t => (object?)t), Gen.Elements<object?>(true, false, 7, 9_007_199_254_740_993L, 1.10m, double.MaxValue, double.NaN, double.Epsilon, -0.0));
        Gen<Bound?> bound = Gen.Elements("", "< 1%", ">= 98%", "== compliant", "in [aws, gcp]", "between 0.9 and 1.1", "within 10% of 131.57ms").Select(t => t.Length == 0 ? null : CheckTesting.Bound(t));
        Gen<Evidence> Evidence(int depth) =>
            from check in text from verdict in Gen.Elements(Enum.GetValues<Verdict>()) from seen in value from held in bound
            from margin in Gen.OneOf(Gen.Constant<double?>(null), number.Select(n => (double?)n)) from unit in Gen.Elements(Enum.GetValues<Unit>())
            from reason in text from details in text.ListOf(2) from next in text from end in Gen.OneOf(Gen.Constant<DateTimeOffset?>(null), moment.Select(m => (DateTimeOffset?)m))
            from time in moment from took in span from attempts in Gen.Choose(0, 9) from source in optional from origin in optional from guessed in Gen.Elements(true, false)
            from parts in depth > 0 ? Evidence(depth - 1).ListOf(2) : Gen.Constant(new List<Evidence>())
            select new Evidence
            {
                Check = check, Type = "t", Verdict = verdict, Value = seen, Bound = held, Margin = margin, Unit = unit, Reason = reason, Details = [.. details], NextStep = next, ValidUntil = end,
                Time = time, Duration = took, Attempts = attempts, Source = source, From = origin, Guessed = guessed, Parts = [.. parts], Memory = JsonDocument.Parse("""{"n":[1,"x"]}""").RootElement,
            };
        return from gate in text from release in optional from status in Gen.Elements(Enum.GetValues<GateStatus>()) from score in number from reason in text
               from time in moment from end in Gen.OneOf(Gen.Constant<DateTimeOffset?>(null), moment.Select(m => (DateTimeOffset?)m)) from took in span
               from prerequisites in Evidence(0).ListOf(1) from evidence in Evidence(1).ListOf(2)
               select new GateResult
               {
                   Gate = gate, Release = release, Status = status, Score = score, PassScore = 95, Reason = reason, Time = time, ValidUntil = end, Duration = took, Digest = "d1",
                   Prerequisites = [.. prerequisites], Sections = [new GateSection { Name = gate, Weight = 0.1, Score = score, Evidence = [.. evidence] }],
               };
    }

    private sealed class Valued(Verdict verdict, object? value) : ICheck
    {
        public ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel) => new(Observation.Of(verdict, "so.", value));
    }
}
