using System.Text.Json;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>What the reader of JSON has to say, in our words and at the place that an editor shows.</summary>
internal static class JsonSyntax
{
    public static (int Line, int Column, string Message, string Expected) Describe(ReadOnlySpan<byte> utf8, JsonException exception)
    {
        int lineStart = 0;
        for (long line = exception.LineNumber ?? 0; line > 0 && lineStart < utf8.Length; line--)
        {
            int end = utf8[lineStart..].IndexOf((byte)'\n');
            lineStart = end < 0 ? utf8.Length : lineStart + end + 1;
        }

        int at = (int)Math.Min(lineStart + (exception.BytePositionInLine ?? 0), utf8.Length);
        (int shownLine, int column) = SourceText.Place(utf8, at);
        int before = utf8[..at].LastIndexOfAnyExcept(" \t\r\n"u8);
        bool trailingComma = at < utf8.Length && utf8[at] is (byte)']' or (byte)'}' && before >= 0 && utf8[before] == ',';
        if (trailingComma) return (shownLine, column, "JSON has no trailing commas", "another value, or no comma before this");

        // The reader adds the place in its own words, counted from 0 and in bytes.
        int own = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string message = (own < 0 ? exception.Message : exception.Message[..own]).TrimEnd('.');
        return (shownLine, column, $"this is not JSON: {message}", "");
    }
}
