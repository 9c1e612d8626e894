using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace ReadyOps.Core.Checks;

/// <summary>A place in a JSON document, as RFC 6901 writes it: <c>/metrics/0/p95</c>; empty for the whole document.</summary>
public sealed class JsonPointer
{
    /// <summary>What one looks like, for a message.</summary>
    public const string Expected = "a JSON Pointer such as /metrics/0/p95, with ~1 for '/' and ~0 for '~' in a name, or '' for the whole document";

    /// <summary>The whole document.</summary>
    public static readonly JsonPointer Whole = new("", []);

    private readonly string[] _tokens;

    private JsonPointer(string text, string[] tokens)
    {
        Text = text;
        _tokens = tokens;
    }

    /// <summary>The pointer as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a pointer.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPointer? pointer)
    {
        pointer = null;
        if (text.Length > 0 && text[0] != '/') return false;
        for (int i = text.IndexOf('~', StringComparison.Ordinal); i >= 0; i = text.IndexOf('~', i + 1))
            if (i + 1 == text.Length || text[i + 1] is not ('0' or '1')) return false;
        string[] tokens = text.Length == 0 ? [] : text[1..].Split('/');
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = tokens[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        pointer = new JsonPointer(text, tokens);
        return true;
    }

    /// <summary>The value at the place, or <see langword="null"/> when there is none.</summary>
    /// <exception cref="ReadyOpsException"><c>JsonAmbiguous</c>: an object on the way has the name twice.</exception>
    public JsonElement? Find(JsonElement root)
    {
        JsonElement at = root;
        foreach (string token in _tokens)
        {
            JsonElement? below = at.ValueKind switch
            {
                JsonValueKind.Object => Member(at, token),
                JsonValueKind.Array => Item(at, token),
                _ => null,
            };
            if (below is null) return null;
            at = below.Value;
        }

        return at;
    }

    /// <inheritdoc/>
    public override string ToString() => Text.Length == 0 ? "the whole document" : Text;

    private JsonElement? Member(JsonElement parent, string name)
    {
        JsonElement? found = null;
        foreach (JsonProperty property in parent.EnumerateObject())
        {
            if (!property.NameEquals(name)) continue;
            if (found is not null)
            {
                throw new ReadyOpsException("JsonAmbiguous", $"On the way to {Text}, an object has the name '{Judge.Cut(name)}' twice.",
                    "Look at what writes it: readers do not agree on which of the two counts.");
            }

            found = property.Value;
        }

        return found;
    }

    private static JsonElement? Item(JsonElement parent, string token)
    {
        bool index = token.Length is > 0 and < 10 && token.All(char.IsAsciiDigit) && (token.Length == 1 || token[0] != '0');
        if (!index) return null;
        int at = int.Parse(token, NumberStyles.None, CultureInfo.InvariantCulture);
        return at < parent.GetArrayLength() ? parent[at] : null;
    }
}
