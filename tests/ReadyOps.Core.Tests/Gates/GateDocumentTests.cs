using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Gates;

public sealed class GateDocumentTests : IDisposable
{
    private const string Text = """
        apiVersion: readyops/v1
        kind: Gate
        name: production
        passScore: 90%
        variables: {limit: 500ms}
        prerequisites:
        - {name: notes, type: file, path: notes.md, minSize: 1}
        sections:
        - name: tests
          weight: 0.7
          checks:
          - {name: unit, type: tests, path: 'results/*.xml', minimum: 3, critical: true}
        - name: speed
          weight: 0.3
          checks:
          - name: p95
            type: json
            path: perf.json
            pointer: /p95
            bound: <= ${limit}
            unit: ms
        """;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_gate_written_in_YAML_goes_from_skipped_over_blocked_and_failed_to_passed()
    {
        GateResult result = await EvaluateAsync();
        Assert.Equal((GateStatus.Skipped, "The prerequisite 'notes' is unmet (Fail): notes.md does not exist."), (result.Status, result.Reason));

        _folder.Write("notes.md", "2.4.0");
        result = await EvaluateAsync();
        Assert.Equal((GateStatus.Blocked, "The critical check 'unit' (1 of 2 that block, with 'p95') found nothing to judge; bring it what it looks at and run the gate again: There is no test report at results/*.xml."), (result.Status, result.Reason));

        _folder.Write("results/go.xml", TestReportSamples.Gotestsum);
        _folder.Write("perf.json", """{"p95": 620.5}""");
        result = await EvaluateAsync();
        // 0.7 of 1.0 by weight.
        Assert.Equal((GateStatus.Failed, 70.0), (result.Status, result.Score));
        Assert.Equal("The readiness score 70 is below the pass score 90: 'p95' failed: /p95 of perf.json 620.5ms is above the bound <= 500ms by 120.5ms.", result.Reason);
        Assert.Equal("gate.yaml:16", result.Sections[1].Evidence.Single().Source);

        _folder.Write("perf.json", """{"p95": 131.57}""");
        result = await EvaluateAsync();
        Assert.Equal((GateStatus.Passed, 100.0, 90.0), (result.Status, result.Score, result.PassScore));
        Assert.Equal(64, result.Digest.Length);
    }

    private Task<GateResult> EvaluateAsync() =>
        GateTesting.EvaluateAsync(GateReader.Read(DocumentLoader.Parse(Encoding.UTF8.GetBytes(Text), "gate.yaml", _folder.Path, "Gate")));
}
