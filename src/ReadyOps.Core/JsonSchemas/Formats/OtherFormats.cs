using System.Text;
using ReadyOps.Core.JsonSchemas.Patterns;

namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary><c>uuid</c>, the JSON pointers and <c>regex</c>.</summary>
internal static class OtherFormats
{
    /// <summary>Section 3 of RFC 4122.</summary>
    public static bool IsUuid(ReadOnlySpan<byte> text)
    {
        if (text.Length != 36) return false;
        for (int i = 0; i < text.Length; i++)
            if (i is 8 or 13 or 18 or 23 ? text[i] != '-' : !Ascii.IsHex(text[i])) return false;
        return true;
    }

    /// <summary>Section 3 of RFC 6901.</summary>
    public static bool IsJsonPointer(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return true;
        if (text[0] != '/') return false;
        for (int tilde = text.IndexOf((byte)'~'); tilde >= 0; tilde = text.IndexOf((byte)'~'))
        {
            text = text[(tilde + 1)..];
            if (text.IsEmpty || text[0] is not ((byte)'0' or (byte)'1')) return false;
        }

        return true;
    }

    /// <summary>Section 3 of draft-bhutton-relative-json-pointer-00, with its manipulation of an index (<c>0-1</c>).</summary>
    public static bool IsRelativeJsonPointer(ReadOnlySpan<byte> text)
    {
        if (!SkipInteger(ref text, least: '0')) return false;
        if (!text.IsEmpty && text[0] is (byte)'+' or (byte)'-')
        {
            text = text[1..];
            if (!SkipInteger(ref text, least: '1')) return false;
        }

        return (text.Length == 1 && text[0] == '#') || IsJsonPointer(text);
    }

    /// <summary>Section 22.2.1 of ECMA-262.</summary>
    public static bool IsRegex(ReadOnlySpan<byte> text) => EcmaPattern.IsPattern(Encoding.UTF8.GetString(text));

    // An integer without a leading zero.
    private static bool SkipInteger(ref ReadOnlySpan<byte> text, char least)
    {
        if (text.IsEmpty || text[0] < least || text[0] > '9') return false;
        int end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (end < 0) end = text.Length;
        if (text[0] == '0' && end > 1) return false;
        text = text[end..];
        return true;
    }
}
