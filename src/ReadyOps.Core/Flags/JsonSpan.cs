using System.Text.Json;

namespace ReadyOps.Core.Flags;

/// <summary>
/// One value of a JSON text and the bytes it stands in, so that a few bytes can be changed and all others stay as they were:
/// the order of members, numbers as written, indentation, line ends.
/// </summary>
internal sealed class JsonSpan
{
    public required JsonTokenType Kind { get; init; }

    /// <summary>Its first byte.</summary>
    public required int Start { get; init; }

    /// <summary>The byte after its last.</summary>
    public int End { get; private set; }

    /// <summary>The characters of a string, or a number as written.</summary>
    public string Text { get; private set; } = "";

    public List<(string Name, int KeyStart, JsonSpan Value)> Members { get; } = [];

    public List<JsonSpan> Items { get; } = [];

    public bool IsObject => Kind == JsonTokenType.StartObject;

    public bool IsArray => Kind == JsonTokenType.StartArray;

    /// <summary>Reads a whole text; a byte order mark is allowed, comments and trailing commas are not.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonSpan Parse(ReadOnlySpan<byte> utf8)
    {
        int skip = utf8.StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(utf8[skip..]);
        try
        {
            reader.Read();
            JsonSpan root = Read(ref reader, skip);
            reader.Read(); // Fails on anything after the value.
            return root;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("it holds a text that is not valid Unicode", e);
        }
    }

    private static JsonSpan Read(ref Utf8JsonReader reader, int skip)
    {
        var span = new JsonSpan { Kind = reader.TokenType, Start = (int)reader.TokenStartIndex + skip };
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    (string name, int key) = (reader.GetString()!, (int)reader.TokenStartIndex + skip);
                    reader.Read();
                    span.Members.Add((name, key, Read(ref reader, skip)));
                }

                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) span.Items.Add(Read(ref reader, skip));
                break;
            case JsonTokenType.String:
                span.Text = reader.GetString()!;
                break;
            case JsonTokenType.Number:
                span.Text = System.Text.Encoding.ASCII.GetString(reader.ValueSpan);
                break;
            default:
                break;
        }

        span.End = (int)reader.BytesConsumed + skip;
        return span;
    }
}
