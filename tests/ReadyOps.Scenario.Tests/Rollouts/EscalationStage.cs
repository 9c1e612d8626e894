using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Scenario.Tests.Rollouts;

/// <summary>
/// A rollout of a flag file whose next tick finds the flag changed by hand, pauses and calls a person. The programs and servers that it
/// calls are real; how long it waits for them, and when it tries again, goes by a clock that the test moves.
/// </summary>
internal sealed class EscalationStage : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-escalation-").FullName;

    private EscalationStage(bool real)
    {
        Context = new EngineContext { Clock = real ? TimeProvider.System : Clock, AllowCommand = true };
        Store = new FolderJournalStore(State, Context);
        Service = new RolloutService(Store, Context);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ManualClock Clock { get; } = new();

    /// <summary>The folder of the journals.</summary>
    public string State => Path.Combine(_folder, "state");

    public string Id { get; private set; } = "";

    private EngineContext Context { get; }

    private FolderJournalStore Store { get; }

    private RolloutService Service { get; }

    /// <summary>Sets the stage.</summary>
    /// <param name="escalation">What the document says of it, in YAML's flow style.</param>
    /// <param name="files">Further files beside the document, those ending in <c>.sh</c> executable.</param>
    public static Task<EscalationStage> SetAsync(string escalation, params (string Name, string Text)[] files) => SetAsync(escalation, false, files);

    /// <summary>Sets the stage for another process, whose clock is that of the machine.</summary>
    public static Task<EscalationStage> SetNowAsync(string escalation) => SetAsync(escalation, true, []);

    private static async Task<EscalationStage> SetAsync(string escalation, bool real, (string Name, string Text)[] files)
    {
        var stage = new EscalationStage(real);
        foreach ((string name, string text) in files)
        {
            await System.IO.File.WriteAllTextAsync(stage.File(name), text, Stop);
            if (name.EndsWith(".sh", StringComparison.Ordinal) && !OperatingSystem.IsWindows()) System.IO.File.SetUnixFileMode(stage.File(name), (UnixFileMode)0b111_101_101);
        }

        stage.WriteFlag("""{"fractional": [["on", 0], ["off", 100000]]}""");
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes($$"""
            apiVersion: readyops/v1
            kind: Rollout
            name: web
            release: "2.0"
            target: {type: flag, path: flags.json, flag: web}
            steps: [{share: 10%, hold: 100h}]
            allowNoSignals: true
            escalation: {{escalation}}
            """), "rollout.yaml", stage._folder, "Rollout");
        stage.Id = (await stage.Service.StartAsync(document, new RolloutStart(), Stop)).Id;
        stage.WriteFlag("""{"fractional": [["on", 77000], ["off", 23000]]}""");
        return stage;
    }

    /// <summary>A file beside the document.</summary>
    public string File(string name) => Path.Combine(_folder, name);

    public Task<RolloutStatus> TickAsync() => Task.Run(async () => await Service.TickAsync(Id, Stop), Stop);

    /// <summary>Ticks after a time.</summary>
    public async Task<RolloutStatus> TickAfterAsync(TimeSpan wait)
    {
        Clock.Advance(wait);
        return await TickAsync();
    }

    /// <summary>Ticks, and moves the clock on as soon as something has come about meanwhile.</summary>
    public async Task<RolloutStatus> TickUntilAsync(Func<bool> come, TimeSpan then)
    {
        Task<RolloutStatus> tick = TickAsync();
        while (!come())
        {
            Assert.False(tick.IsCompleted, "The tick has ended.");
            await Task.Delay(20, Stop);
        }

        Clock.Advance(then);
        return await tick.WaitAsync(TimeSpan.FromMinutes(1), Stop);
    }

    public async Task<T[]> EventsAsync<T>()
        where T : RolloutEvent => [.. (await LinesAsync()).Select(RolloutEvents.Decode).OfType<T>()];

    /// <summary>The bytes of the rollout's journal, as text.</summary>
    public async Task<string> JournalAsync() => string.Join('\n', (await LinesAsync()).Select(line => line.Data.GetRawText()));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<IReadOnlyList<JournalLine>> LinesAsync() => await Store.ReadAsync(RolloutService.Prefix + Id, Stop);

    private void WriteFlag(string targeting) => System.IO.File.WriteAllText(File("flags.json"),
        $$"""{"flags": {"web": {"state": "ENABLED", "variants": {"on": true, "off": false}, "defaultVariant": "off", "targeting": {{targeting}} } } }""");
}
