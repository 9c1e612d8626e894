using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;

namespace ReadyOps.Scenario.Tests.Agent;

public sealed class DemoScenarios
{
    [Fact]
    public async Task The_demo_brings_one_release_out_and_takes_one_back_and_keeps_its_journals_when_asked()
    {
        string temporary = Directory.CreateTempSubdirectory("readyops-demo-test-").FullName;
        try
        {
            using AgentProcess agent = AgentProcess.Start(["demo", "--keep"], new Dictionary<string, string> { ["TMPDIR"] = temporary, ["TMP"] = temporary });
            int exitCode = await agent.EndAsync(TimeSpan.FromMinutes(4));

            Assert.True(exitCode == 0, $"{exitCode}{Environment.NewLine}{agent.Output}{agent.Errors}");
            Assert.Contains("Succeeded", agent.Output, StringComparison.Ordinal);
            Assert.Contains("RolledBack", agent.Output, StringComparison.Ordinal);
            Assert.Matches("routed to it afterwards +- +0\n", agent.Output);
            Assert.Equal("", agent.Errors);

            // What it says of its journals, seen for oneself.
            string state = Assert.Single(Directory.GetDirectories(temporary, "state", SearchOption.AllDirectories));
            var store = new FolderJournalStore(state, new EngineContext());
            var journals = new List<JournalVerification>();
            await foreach (JournalVerification journal in store.VerifyAllAsync("", TestContext.Current.CancellationToken)) journals.Add(journal);
            Assert.All(journals, journal => Assert.True(journal.Valid, journal.Reason));
            Assert.Equal(2, journals.Count(journal => journal.Stream.StartsWith("rollouts/", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    [Fact]
    public async Task Ctrl_C_stops_the_demo_at_once_and_leaves_nothing_behind()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A test on Windows cannot press Ctrl+C for another process alone.");
        string temporary = Directory.CreateTempSubdirectory("readyops-demo-test-").FullName;
        try
        {
            using AgentProcess agent = AgentProcess.Start(["demo"], new Dictionary<string, string> { ["TMPDIR"] = temporary });
            await agent.WaitForAsync(() => agent.Output.Contains("read back", StringComparison.Ordinal) ? agent : null);
            agent.InterruptIt();

            Assert.Equal(130, await agent.EndAsync(TimeSpan.FromMinutes(1)));
            Assert.Contains("Stopped.", agent.Output, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(temporary, "readyops-demo-*"));
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    [Fact]
    public async Task The_document_that_the_demo_prints_is_one_that_loads()
    {
        (int exitCode, string output, _) = await AgentProcess.RunAsync("demo", "--show-document");
        Assert.Equal(0, exitCode);
        var variables = new Dictionary<string, string> { ["release"] = "2.0", ["new"] = "http://127.0.0.1:1" };
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes(output), "printed.yaml", Path.GetTempPath(), "Rollout", variables);
        Assert.Equal("checkout", document.Name);
    }
}
