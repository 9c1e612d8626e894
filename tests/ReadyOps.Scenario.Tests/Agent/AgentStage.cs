using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Agent;

/// <summary>A flag file, a service with metrics, and a folder of journals: what the rollouts of these tests run on.</summary>
internal sealed class AgentStage : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-agent-").FullName;
    private HttpService? _service;
    private long _scrapes;

    private AgentStage() => Rollouts = new RolloutService(Journals, new EngineContext { Actor = "tester" });

    /// <summary>The folder of the journals.</summary>
    public string State => Path.Combine(_folder, "state");

    /// <summary>The journals, seen from here.</summary>
    public FolderJournalStore Journals => new(State, new EngineContext());

    /// <summary>The rollouts, seen from here: another process than the agent.</summary>
    public RolloutService Rollouts { get; }

    /// <summary>Sets the stage.</summary>
    public static async Task<AgentStage> SetAsync()
    {
        var stage = new AgentStage();
        // Ten more requests at each look, none of them failed.
        stage._service = await HttpService.StartAsync(context => context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture,
            $"http_requests_total{{code=\"200\"}} {10 * Interlocked.Increment(ref stage._scrapes)}\nhttp_requests_total{{code=\"500\"}} 0\n")));
        return stage;
    }

    /// <summary>Starts a rollout on a flag of its own, watched by the service's metrics.</summary>
    /// <param name="name">Name of the rollout and of its flag.</param>
    /// <param name="hold">How long each of its three steps is held.</param>
    /// <param name="release">Its release.</param>
    public async Task<RolloutStatus> StartAsync(string name, string hold, string release = "2.0")
    {
        await System.IO.File.WriteAllTextAsync(File($"{name}.json"), $$$"""{"flags": {"{{{name}}}": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off"} } }""");
        string yaml = $$"""
            apiVersion: readyops/v1
            kind: Rollout
            name: {{name}}
            target: {type: flag, path: {{name}}.json, flag: {{name}}}
            steps:
            - {share: 10%, hold: {{hold}}}
            - {share: 50%, hold: {{hold}}}
            - {share: 100%, hold: {{hold}}}
            tick: 200ms
            signals:
            - name: errors
              type: scrape
              url: {{_service!.Url}}/metrics
              ratio: {of: 'http_requests_total{code="500"}', over: http_requests_total}
              bound: <= 1%
              for: 5s
              minSamples: 2
            """;
        return await StartAsync(name, yaml, release, Rollouts);
    }

    /// <summary>Starts a rollout to 10 and then 50 % whose target is a script; one share takes it two seconds to set.</summary>
    /// <param name="name">Name of the rollout.</param>
    /// <param name="slowShare">That share; the file <c>begun</c> appears when the script begins with it.</param>
    public async Task<RolloutStatus> StartScriptAsync(string name, int slowShare)
    {
        await System.IO.File.WriteAllTextAsync(File("set.sh"), string.Create(CultureInfo.InvariantCulture, $"if [ \"$1\" = {slowShare} ]; then touch begun; sleep 2; fi\necho \"$1\" > share\n"));
        await System.IO.File.WriteAllTextAsync(File("share"), "0\n");
        string yaml = $$"""
            apiVersion: readyops/v1
            kind: Rollout
            name: {{name}}
            target: {type: script, set: [/bin/sh, set.sh, '{percent}'], read: [/bin/cat, share]}
            steps:
            - {share: 10%, hold: 100ms}
            - {share: 50%, hold: 1h}
            tick: 200ms
            allowNoSignals: true
            """;
        return await StartAsync(name, yaml, "2.0", new RolloutService(Journals, new EngineContext { AllowCommand = true }));
    }

    /// <summary>A file in the folder of the documents.</summary>
    public string File(string name) => Path.Combine(_folder, name);

    /// <summary>Where a rollout stands, by its journal.</summary>
    public async Task<RolloutStatus> LookAsync(string id) => await Rollouts.GetAsync(id, TestContext.Current.CancellationToken);

    /// <summary>Waits until a rollout stands as a test waits for.</summary>
    public async Task<RolloutStatus> WaitForAsync(string id, Func<RolloutStatus, bool> until, AgentProcess agent)
    {
        DateTimeOffset deadline = DateTimeOffset.UtcNow.AddMinutes(3);
        while (true)
        {
            RolloutStatus status = await LookAsync(id);
            if (until(status)) return status;
            Assert.True(DateTimeOffset.UtcNow < deadline, $"{status}{Environment.NewLine}{agent.Errors}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private async Task<RolloutStatus> StartAsync(string name, string yaml, string release, RolloutService rollouts)
    {
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes(yaml), $"{name}.yaml", _folder, "Rollout");
        return await rollouts.StartAsync(document, new RolloutStart { Release = release }, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_service is not null) await _service.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
