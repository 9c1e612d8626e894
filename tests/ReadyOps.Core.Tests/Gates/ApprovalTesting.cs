using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Tests.Checks;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Gates;

/// <summary>A gate that asks for approval, people who decide, and a clock.</summary>
internal sealed class ApprovalTesting
{
    public const string Release = "2.4.0";

    public ApprovalTesting(string members = "\"role\":\"security\"")
    {
        Clock = new ManualClock();
        Context = new EngineContext { Clock = Clock, Actor = "runner" };
        Store = new MemoryJournalStore(Context);
        Gate = GateOf(members, "d1");
    }

    public ManualClock Clock { get; }

    public EngineContext Context { get; private set; }

    public IJournalStore Store { get; set; }

    public GateDefinition Gate { get; private set; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The same gate in another text.</summary>
    public void ChangeText(string members, string digest) => Gate = GateOf(members, digest);

    public void Keep(ISecretSource secrets) => Context = Context with { Secrets = secrets };

    public Task<GateApproval> DecideAsync(string person, ApprovalDecision decision = ApprovalDecision.Approved, Func<ApprovalRequest, ApprovalRequest>? with = null)
    {
        var request = new ApprovalRequest { Decision = decision, Release = Release, Reason = $"{person} says so" };
        return new ApprovalService(Store, Context with { Actor = person }).RecordAsync(Gate, with?.Invoke(request) ?? request, Stop);
    }

    public async Task<Evidence> LookAsync(string? release = Release, string runner = "runner")
    {
        GateResult result = await GateEvaluator.EvaluateAsync(Gate, release, Context with { Actor = runner, Journals = Store }, null, Stop);
        return result.Evidence[0];
    }

    public Task<IReadOnlyList<GateApproval>> ListAsync() => new ApprovalService(Store, Context).ListAsync(Gate.Name, Gate, Stop);

    public async Task<string> RefusalAsync(Func<Task> act) => (await Assert.ThrowsAsync<ReadyOpsException>(act)).Id;

    private static GateDefinition GateOf(string members, string digest)
    {
        CheckDefinition check = CheckTesting.Read($$"""{"name":"sign-off","type":"approval",{{members}}}""");
        return GateTesting.Gate(100, check with { Critical = true }) with { Digest = digest };
    }
}
