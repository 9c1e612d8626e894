namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary>Whether a text, in UTF-8 and with the escapes of JSON undone, is of a format.</summary>
internal delegate bool FormatTest(ReadOnlySpan<byte> utf8);

/// <summary>A text format that <c>format</c> may name.</summary>
internal sealed class JsonFormat(string name, string expected, FormatTest test)
{
    /// <summary>The name that schemas use.</summary>
    public string Name => name;

    /// <summary>What a text of the format is, as a noun, for messages.</summary>
    public string Expected => expected;

    /// <summary>Whether a text is of the format. Allocates nothing, but for <c>regex</c>.</summary>
    /// <param name="utf8">The text without JSON's escapes. What is not UTF-8 is of no format that looks beyond ASCII.</param>
    public bool IsValid(ReadOnlySpan<byte> utf8) => test(utf8);
}
