using System.Text.Json;
using System.Text.Json.Serialization;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Flags;

/// <summary>Changes of flags in the journal: what was about to be changed, and what became of it.</summary>
internal static class FlagJournal
{
    private const string IntendedType = "FlagChangeIntended";
    private const string ChangedType = "FlagChanged";
    private const string FailedType = "FlagChangeFailed";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The events of changes; the journal notes other things too.</summary>
    public static IReadOnlyList<string> Types { get; } = [IntendedType, ChangedType, FailedType];

    public static JournalEntry Intended(FlagChange change) => Encode(IntendedType, change);

    public static JournalEntry Changed(FlagChange change, bool recovered) => Encode(ChangedType, change, recovered: recovered ? true : null);

    public static JournalEntry Failed(FlagChange change, string problem) => Encode(FailedType, change, problem);

    /// <summary>A change whose outcome is not known; <see langword="null"/> where the line tells of an outcome.</summary>
    public static FlagChange? OpenIntent(JournalLine line) => line.Type == IntendedType ? Decode("", line) : null;

    /// <summary>The changes of a stream, in order; one whose outcome nobody wrote down is told as not known.</summary>
    public static IEnumerable<FlagChange> Read(string stream, IReadOnlyList<JournalLine> lines)
    {
        JournalLine[] changes = [.. lines.Where(line => Types.Contains(line.Type))];
        for (int i = 0; i < changes.Length; i++)
        {
            if (changes[i].Type != IntendedType) yield return Decode(stream, changes[i]);
            else if (i == changes.Length - 1) yield return Decode(stream, changes[i]) with { Problem = "its outcome is not known yet: the next change finds it out" };
        }
    }

    private static JournalEntry Encode(string type, FlagChange change, string? problem = null, bool? recovered = null) => new(type, change.Actor, JsonSerializer.SerializeToElement(
        new Data(change.Location, change.Reason, change.DigestBefore, change.DigestAfter,
            [.. change.Differences.Select(one => new Difference(one.Flag, one.Member, one.Before, one.After))], problem, recovered), Options));

    private static FlagChange Decode(string stream, JournalLine line)
    {
        Data data = JsonSerializer.Deserialize<Data>(line.DataUtf8.Span, Options)
            ?? throw new ReadyOpsException("JournalDamaged", $"Line {line.Sequence} of '{stream}' tells of no change.", "Look at it: Get-DeploymentJournal.");
        return new FlagChange
        {
            Location = data.Location,
            Time = line.Time,
            Actor = line.Actor,
            Reason = data.Reason,
            Applied = line.Type == ChangedType,
            Problem = data.Problem ?? "",
            DigestBefore = data.Before,
            DigestAfter = data.After,
            Differences = [.. data.Differences.Select(one => new FlagDifference { Flag = one.Flag, Member = one.Member, Before = one.Before, After = one.After })],
            JournalReference = $"{stream}#{line.Sequence}",
        };
    }

    private sealed record Data(
        string Location, string Reason, string Before, string After, IReadOnlyList<Difference> Differences, string? Problem = null, bool? Recovered = null);

    private sealed record Difference(string Flag, string Member, string? Before, string? After);
}
