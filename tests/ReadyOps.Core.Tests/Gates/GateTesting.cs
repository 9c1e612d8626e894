using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Gates;

/// <summary>Gates whose checks see what a test says.</summary>
internal static class GateTesting
{
    public static CheckDefinition Check(string name, Verdict verdict, decimal weight = 1, bool critical = false) =>
        new() { Name = name, Type = "test", Weight = weight, Critical = critical, Check = new Seen(verdict, $"saw {verdict}.") };

    public static GateDefinition Gate(decimal passScore, params CheckDefinition[] checks) =>
        Gate(passScore, [new GateSectionDefinition("all", 1, checks)]);

    public static GateDefinition Gate(decimal passScore, IReadOnlyList<GateSectionDefinition> sections, params CheckDefinition[] prerequisites) =>
        new() { Name = "production", PassScore = passScore, Sections = sections, Prerequisites = prerequisites };

    public static Task<GateResult> EvaluateAsync(GateDefinition gate, IProgress<Evidence>? progress = null) =>
        GateEvaluator.EvaluateAsync(gate, "2.4.0", new EngineContext(), progress, TestContext.Current.CancellationToken);

    public static Document Document(string json) => new()
    {
        File = "gate.yaml",
        BaseDirectory = "/",
        Kind = "Gate",
        Name = "production",
        Digest = "d1",
        Root = CheckTesting.Node(json),
    };

    private sealed class Seen(Verdict verdict, string reason) : ICheck
    {
        public ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel) => new(Observation.Of(verdict, reason));
    }
}
