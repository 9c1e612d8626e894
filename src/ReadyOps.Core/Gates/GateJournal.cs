using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Gates;

/// <summary>Writes the results of gates to the journal.</summary>
public static class GateJournal
{
    /// <summary>The type of the event.</summary>
    public const string EventType = "GateEvaluated";

    /// <summary>What the streams begin with.</summary>
    public const string Prefix = "gates/";
    private const int LongestName = 80;
    private const int LargestMemory = 64 * 1024;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The stream that the results of a gate go to: <c>gates/</c> and its name. A name that cannot be a file name is written with
    /// hyphens and the beginning of its hash, so that two gates never share a stream.
    /// </summary>
    public static string StreamOf(string gate)
    {
        string plain = new([.. gate.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')]);
        plain = plain.Trim('.', '-', '_');
        if (plain.Length > LongestName) plain = plain[..LongestName];
        bool unusable = JournalName.Problem(Prefix + plain) is not null;
        if (plain == gate && !unusable) return Prefix + plain;
        string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(gate)))[..8].ToLowerInvariant();
        return unusable ? $"{Prefix}gate-{hash}" : $"{Prefix}{plain}-{hash}";
    }

    /// <summary>Writes a result, and gives it back with its <see cref="GateResult.JournalReference"/>.</summary>
    /// <param name="result">The result.</param>
    /// <param name="store">Where journals live.</param>
    /// <param name="context">Who acts.</param>
    /// <param name="cancel">Stops waiting for another writer.</param>
    /// <exception cref="ReadyOpsException"><c>JournalBusy</c>: another process is writing to the stream.</exception>
    public static async Task<GateResult> AppendAsync(GateResult result, IJournalStore store, EngineContext context, CancellationToken cancel)
    {
        string stream = StreamOf(result.Gate);
        IJournalLease lease = await store.TryAcquireAsync(stream, LongestWait, cancel).ConfigureAwait(false)
            ?? throw new ReadyOpsException("JournalBusy", $"Another process is writing to '{stream}' in {store.Location}, so the result of the gate could not be recorded.", "Run the gate again when the other one is done.");
        await using (lease.ConfigureAwait(false))
        {
            IReadOnlyList<JournalLine> lines = await lease.AppendAsync([new JournalEntry(EventType, context.Actor, ToJson(result))], cancel).ConfigureAwait(false);
            await SealAsync(lease, context, cancel).ConfigureAwait(false);
            return result with { JournalReference = Reference(stream, lines[^1]) };
        }
    }

    /// <summary>A result as it was written, with its <see cref="GateResult.JournalReference"/>.</summary>
    /// <exception cref="ReadyOpsException"><c>GateResultMalformed</c>: the line holds no result that can be read.</exception>
    public static GateResult Read(string stream, JournalLine line)
    {
        try
        {
            return GateJournalReader.Read(line.Data) with { JournalReference = Reference(stream, line) };
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ReadyOpsException("GateResultMalformed", $"{Reference(stream, line)} is no result of a gate that can be read: {e.Message.TrimEnd('.')}.",
                "Get-DeploymentJournal shows the line as it is; ask the gate again for a result that counts.", e);
        }
    }

    /// <summary>Refuses a stream of results that is not what was written; one that nobody ever began is whole.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalDamaged</c></exception>
    public static async Task DemandWholeAsync(string gate, IJournalStore store, CancellationToken cancel) =>
        await JournalProof.ReadAsync(store, StreamOf(gate), cancel).ConfigureAwait(false);

    /// <summary>The names of the gates that have results, sorted by ordinal.</summary>
    public static Task<IReadOnlyList<string>> NamesAsync(IJournalStore store, CancellationToken cancel) => NamesAsync(store, Prefix, cancel);

