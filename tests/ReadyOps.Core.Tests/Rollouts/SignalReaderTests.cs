using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Rollouts;

public sealed class SignalReaderTests
{
    [Theory]
    [InlineData("", 60)]
    [InlineData("for: 5m", 60)]
    [InlineData("for: 10m", 120)]
    [InlineData("for: 30s", 60)]
    [InlineData("for: 1h", 300)]
    [InlineData("consecutive: 3", 300)]
    [InlineData("for: 5m, window: 5m", 300)]
    public void The_window_is_a_fifth_of_the_time_that_a_breach_takes_unless_it_is_given(string members, int seconds)
    {
        string text = $"apiVersion: readyops/v1\nkind: Rollout\nname: x\nprometheus: http://localhost:9090\ntarget: {{ type: flag, path: f.json, flag: a, variant: b }}\n"
            + $"signals:\n  - {{ name: errors, query: 'e[${{window}}]', bound: < 1%{(members.Length > 0 ? ", " + members : "")} }}\n";
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes(text), "x.yaml", "", "Rollout");
        var problems = new ProblemList("x.yaml");
        SignalDefinition signal = RolloutReader.Read(ObjectReader.For(document, problems), "x").Signals[0];

        problems.ThrowIfAny();
        Assert.Equal(TimeSpan.FromSeconds(seconds), signal.Window);
    }
}
