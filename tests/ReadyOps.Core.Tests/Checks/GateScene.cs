using System.Text.Json;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Tests.Checks;

/// <summary>A gate with a journal, as checks see it: each run is given what those before it left.</summary>
internal sealed class GateScene
{
    private readonly List<EarlierEvidence> _earlier = [];

    public string? Release { get; set; }

    public EngineContext Context => new()
    {
        Journals = new MemoryJournalStore(new EngineContext()),
        Scene = new CheckScene { Document = "g", Digest = "d", Release = Release, EarlierAsync = (_, _) => new(_earlier.ToArray()) },
    };

    public async Task<Evidence> RunAsync(string json, string baseDirectory)
    {
        Evidence evidence = await CheckTesting.RunAsync(json, baseDirectory, Context);
        // As the journal would give it back.
        JsonElement? memory = evidence.Memory is { } left ? JsonDocument.Parse(left.GetRawText()).RootElement : null;
        Assert.True(memory is null || memory.Value.GetRawText().Length <= 64 * 1024);
        _earlier.Insert(0, new EarlierEvidence(DateTimeOffset.UnixEpoch.AddDays(_earlier.Count), Release, evidence.Verdict, memory));
        return evidence;
    }
}
