using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Gates;

/// <summary>Which past results are wanted.</summary>
public sealed record GateHistoryQuery
{
    /// <summary>Which gates, by name.</summary>
    public Func<string, bool> Gates { get; init; } = _ => true;

    /// <summary>Only those of this release; <see langword="null"/> for all.</summary>
    public string? Release { get; init; }

    /// <summary>Only those decided at or after this moment.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only so many of each gate, the newest.</summary>
    public int? Last { get; init; }
}

/// <summary>Past results of gates, as the journal keeps them: what changed from one to the next, and which have gone stale since.</summary>
/// <param name="store">Where journals live.</param>
/// <param name="context">The clock that says what is stale.</param>
public sealed class GateHistory(IJournalStore store, EngineContext context)
{
    private readonly TimeProvider _clock = context.On(store).Clock;

    /// <summary>The past results of one gate, the oldest first.</summary>
    /// <param name="stream">The gate's stream.</param>
    /// <param name="query">Which of them.</param>
    /// <param name="unreadable">Told of a result that cannot be read; the others go on.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="ReadyOpsException"><c>JournalDamaged</c></exception>
    public async IAsyncEnumerable<GateResult> ReadAsync(
        string stream, GateHistoryQuery query, Action<ReadyOpsException> unreadable, [EnumeratorCancellation] CancellationToken cancel)
    {
        JournalLine[] all = [.. (await JournalProof.ReadAsync(store, stream, cancel).ConfigureAwait(false)).Where(line => line.Type == GateJournal.EventType)];
        IEnumerable<int> wanted = Enumerable.Range(0, all.Length).Where(i => IsWanted(all[i].Data, query));
        if (query.Last is { } most) wanted = wanted.TakeLast(most);
        (int At, GateResult? Result) before = (-1, null);
        foreach (int at in wanted.ToArray())
        {
            GateResult? previous = at == 0 ? null : before.At == at - 1 ? before.Result : TryRead(stream, all[at - 1], _ => { });
            GateResult? result = TryRead(stream, all[at], unreadable);
            before = (at, result);
            if (result is not null) yield return Told(result, previous);
        }
    }

    /// <summary>What changed from one result to another.</summary>
    /// <param name="before">The earlier, <c>stream#sequence</c>.</param>
    /// <param name="after">The later, <c>stream#sequence</c>.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="ReadyOpsException"><c>GateResultNotFound</c>, <c>GateResultMalformed</c>, <c>JournalDamaged</c></exception>
    public async Task<IReadOnlyList<GateChange>> CompareAsync(string before, string after, CancellationToken cancel) =>
        GateDifference.Of(await FindAsync(before, cancel).ConfigureAwait(false), await FindAsync(after, cancel).ConfigureAwait(false));

    private async Task<GateResult> FindAsync(string reference, CancellationToken cancel)
    {
        int mark = reference.LastIndexOf('#');
        bool read = long.TryParse(reference.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long sequence);
        if (mark > 0 && read && JournalName.Problem(reference[..mark]) is null)
        {
            IReadOnlyList<JournalLine> lines = await JournalProof.ReadAsync(store, reference[..mark], cancel).ConfigureAwait(false);
            if (lines.FirstOrDefault(line => line.Sequence == sequence && line.Type == GateJournal.EventType) is { } found) return GateJournal.Read(reference[..mark], found);
        }

        throw new ReadyOpsException("GateResultNotFound", $"'{reference}' is no result of a gate in {store.Location}.", "Take the JournalReference of what Get-DeploymentGate returns, for example gates/production#3.");
    }

    // Looked at without reading all evidence: of years of results, most are usually not wanted.
    private static bool IsWanted(JsonElement json, GateHistoryQuery query)
    {
        if (!query.Gates(Text(json, "gate") ?? "")) return false;
        if (query.Release is not null && Text(json, "release") != query.Release) return false;
        return query.Since is null || !(json.TryGetProperty("time", out JsonElement time) && time.TryGetDateTimeOffset(out DateTimeOffset moment) && moment < query.Since);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static GateResult? TryRead(string stream, JournalLine line, Action<ReadyOpsException> unreadable)
    {
        try
        {
            return GateJournal.Read(stream, line);
        }
        catch (ReadyOpsException e)
        {
            unreadable(e);
            return null;
        }
    }

    private GateResult Told(GateResult result, GateResult? previous) => result with
    {
        StaleSince = result.IsStaleAt(_clock.GetUtcNow()) ? result.ValidUntil : null,
        Changes = previous is null ? [] : GateDifference.Of(previous, result),
        ScoreChange = previous is null ? null : result.Score - previous.Score,
    };
}