    /// <summary>The names of the gates that streams of a prefix are about: what their first line that names one says.</summary>
    internal static async Task<IReadOnlyList<string>> NamesAsync(IJournalStore store, string prefix, CancellationToken cancel)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string stream in await store.ListAsync(prefix, cancel).ConfigureAwait(false))
        {
            string filed = stream[prefix.Length..];
            if (!MayBeHashed(filed))
            {
                names.Add(filed);
                continue;
            }

            try
            {
                IReadOnlyList<JournalLine> lines = await store.ReadAsync(stream, cancel).ConfigureAwait(false);
                string? name = lines.Select(line => line.Data.TryGetProperty("gate", out JsonElement gate) && gate.ValueKind == JsonValueKind.String ? gate.GetString() : null).FirstOrDefault(gate => gate is not null);
                if (name is not null) names.Add(name);
            }
            catch (ReadyOpsException e) when (e.Id == "JournalDamaged")
            {
                // Under the name that it is filed by, so that whoever looks for it learns of the damage.
                names.Add(filed);
            }
        }

        return [.. names];
    }

    // StreamOf leaves a plain name as it is, and ends any other in eight digits of its hash.
    private static bool MayBeHashed(string filed) => filed.Length > 8 && filed[^9] == '-' && filed[^8..].All(char.IsAsciiHexDigitLower);

    /// <summary>How a line is referred to.</summary>
    internal static string Reference(string stream, JournalLine line) => string.Create(CultureInfo.InvariantCulture, $"{stream}#{line.Sequence}");

    // Another gate may count on this result: cutting it off the end, to let an older one speak, must show. The result is
    // recorded whether that works or not.
    private static async ValueTask SealAsync(IJournalLease lease, EngineContext context, CancellationToken cancel)
    {
        try
        {
            await lease.SealAsync(cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e)
        {
            context.Logs.CreateLogger("ReadyOps.Gates").LogWarning("The journal {Stream} could not be sealed: {Reason}", lease.Stream, e.Message);
        }
    }

    /// <summary>The whole result as JSON: what it was decided by, so that it can be read without the documents and the servers of then.</summary>
    public static JsonElement ToJson(GateResult result)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("gate", result.Gate);
            if (result.Release is not null) writer.WriteString("release", result.Release);
            writer.WriteString("status", result.Status.ToString());
            writer.WriteNumber("score", result.Score);
            writer.WriteNumber("passScore", result.PassScore);
            writer.WriteString("reason", result.Reason);
            writer.WriteString("digest", result.Digest);
            writer.WriteString("time", result.Time);
            if (result.ValidUntil is { } end) writer.WriteString("validUntil", end);
            writer.WriteNumber("seconds", result.Duration.TotalSeconds);
            WriteEvidence(writer, "prerequisites", result.Prerequisites);
            writer.WriteStartArray("sections");
            foreach (GateSection section in result.Sections)
            {
                writer.WriteStartObject();
                writer.WriteString("name", section.Name);
                writer.WriteNumber("weight", section.Weight);
                writer.WriteNumber("score", section.Score);
                WriteEvidence(writer, "evidence", section.Evidence);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return document.RootElement.Clone();
    }

    private static void WriteEvidence(Utf8JsonWriter writer, string name, IReadOnlyList<Evidence> all)
    {
        writer.WriteStartArray(name);
        foreach (Evidence evidence in all)
        {
            writer.WriteStartObject();
            writer.WriteString("check", evidence.Check);
            writer.WriteString("type", evidence.Type);
            writer.WriteString("verdict", evidence.Verdict.ToString());
            WriteValue(writer, evidence.Value);
            if (evidence.Bound is not null) writer.WriteString("bound", evidence.Bound.Text);
            if (evidence.Margin is { } margin && double.IsFinite(margin)) writer.WriteNumber("margin", margin);
            if (evidence.Unit != Unit.None) writer.WriteString("unit", evidence.Unit.ToString());
            writer.WriteString("reason", evidence.Reason);
            if (evidence.Details.Count > 0)
            {
                writer.WriteStartArray("details");
                foreach (string detail in evidence.Details) writer.WriteStringValue(detail);
                writer.WriteEndArray();
            }

            if (evidence.NextStep.Length > 0) writer.WriteString("nextStep", evidence.NextStep);
            writer.WriteString("time", evidence.Time);
            if (evidence.ValidUntil is { } end) writer.WriteString("validUntil", end);
            writer.WriteNumber("seconds", evidence.Duration.TotalSeconds);
            writer.WriteNumber("attempts", evidence.Attempts);
            if (evidence.Source is not null) writer.WriteString("source", evidence.Source);
            if (evidence.From is not null) writer.WriteString("from", evidence.From);
            if (evidence.Guessed) writer.WriteBoolean("guessed", true);
            if (evidence.Parts.Count > 0) WriteEvidence(writer, "parts", evidence.Parts);
            if (evidence.Comparison is { } comparison) GateJournalComparison.Write(writer, comparison);
            WriteMemory(writer, evidence.Memory);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMemory(Utf8JsonWriter writer, JsonElement? memory)
    {
        if (memory is not { ValueKind: not JsonValueKind.Undefined } left || left.GetRawText().Length > LargestMemory) return;
        writer.WritePropertyName("memory");
        JournalJson.WriteCompact(writer, left);
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumber("value", number);
                break;
            case int or long or decimal:
                writer.WriteNumber("value", Convert.ToDecimal(value, CultureInfo.InvariantCulture));
                break;
            case bool flag:
                writer.WriteBoolean("value", flag);
                break;
            default:
                writer.WriteString("value", Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
