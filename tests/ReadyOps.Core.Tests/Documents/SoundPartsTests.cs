using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.Documents;

/// <summary>What is wrong with the meaning of a document is told together with what its schema does not allow, and no false alarm follows from that.</summary>
public sealed class SoundPartsTests
{
    private const string Head = """
        apiVersion: readyops/v1
        kind: Rollout
        name: shop
        target: { type: flag, path: f.json, flag: new }
        """;

    private const string Signal = "{ name: a, type: json, path: h.json, pointer: /e, bound: '< 1%', consecutive: 3 }";

    private static string[] Of(string text) => Problems(() =>
        DocumentLoader.Parse(Utf8(text), "r.yaml", "/base", null, null, document =>
        {
            if (document.Kind == "Gate") GateReader.Read(document);
            else new RolloutService(new MemoryJournalStore(new EngineContext()), new EngineContext()).Preview(document);
        }));

    [Fact]
    public void A_slip_in_one_part_hides_nothing_of_the_others()
    {
        string[] problems = Of($$"""
            {{Head}}
            windows: { timeZone: Europe/Berln, freezes: [{ from: 2026-12-18T18:00, to: 2026-12-04T06:00 }] }
            steps: [{ share: 50% }, { share: 10% }]
            signals:
              - { name: a, type: json, path: h.json, pointer: /e, bound: '<< 1%', consecutive: 3 }
              - { name: b, type: json, path: h.json, pointer: /e, bound: '< 1%', consecutive: 3, for: 5m }
            """);
        Assert.Equal(5, problems.Length);
        Assert.Contains("r.yaml:5:22: /windows/timeZone: this machine knows no time zone 'Europe/Berln'", problems[0], StringComparison.Ordinal);
        Assert.Contains("/windows/freezes/0/to: it ends before it begins", problems[1], StringComparison.Ordinal);
        Assert.Contains("/steps/1/share: this share does not rise above the 50% before it", problems[2], StringComparison.Ordinal);
        Assert.Contains("/signals/0/bound: '<< 1%' has one operator too many", problems[3], StringComparison.Ordinal);
        Assert.Contains("/signals/1/consecutive: a signal is either timed or counted", problems[4], StringComparison.Ordinal);
    }

    [Theory]
    // The rollback is weighed against the first step, whose share nobody knows.
    [InlineData("rollback: { share: 5% }\nsteps: [{ share: abc }, { share: 100% }]\nsignals: [" + Signal + "]", "/steps/0/share")]
    // A member that is written wrong is not missing, too.
    [InlineData("steps: [{ share: 100% }]\nsignal: [" + Signal + "]", "'signal'")]
    [InlineData("steps: [{ shares: 100% }]\nsignals: [" + Signal + "]", "'share")]
    [InlineData("strategy: bluegreen\nbefore: [{ name: a, type: file, path: a }]\nsignals: [" + Signal + "]", "/strategy")]
    [InlineData("steps: [{ share: 100% }]\nsignals: [{ name: a, type: jsn, path: h.json }]", "/signals/0/type")]
    public void No_false_alarm_follows_from_a_slip(string rest, string problem)
    {
        string[] problems = Of($"{Head}\n{rest}");
        Assert.All(problems, one => Assert.Contains(problem, one, StringComparison.Ordinal));
        Assert.NotEmpty(problems);
    }

    [Fact]
    public void Gates_say_it_all_too()
    {
        string[] problems = Of("""
            apiVersion: readyops/v1
            kind: Gate
            name: g
            passScore: 0.95
            checks:
              - { name: a, type: fil, path: a.txt }
              - { name: b, type: approval, required: 2, approvers: [bob] }
            """);
        Assert.Equal(3, problems.Length);
        Assert.Contains("'0.95' may mean a share or a score", problems[0], StringComparison.Ordinal);
        Assert.Contains("'fil' is not known here", problems[1], StringComparison.Ordinal);
        Assert.Contains("2 must approve, and only 1 may", problems[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_of_another_kind_is_not_read_as_what_it_is_not() =>
        Assert.Single(Problems(() => DocumentLoader.Parse(Utf8($"{Head}\nsteps: [{{ share: 100% }}]\nsignals: [{Signal}]"), "r.yaml", "/base", "Monitor", null, _ => Assert.Fail("it was read"))));
}
