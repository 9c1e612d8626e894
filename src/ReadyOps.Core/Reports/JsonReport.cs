using System.Text;
using System.Text.Json;
using ReadyOps.Core.Gates;

namespace ReadyOps.Core.Reports;

/// <summary>Results as the journal holds them: one as an object, several as an array.</summary>
internal static class JsonReport
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public static string Write(IReadOnlyList<GateResult> results) => Write(writer =>
    {
        if (results.Count > 1) writer.WriteStartArray();
        foreach (GateResult result in results) GateJournal.ToJson(result).WriteTo(writer);
        if (results.Count > 1) writer.WriteEndArray();
    });

    /// <summary>Writes JSON to be read by people too.</summary>
    public static string Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented)) write(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length).ReplaceLineEndings("\n") + "\n";
    }
}
