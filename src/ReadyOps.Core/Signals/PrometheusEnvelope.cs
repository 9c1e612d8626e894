using System.Text.Json;

namespace ReadyOps.Core.Signals;

/// <summary>Reads the value of <c>data</c>, at whose first token the reader stands, and leaves it at the last.</summary>
/// <param name="json">The reader.</param>
/// <param name="bytes">What the reader has been made for; whoever puts another reader in its place says here for what.</param>
internal delegate T PrometheusDataReader<T>(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes);

/// <summary>
/// What stands around every answer of Prometheus' HTTP API. Read in one pass over the bytes: an answer of a million samples never
/// becomes a tree.
/// </summary>
internal sealed record PrometheusEnvelope<T>
{
    /// <summary><c>success</c> or <c>error</c>.</summary>
    public string Status { get; private set; } = "";

    /// <summary>What was asked for; only where the status is <c>success</c>.</summary>
    public T? Data { get; private set; }

    /// <summary>What kind of error it is; empty when there is none.</summary>
    public string ErrorType { get; private set; } = "";

    /// <summary>What is wrong; empty when nothing is.</summary>
    public string Error { get; private set; } = "";

    /// <summary>Why the answer may be incomplete or wrong.</summary>
    public List<string> Warnings { get; private set; } = [];

    /// <summary>Remarks that do not touch the result.</summary>
    public List<string> Infos { get; private set; } = [];

    private bool HasData { get; set; }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="FormatException">It is not what the API promises; says what.</exception>
    /// <exception cref="InvalidOperationException">A text in it is not UTF-8.</exception>
    public static PrometheusEnvelope<T> Read(ReadOnlySpan<byte> utf8, PrometheusDataReader<T> read)
    {
        var json = new Utf8JsonReader(utf8);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) throw new FormatException("'status' is missing");
        var envelope = new PrometheusEnvelope<T>();
        bool isPartial = false, waiting = false;
        Utf8JsonReader later = default;
        ReadOnlySpan<byte> laterBytes = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("status"u8)) envelope.Status = RequiredText(ref json, "status");
            else if (json.ValueTextEquals("errorType"u8)) envelope.ErrorType = OptionalText(ref json);
            else if (json.ValueTextEquals("error"u8)) envelope.Error = OptionalText(ref json);
            else if (json.ValueTextEquals("warnings"u8)) envelope.Warnings = Remarks(ref json, "warnings");
            else if (json.ValueTextEquals("infos"u8)) envelope.Infos = Remarks(ref json, "infos");
            else if (json.ValueTextEquals("isPartial"u8)) isPartial = json.Read() && json.TokenType == JsonTokenType.True;
            else if (json.ValueTextEquals("data"u8))
            {
                json.Read();
                envelope.HasData = true;
                if (envelope.Status == "success")
                {
                    envelope.Data = read(ref json, ref utf8);
                    waiting = false;
                    continue;
                }

                // Whether it says anything is not known before the status is.
                waiting = true;
                later = json;
                laterBytes = utf8;
            }
            else
            {
                json.Read();
            }

            json.Skip();
        }

        // What follows the answer must be nothing.
        if (json.Read()) throw new JsonException("There is something behind the answer.");
        if (envelope.Status.Length == 0) throw new FormatException("'status' is missing");
        if (waiting && envelope.Status == "success") envelope.Data = read(ref later, ref laterBytes);
        if (envelope.Status == "success" && !envelope.HasData) throw new FormatException("'data' is missing");
        if (isPartial) envelope.Warnings.Add("partial answer: the backend could not read all of its data (isPartial)");
        return envelope;
    }

    private static string RequiredText(ref Utf8JsonReader json, string name)
    {
        json.Read();
        return json.TokenType == JsonTokenType.String ? json.GetString()! : throw new FormatException($"'{name}' is not a text");
    }

    private static string OptionalText(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.String ? json.GetString()! : "";
    }

    private static List<string> Remarks(ref Utf8JsonReader json, string name)
    {
        List<string> all = [];
        json.Read();
        if (json.TokenType == JsonTokenType.Null) return all;
        if (json.TokenType != JsonTokenType.StartArray) throw new FormatException($"'{name}' is not a list");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.String) all.Add(json.GetString()!);
            else all.Add(JsonElement.ParseValue(ref json).GetRawText());
        }

        return all;
    }
}
