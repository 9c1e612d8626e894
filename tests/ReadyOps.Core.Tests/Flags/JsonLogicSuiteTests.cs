using System.Text.Json;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Rules;

namespace ReadyOps.Core.Tests.Flags;

/// <summary>
/// The compatibility tables of JsonLogic (github.com/json-logic/compat-tables), which are not part of this repository: a clone is looked for in the
/// folder that READYOPS_JSONLOGIC_TABLES names.
/// </summary>
public sealed class JsonLogicSuiteTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_case_that_all_engines_should_agree_on_comes_out_right()
    {
        string? root = Environment.GetEnvironmentVariable("READYOPS_JSONLOGIC_TABLES");
        if (string.IsNullOrEmpty(root)) Assert.Skip("JsonLogic's compatibility tables are not here: set READYOPS_JSONLOGIC_TABLES to their folder.");
        using JsonDocument suite = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(root, "suites", "compatible.json")));
        var flag = new CompiledFlag("", [], [], -1, null, FlagBucketing.V2);
        var wrong = new List<string>();
        JsonElement[] cases = [.. suite.RootElement.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object)];
        foreach (JsonElement one in cases)
        {
            FlagValue data = one.TryGetProperty("data", out JsonElement given) ? FlagValue.FromJson(given) : default;
            var frame = new RuleFrame(flag, new FlagContext(null), null, TimeProvider.System) { IsInner = true, Data = data };
            string result = new RuleCompiler(FlagBucketing.V2).Compile(FlagValue.FromJson(one.GetProperty("rule"))).Evaluate(ref frame).ToString();
            string expected = FlagValue.FromJson(one.GetProperty("result")).ToString();
            if (result != expected || frame.Error is not null) wrong.Add($"{one.GetProperty("rule")} over {data} is {result}, not {expected} {frame.Error}");
        }

        output.WriteLine($"JsonLogic: {cases.Length - wrong.Count} of {cases.Length}");
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }
}
