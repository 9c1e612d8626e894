using System.Globalization;
using System.Text;
using ReadyOps.Agent.Demo;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Targets;

namespace ReadyOps.Scenario.Tests.Agent;

public sealed class FlagRouterTests
{
    // From the published test vectors of MurmurHash3 x86 32-bit with seed 0.
    [Theory]
    [InlineData("", 0u)]
    [InlineData("a", 0x3c2569b2u)]
    [InlineData("abc", 0xb3dd93fau)]
    [InlineData("hello", 0x248bfa47u)]
    [InlineData("The quick brown fox jumps over the lazy dog", 0x2e4ff723u)]
    public void The_hash_is_Murmur3(string text, uint expected) => Assert.Equal(expected, Murmur3.Hash(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task Users_follow_the_share_that_the_target_writes_and_none_that_has_it_loses_it_while_it_rises()
    {
        string folder = Directory.CreateTempSubdirectory("readyops-router-").FullName;
        try
        {
            string file = Path.Combine(folder, "flags.json");
            await File.WriteAllTextAsync(file, """{"flags": {"f": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"}}}""", TestContext.Current.CancellationToken);
            ITarget target = Target(folder);
            var router = new FlagRouter(file, "f");
            string[] users = [.. Enumerable.Range(0, 4000).Select(n => string.Create(CultureInfo.InvariantCulture, $"user-{n}"))];
            HashSet<string> before = [];
            foreach (decimal share in new decimal[] { 0, 5, 25, 50, 100 })
            {
                await target.SetAsync(share, TestContext.Current.CancellationToken);
                HashSet<string> on = [.. users.Where(router.IsOn)];
                Assert.Subset(on, before);
                // Five standard deviations of a binomial.
                double expected = (double)share / 100 * users.Length;
                Assert.InRange(on.Count, expected - (5 * Math.Sqrt(expected * (1 - ((double)share / 100)))), expected + (5 * Math.Sqrt(expected * (1 - ((double)share / 100)))));
                before = on;
            }

            await target.SetAsync(0, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(users, router.IsOn);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ITarget Target(string folder)
    {
        Document document = DocumentLoader.Parse("apiVersion: readyops/v1\nkind: Rollout\nname: r\nallowNoSignals: true\nsteps: [{share: 100%}]\ntarget: {type: flag, path: flags.json, flag: f}\n"u8.ToArray(), "r.yaml", folder, "Rollout");
        return TargetReader.Read(ObjectReader.For(document, new ProblemList("r.yaml")).Object("target")!, new EngineContext());
    }
}
