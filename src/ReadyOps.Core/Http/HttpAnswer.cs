using System.Text;

namespace ReadyOps.Core.Http;

/// <summary>What an HTTP endpoint answered, whatever its status.</summary>
public sealed record HttpAnswer
{
    /// <summary>The status code, for example 200.</summary>
    public required int Status { get; init; }

    /// <summary>Headers of the answer and of its content by name, in any case; several of one name are joined by a comma.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The body as it came; the cap of <see cref="HttpEndpoint.MaxBodyBytes"/> holds.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>From sending the request to the last byte of the body.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Whether the status is one of 200 to 299.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The media type without its parameters, in lower case; empty when the answer names none.</summary>
    public string MediaType =>
        Headers.TryGetValue("Content-Type", out string? value) ? value.Split(';')[0].Trim().ToLowerInvariant() : "";

    /// <summary>The beginning of the body as one line of printable text, for a message.</summary>
    /// <param name="length">At most this many characters.</param>
    public string Excerpt(int length = 120)
    {
        string text = Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, 4 * length)]);
        var line = new StringBuilder();
        foreach (char c in text)
        {
            bool space = char.IsWhiteSpace(c) || char.IsControl(c);
            if (space && (line.Length == 0 || line[^1] == ' ')) continue;
            if (line.Length >= length) return line.Append('…').ToString();
            line.Append(space ? ' ' : c);
        }

        return line.ToString().TrimEnd();
    }
}
