using System.Globalization;
using System.Text.Json;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Gates;

/// <summary>
/// Decisions of people in the journal: a stream of its own beside the results of the gate, so that reading them stays quick
/// however much evidence the results hold.
/// </summary>
public static class ApprovalJournal
{
    /// <summary>Somebody approved.</summary>
    public const string Given = "ApprovalGiven";

    /// <summary>Somebody denied.</summary>
    public const string Denied = "ApprovalDenied";

    /// <summary>Somebody withdrew what they had decided.</summary>
    public const string Withdrawn = "ApprovalWithdrawn";

    /// <summary>What the streams begin with.</summary>
    public const string Prefix = "approvals/";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>The rollout that decisions are about, where they are not about a gate: their name is that of its stream.</summary>
    internal static string? RolloutOf(string gate) => gate.StartsWith("rollouts/", StringComparison.Ordinal) ? gate["rollouts/".Length..] : null;

    /// <summary>The stream of the decisions about a gate: <c>approvals/</c> and what its results are called by.</summary>
    public static string StreamOf(string gate) => Prefix + GateJournal.StreamOf(gate)[GateJournal.Prefix.Length..];

    /// <summary>All decisions about a gate, in the order in which they were made.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalDamaged</c>, or <c>ApprovalMalformed</c>: a line that could be a denial must not be overlooked.</exception>
    public static async Task<IReadOnlyList<GateApproval>> ReadAsync(string gate, IJournalStore store, CancellationToken cancel)
    {
        string stream = StreamOf(gate);
        IReadOnlyList<JournalLine> lines = await JournalProof.ReadAsync(store, stream, cancel).ConfigureAwait(false);
        return [.. lines.Where(line => line.Type != JournalLease.TornTailRemoved).Select(line => Read(stream, line)).Where(one => one.Gate == gate)];
    }

    /// <summary>The names of the gates that people decided about, sorted by ordinal.</summary>
    public static Task<IReadOnlyList<string>> NamesAsync(IJournalStore store, CancellationToken cancel) => GateJournal.NamesAsync(store, Prefix, cancel);

    /// <summary>Decides under the lease, on what is there, and appends the decision.</summary>
    /// <param name="gate">Name of the gate.</param>
    /// <param name="store">Where journals live.</param>
    /// <param name="context">Who acts.</param>
    /// <param name="decide">Makes the decision from those that there are; what it throws, leaves the journal as it is.</param>
    /// <param name="cancel">Stops waiting for another writer.</param>
    internal static async Task<GateApproval> AppendAsync(
        string gate, IJournalStore store, EngineContext context, Func<IReadOnlyList<GateApproval>, Task<GateApproval>> decide, CancellationToken cancel)
    {
        string stream = StreamOf(gate);
        IJournalLease lease = await store.TryAcquireAsync(stream, LongestWait, cancel).ConfigureAwait(false)
            ?? throw new ReadyOpsException("JournalBusy", $"Another process is writing to '{stream}' in {store.Location}, so nothing was recorded.", "Do it again when the other one is done.");
        await using (lease.ConfigureAwait(false))
        {
            GateApproval made = await decide(await ReadAsync(gate, store, cancel).ConfigureAwait(false)).ConfigureAwait(false);
            IReadOnlyList<JournalLine> lines = await lease.AppendAsync([new JournalEntry(TypeOf(made.Decision), context.Actor, ToJson(made))], cancel).ConfigureAwait(false);
            string reference = Reference(stream, lines[^1]);
            try
            {
                // A denial cut off the end of the journal would otherwise leave no trace.
                await lease.SealAsync(cancel).ConfigureAwait(false);
            }
            catch (ReadyOpsException e)
            {
                throw new ReadyOpsException("ApprovalNotSealed", $"The decision is recorded as {reference} and counts, but cutting it off would not show: {e.Message}",
                    "Decide the same again once the store can be written, which seals both.", e);
            }

            return made with { JournalReference = reference };
        }
    }

    private static string TypeOf(ApprovalDecision decision) => decision switch
    {
        ApprovalDecision.Approved => Given,
        ApprovalDecision.Denied => Denied,
        _ => Withdrawn,
    };

    private static string Reference(string stream, JournalLine line) => string.Create(CultureInfo.InvariantCulture, $"{stream}#{line.Sequence}");

    private static JsonElement ToJson(GateApproval approval)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("gate", approval.Gate);
            if (approval.Release is not null) writer.WriteString("release", approval.Release);
            writer.WriteString("digest", approval.Digest);
            writer.WriteString("check", approval.Check);
            if (approval.Role is not null) writer.WriteString("role", approval.Role);
            writer.WriteString("person", approval.Person);
            writer.WriteString("reason", approval.Reason);
            writer.WriteString("time", approval.Time);
            if (approval.ExpiresAt is { } end) writer.WriteString("expires", end);
            if (approval.Signature.Length > 0)
            {
                writer.WriteStartObject("signature");
                writer.WriteString("algorithm", approval.Signature);
                writer.WriteBase64String("value", approval.SignatureValue);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return JournalJson.Parse(buffer.ToArray());
    }

    private static GateApproval Read(string stream, JournalLine line)
    {
        try
        {
            JsonElement data = line.Data;
            bool signed = data.TryGetProperty("signature", out JsonElement signature);
            var read = new GateApproval
            {
                Gate = Text(data, "gate"),
                Release = OptionalText(data, "release"),
                Digest = Text(data, "digest"),
                Check = Text(data, "check"),
                Role = OptionalText(data, "role"),
                Person = Text(data, "person"),
                Decision = line.Type switch
                {
                    Given => ApprovalDecision.Approved,
                    Denied => ApprovalDecision.Denied,
                    Withdrawn => ApprovalDecision.Withdrawn,
                    _ => throw new FormatException($"'{line.Type}' is no decision that this version knows"),
                },
                Reason = Text(data, "reason"),
                Time = data.GetProperty("time").GetDateTimeOffset(),
                ExpiresAt = data.TryGetProperty("expires", out JsonElement end) ? end.GetDateTimeOffset() : null,
                Signature = signed ? Text(signature, "algorithm") : "",
                SignatureValue = signed ? signature.GetProperty("value").GetBytesFromBase64() : [],
                JournalReference = Reference(stream, line),
            };
            // Whoever wrote the line is whose decision it is.
            return Person.Same(read.Person, line.Actor) ? read : throw new FormatException($"'{line.Actor}' wrote it in the name of '{read.Person}'");
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ReadyOpsException("ApprovalMalformed", $"{Reference(stream, line)} is no decision that can be read: {e.Message.TrimEnd('.')}.",
                "Nothing of this journal counts until that is cleared up: Get-DeploymentJournal shows the line.", e);
        }
    }

    private static string Text(JsonElement data, string name) => data.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");

    private static string? OptionalText(JsonElement data, string name) => data.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;
}
