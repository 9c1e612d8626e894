using System.Buffers;
using System.Text;

namespace ReadyOps.Core.JsonSchemas.Formats;

/// <summary><c>uri-template</c> by section 2 of RFC 6570, with erratum 6937, by which an apostrophe is a literal.</summary>
internal static class UriTemplateFormat
{
    private static readonly SearchValues<byte> Literals =
        SearchValues.Create("!#$&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~"u8);

    public static bool IsUriTemplate(ReadOnlySpan<byte> text)
    {
        for (int next = text.IndexOfAnyExcept(Literals); next >= 0; next = text.IndexOfAnyExcept(Literals))
        {
            text = text[next..];
            int length;
            if (text[0] == '{')
            {
                length = text.IndexOf((byte)'}') + 1;
                if (length == 0 || !IsExpression(text[1..(length - 1)])) return false;
            }
            else if (text[0] == '%')
            {
                length = 3;
                if (!Ascii.IsPercentEncoded(text, 0)) return false;
            }
            else if (Rune.DecodeFromUtf8(text, out Rune rune, out length) != OperationStatus.Done || !(UriFormats.IsUnicode(rune.Value) || UriFormats.IsPrivate(rune.Value)))
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    private static bool IsExpression(ReadOnlySpan<byte> text)
    {
        // The last five are reserved for extensions, and part of the grammar.
        if (!text.IsEmpty && "+#./;?&=,!@|"u8.Contains(text[0])) text = text[1..];
        while (true)
        {
            int comma = text.IndexOf((byte)',');
            if (!IsVariable(comma < 0 ? text : text[..comma])) return false;
            if (comma < 0) return true;
            text = text[(comma + 1)..];
        }
    }

    private static bool IsVariable(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty && text[^1] == '*') text = text[..^1];
        else if (text.IndexOf((byte)':') is >= 0 and int colon)
        {
            ReadOnlySpan<byte> prefix = text[(colon + 1)..];
            if (prefix.Length is < 1 or > 4 || prefix[0] == '0' || prefix.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
            text = text[..colon];
        }

        bool mayBeDot = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                if (!mayBeDot) return false;
                mayBeDot = false;
                continue;
            }

            mayBeDot = true;
            if (Ascii.IsLetterOrDigit(text[i]) || text[i] == '_') continue;
            if (text[i] != '%' || !Ascii.IsPercentEncoded(text, i)) return false;
            i += 2;
        }

        return mayBeDot;
    }
}
