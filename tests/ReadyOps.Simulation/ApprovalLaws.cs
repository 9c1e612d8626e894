using System.Text.Json;
using ReadyOps.Core.Gates;

namespace ReadyOps.Simulation;

/// <summary>What persons decided, by the bytes of the journal and after about_ReadyOps_Approvals.</summary>
internal static class ApprovalLaws
{
    /// <summary>Whether enough persons approve, and none denies.</summary>
    public static bool AreThere(SimWorld world, Ledger ledger, SimGuard guard, DateTimeOffset now)
    {
        var standing = new Dictionary<string, bool>(StringComparer.Ordinal);
        var approved = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (JsonElement line in Lines(world, ledger.Stream))
        {
            JsonElement data = line.GetProperty("data");
            if (!data.TryGetProperty("check", out JsonElement check) || check.GetString() != guard.Name) continue;
            string person = data.GetProperty("person").GetString()!;
            switch (line.GetProperty("type").GetString())
            {
                case "ApprovalGiven":
                    // The newest of a person counts; one that does not, or not any more, lifts their denial all the same.
                    DateTimeOffset time = data.GetProperty("time").GetDateTimeOffset();
                    if (time > now) break;
                    // By its time: of two machines one may be late.
                    if (standing.GetValueOrDefault(person) && approved.GetValueOrDefault(person) > time) break;
                    approved[person] = time;
                    if (Counts(ledger, guard, data, person, now)) standing[person] = true;
                    else standing.Remove(person);
                    break;
                case "ApprovalDenied":
                    standing[person] = false;
                    break;
                default:
                    standing.Remove(person);
                    break;
            }
        }

        return standing.Values.All(approves => approves) && standing.Count >= guard.Required;
    }

    /// <summary>What was approved last, and by whom.</summary>
    public static (string Check, string Person)? LastApproval(SimWorld world, string stream)
    {
        JsonElement last = Lines(world, stream).LastOrDefault(line => line.GetProperty("type").GetString() == "ApprovalGiven");
        if (last.ValueKind == JsonValueKind.Undefined) return null;
        JsonElement data = last.GetProperty("data");
        return (data.GetProperty("check").GetString()!, data.GetProperty("person").GetString()!);
    }

    /// <summary>How often persons decided.</summary>
    public static int CountOf(SimWorld world, string stream) => Lines(world, stream).Count(line => line.GetProperty("type").GetString()!.StartsWith("Approval", StringComparison.Ordinal));

    /// <summary>Whether all of it was acknowledged, so that nothing is torn.</summary>
    public static bool IsWhole(SimWorld world, Ledger ledger) =>
        !world.Disk.Files.TryGetValue(ApprovalJournal.StreamOf(ledger.Stream), out SimFile? file) || file.Length == file.Acknowledged;

    private static bool Counts(Ledger ledger, SimGuard guard, JsonElement data, string person, DateTimeOffset now)
    {
        bool isOver = (data.TryGetProperty("expires", out JsonElement end) && end.GetDateTimeOffset() <= now) || (guard.ValidFor is { } valid && data.GetProperty("time").GetDateTimeOffset() + valid <= now);
        bool isInRole = guard.Role is null || (data.TryGetProperty("role", out JsonElement role) && role.GetString() == guard.Role);
        return !isOver && isInRole && !(guard.FourEyes && person == ledger.StartedBy);
    }

    private static IEnumerable<JsonElement> Lines(SimWorld world, string stream)
    {
        if (!world.Disk.Files.TryGetValue(ApprovalJournal.StreamOf(stream), out SimFile? file)) yield break;
        string[] lines = System.Text.Encoding.UTF8.GetString(file.Content).Split('\n');
        // What follows the last line feed is torn.
        for (int i = 0; i < lines.Length - 1; i++)
        {
            JsonDocument? json = null;
            try
            {
                json = JsonDocument.Parse(lines[i]);
            }
            catch (JsonException)
            {
                // Zeros of a loss of power, to be cut off by the next who writes.
            }

            if (json is not null) yield return json.RootElement;
        }
    }
}
