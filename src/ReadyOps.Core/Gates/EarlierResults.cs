using System.Text.Json;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Gates;

/// <summary>What the checks of a gate saw at its earlier evaluations. The journal is read once, and only if a check asks.</summary>
internal sealed class EarlierResults(string gate, IJournalStore? journals)
{
    private const int Newest = 10;
    private readonly Lazy<Task<List<JournalLine>>> _results = new(() => ReadAsync(gate, journals));

    /// <summary>What the check of that name saw, the newest first; with the newest that passed behind them when none of those did.</summary>
    /// <exception cref="ReadyOpsException">The journal cannot be read, or is damaged.</exception>
    public async ValueTask<IReadOnlyList<EarlierEvidence>> OfAsync(string check, CancellationToken cancel)
    {
        List<JournalLine> results = await _results.Value.WaitAsync(cancel).ConfigureAwait(false);
        IEnumerable<EarlierEvidence> all = results.Select(line => Find(line, check)).OfType<EarlierEvidence>();
        List<EarlierEvidence> newest = [.. all.Take(Newest)];
        // Otherwise a regression would only have to be asked about often enough to be compared with nothing, and pass.
        if (newest.Count == Newest && !newest.Exists(Passed) && all.Skip(Newest).FirstOrDefault(Passed) is { } passed) newest.Add(passed);
        return newest;
    }

    private static async Task<List<JournalLine>> ReadAsync(string gate, IJournalStore? journals)
    {
        if (journals is null) return [];
        IReadOnlyList<JournalLine> lines = await journals.ReadAsync(GateJournal.StreamOf(gate), CancellationToken.None).ConfigureAwait(false);
        return [.. lines.Where(line => line.Type == GateJournal.EventType).Reverse()];
    }

    private static bool Passed(EarlierEvidence earlier) => earlier.Verdict == Verdict.Pass;

    private static EarlierEvidence? Find(JournalLine line, string check)
    {
        JsonElement result = line.Data;
        IEnumerable<JsonElement> evidence = List(result, "prerequisites").Concat(List(result, "sections").SelectMany(section => List(section, "evidence")));
        foreach (JsonElement one in evidence.SelectMany(WithParts).Where(one => Text(one, "check") == check))
        {
            // A check that was not run says nothing about what it would have seen.
            if (!Enum.TryParse(Text(one, "verdict"), out Verdict verdict) || verdict == Verdict.Skipped) return null;
            JsonElement? memory = one.TryGetProperty("memory", out JsonElement left) ? left : null;
            return new EarlierEvidence(line.Time, Text(result, "release"), verdict, memory);
        }

        return null;
    }

    private static IEnumerable<JsonElement> WithParts(JsonElement evidence) => List(evidence, "parts").SelectMany(WithParts).Prepend(evidence);

    private static IEnumerable<JsonElement> List(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
